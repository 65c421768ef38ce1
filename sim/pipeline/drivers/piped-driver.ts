/**
 * Several pipes, as the chip has them. The entries are the same in all; register arrays are each pipe's own. A packet
 * takes the ingress of the pipe of the port it came in on and the egress of the pipe of the port it goes out on; a
 * recirculated one goes on in the pipe of the recirculation port. Each packet runs to its end before the next starts.
 */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { Phv } from '../../blocks/phv.js';
import { goesToGroup, PacketCopier } from '../packet-copier.js';
import type { Pipeline } from '../pipeline.js';
import type { PacketDriver } from './packet-driver.js';

export class PipedDriver implements PacketDriver {
  private readonly phv: Phv;
  private readonly copier: PacketCopier;
  private readonly pipeOfRecirculation: Pipeline;

  /**
   * @param first what parses packets and gives verdicts, as all pipes do both alike
   * @param pipes all, `first` included
   */
  constructor(
    private readonly first: Pipeline,
    private readonly pipes: readonly Pipeline[],
  ) {
    this.phv = first.newPhv();
    this.copier = new PacketCopier(first, (copy) => void this.egressPipe(copy).egress(copy));
    this.pipeOfRecirculation = this.pipeOf(first.recirculationPort);
  }

  process(batch: PacketBatch, from = 0, to = batch.count): void {
    const { first, phv } = this;
    for (let i = from; i < to; i++) {
      first.load(phv, batch, i);
      first.init(phv);
      batch.programId[i] = phv.programId;
      this.run(phv, batch, i);
    }
  }

  private run(phv: Phv, batch: PacketBatch, i: number): void {
    while (this.ingressPipe(phv).ingress(phv)) {
      if (goesToGroup(phv)) return this.copier.copy(phv, batch, i);
      if (!this.egressPipe(phv).egress(phv)) break;
      this.first.nextPass(phv);
    }
    this.first.verdict(phv, batch, i);
  }

  private ingressPipe(phv: Phv): Pipeline {
    return phv.pass === 0 ? this.pipeOf(phv.ingressPort) : this.pipeOfRecirculation;
  }

  private egressPipe(phv: Phv): Pipeline {
    return phv.recirculates ? this.pipeOfRecirculation : this.pipeOf(phv.egressPort);
  }

  /** Ports of pipes that this switch does not have belong to its pipes in rotation. */
  private pipeOf(port: number): Pipeline {
    const index = Math.floor(port / this.first.portsPerPipe) % this.pipes.length;
    const pipe = this.pipes[index];
    if (pipe === undefined) throw new Error(`port ${port} belongs to no pipe`);
    return pipe;
  }
}
