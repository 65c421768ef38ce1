/** Takes each packet to its end, recirculations included, before the next one starts. */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { Phv } from '../../blocks/phv.js';
import { goesToGroup, PacketCopier } from '../packet-copier.js';
import type { Pipeline } from '../pipeline.js';
import type { PacketDriver } from './packet-driver.js';

export class RunToEndDriver implements PacketDriver {
  private readonly phv: Phv;
  private readonly passes: PassRunner;

  constructor(private readonly pipeline: Pipeline) {
    this.phv = pipeline.newPhv();
    this.passes = new PassRunner(pipeline);
  }

  process(batch: PacketBatch, from = 0, to = batch.count): void {
    const { pipeline, phv } = this;
    for (let i = from; i < to; i++) {
      pipeline.load(phv, batch, i);
      pipeline.init(phv);
      batch.programId[i] = phv.programId;
      this.passes.run(phv, batch, i);
    }
  }
}

/** Takes packets that have passed the init block to their verdicts, and their copies. */
export interface PacketRunner {
  /** All passes of packet i of a batch, from the first RPB on. */
  run(phv: Phv, batch: PacketBatch, i: number): void;
}

/** All passes in one pipeline. */
export class PassRunner implements PacketRunner {
  private readonly copier: PacketCopier;

  constructor(private readonly pipeline: Pipeline) {
    this.copier = new PacketCopier(pipeline);
  }

  run(phv: Phv, batch: PacketBatch, i: number): void {
    const { pipeline } = this;
    while (pipeline.ingress(phv)) {
      if (goesToGroup(phv)) return this.copier.copy(phv, batch, i);
      if (!pipeline.egress(phv)) break;
      pipeline.nextPass(phv);
    }
    pipeline.verdict(phv, batch, i);
  }
}
