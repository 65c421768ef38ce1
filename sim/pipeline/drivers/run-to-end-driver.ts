/** Takes each packet to its end, recirculations included, before the next one starts. */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { Phv } from '../../blocks/phv.js';
import type { Pipeline } from '../pipeline.js';
import type { PacketDriver } from './packet-driver.js';

export class RunToEndDriver implements PacketDriver {
  private readonly phv: Phv;

  constructor(private readonly pipeline: Pipeline) {
    this.phv = pipeline.newPhv();
  }

  process(batch: PacketBatch, from = 0, to = batch.count): void {
    const { pipeline, phv } = this;
    for (let i = from; i < to; i++) {
      pipeline.load(phv, batch, i);
      pipeline.init(phv);
      batch.programId[i] = phv.programId;
      runPasses(pipeline, phv);
      pipeline.verdict(phv, batch, i);
    }
  }
}

/** All passes of a packet, from the first RPB on. */
export function runPasses(pipeline: Pipeline, phv: Phv): void {
  while (pipeline.ingress(phv) && pipeline.egress(phv)) pipeline.nextPass(phv);
}
