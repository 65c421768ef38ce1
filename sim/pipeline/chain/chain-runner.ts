/** Takes packets through switches in a row: pass k is in switch k, and the state goes from one to the next. */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { Phv } from '../../blocks/phv.js';
import type { PacketRunner } from '../drivers/run-to-end-driver.js';
import { goesToGroup, PacketCopier } from '../packet-copier.js';
import type { Pipeline } from '../pipeline.js';

export class ChainRunner implements PacketRunner {
  private readonly copier: PacketCopier;
  private readonly last: Pipeline;

  /** @param pipelines of the switches, in the order in which packets pass them */
  constructor(private readonly pipelines: readonly Pipeline[]) {
    this.last = pipelines[pipelines.length - 1] as Pipeline;
    this.copier = new PacketCopier(this.last);
  }

  /** Packets come to the first switch, have passed its init block, and leave by the last; the state is gone then. */
  run(phv: Phv, batch: PacketBatch, i: number): void {
    const { pipelines, last } = this;
    for (let member = 0; ; member++) {
      const pipeline = pipelines[member] as Pipeline;
      if (!pipeline.ingress(phv)) break;
      if (goesToGroup(phv)) return this.copier.copy(phv, batch, i);
      if (!pipeline.egress(phv)) break;
      if (pipeline === last) {
        // Nothing is behind the port to the next switch.
        phv.dropped = true;
        break;
      }
      (pipelines[member + 1] as Pipeline).nextPass(phv);
    }
    last.verdict(phv, batch, i);
  }
}
