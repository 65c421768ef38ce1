/**
 * A switch of several pipes, as the chip has them. The entries are the same in all; register arrays are each pipe's own.
 * A packet takes the ingress of the pipe of the port it came in on and the egress of the pipe of the port it goes out on;
 * a recirculated one goes on in the pipe of the recirculation port.
 */
import { type DataPlane, type Operation, TOFINO_1 } from '../../compiler/index.js';
import type { Phv } from '../blocks/phv.js';
import type { RegisterArrays } from '../blocks/register-arrays.js';
import type { EngineName } from '../engines/rpb-engine.js';
import { Switch } from './switch.js';

export class PipedSwitch extends Switch {
  /** Of the pipes from 1 on; this switch is pipe 0. */
  private readonly others: readonly PipedSwitch[];
  private readonly pipeOfRecirculation: number;

  /** @param pipes number of pipes, at least 1 */
  constructor(
    dataPlane: DataPlane,
    private readonly pipes: number,
    engine: EngineName = 'compiled',
  ) {
    super(dataPlane, undefined, engine);
    this.others = Array.from({ length: pipes - 1 }, () => new PipedSwitch(dataPlane, 1, engine));
    this.pipeOfRecirculation = this.pipeOf(this.recirculationPort);
  }

  /** From 0. Ports of pipes that this switch does not have are of its pipes by turns. */
  pipeOf(port: number): number {
    return Math.floor(port / TOFINO_1.portsPerPipe) % this.pipes;
  }

  override get registersOfPipes(): readonly RegisterArrays[] {
    return [this.memory, ...this.others.map(({ memory }) => memory)];
  }

  override apply(operation: Operation): void {
    super.apply(operation);
    // What one pipe takes, all take: their entries are the same.
    for (const other of this.others) other.apply(operation);
  }

  override forgetRetiredBranchIds(): void {
    super.forgetRetiredBranchIds();
    for (const other of this.others) other.forgetRetiredBranchIds();
  }

  protected override ingress(phv: Phv): boolean {
    const pipe = phv.pass === 0 ? this.pipeOf(phv.ingressPort) : this.pipeOfRecirculation;
    return pipe === 0 ? super.ingress(phv) : this.other(pipe).ingress(phv);
  }

  protected override egress(phv: Phv): boolean {
    const pipe = phv.recirculates ? this.pipeOfRecirculation : this.pipeOf(phv.egressPort);
    return pipe === 0 ? super.egress(phv) : this.other(pipe).egress(phv);
  }

  private other(pipe: number): PipedSwitch {
    const other = this.others[pipe - 1];
    if (other === undefined) throw new Error(`there is no pipe ${pipe}`);
    return other;
  }
}
