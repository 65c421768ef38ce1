/**
 * A switch with a conventional program: to get another one it is provisioned anew, and forwards nothing meanwhile.
 */
import { DROPPED, type PacketBatch } from '../../traces/index.js';
import { DEFAULT_PORT, type NetworkFunction } from '../functions/network-function.js';
import { PacketView } from '../functions/packet.js';
import { secondsOf, type TimedSwitch } from './virtual-time.js';

export interface ConventionalOptions {
  /** Undefined for a switch that stays as it is, and forwards. */
  readonly program: NetworkFunction | undefined;
  /** When it is provisioned with the program, and for how long it then forwards nothing. */
  readonly deploySeconds: number;
  readonly provisioningSeconds: number;
}

export class ConventionalSwitch implements TimedSwitch {
  private readonly view = new PacketView();

  constructor(private readonly options: ConventionalOptions) {}

  process(batch: PacketBatch, from: number, to: number): void {
    for (let i = from; i < to; i++) batch.egressPort[i] = this.port(batch, i);
  }

  private port(batch: PacketBatch, i: number): number {
    const { program, deploySeconds, provisioningSeconds } = this.options;
    const seconds = secondsOf(batch, i);
    const ingressPort = batch.ingressPort[i] as number;
    const byDefault = ingressPort ^ 1;
    if (program === undefined || seconds < deploySeconds) return byDefault;
    if (seconds < deploySeconds + provisioningSeconds) return DROPPED;
    const start = batch.offset[i] as number;
    this.view.load(batch.bytes, start, start + (batch.capturedLength[i] as number), ingressPort);
    const decision = program.handle(this.view);
    return decision === DEFAULT_PORT ? byDefault : decision;
  }
}
