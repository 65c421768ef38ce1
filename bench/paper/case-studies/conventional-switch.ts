/**
 * A switch with a conventional program. It is provisioned again for another program, and forwards nothing meanwhile.
 */
import { PS_PER_SECOND } from '../../../sim/index.js';
import {
  clearPacketBatch,
  createPacketBatch,
  DROPPED,
  type PacketBatch,
} from '../../../traces/packets/packet-batch.js';
import { DEFAULT_PORT, type NetworkFunction } from '../../verify/functions/network-function.js';
import { PacketView } from '../../verify/functions/packet.js';
import {
  arrivalPs,
  BATCH,
  forEachBatch,
  type Network,
  type Sample,
  Sampler,
  type Traffic,
  type Watcher,
} from './virtual-time.js';

export interface ConventionalOptions {
  /** The conventional program; undefined for a switch that keeps forwarding. */
  readonly program: NetworkFunction | undefined;
  /** Start and duration of the provisioning, during which the switch forwards nothing. */
  readonly deploySeconds: number;
  readonly provisioningSeconds: number;
}

/** Processes packets in zero virtual time. */
export class ConventionalNetwork implements Network {
  private readonly view = new PacketView();

  constructor(private readonly options: ConventionalOptions) {}

  async run(traffic: Traffic, watcher: Watcher): Promise<Sample[]> {
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    const sampler = new Sampler(watcher, traffic.seconds);
    const take = () => {
      clearPacketBatch(batch);
      return batch;
    };
    await forEachBatch(traffic, take, () => {
      watcher.generated?.(batch);
      for (let i = 0; i < batch.count; i++) {
        sampler.advance(arrivalPs(batch, i));
        batch.egressPort[i] = this.portOf(batch, i);
        watcher.ended(batch, i);
      }
    });
    if (!traffic.signal.aborted) sampler.advance(traffic.seconds * PS_PER_SECOND);
    return sampler.samples;
  }

  /** Runs the program on packet i, which it may rewrite. @returns the egress port */
  portOf(batch: PacketBatch, i: number): number {
    const { program, deploySeconds, provisioningSeconds } = this.options;
    const seconds = arrivalPs(batch, i) / PS_PER_SECOND;
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
