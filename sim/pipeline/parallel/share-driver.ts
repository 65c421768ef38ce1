/** One of several threads that share the packets of a batch: it takes those of its share of the programs. */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { isOfShare } from '../../blocks/digest.js';
import type { Phv } from '../../blocks/phv.js';
import type { PacketRunner } from '../drivers/run-to-end-driver.js';
import type { VectorDriver } from '../drivers/vector-driver.js';
import type { Emulator } from '../emulator.js';
import type { Pipeline } from '../pipeline.js';

export class ShareDriver {
  private readonly pipeline: Pipeline;
  private readonly phv: Phv;
  private readonly passes: PacketRunner;
  private readonly vectors: VectorDriver | undefined;
  private readonly isOwn = (batch: PacketBatch, i: number): boolean => isOfShare(batch, i, this.share, this.shares);

  /** @param share from 0 @param shares their number */
  constructor(
    emulator: Emulator,
    private readonly share: number,
    private readonly shares: number,
  ) {
    this.pipeline = emulator.pipeline;
    this.phv = this.pipeline.newPhv();
    this.passes = emulator.newRunner();
    this.vectors = emulator.vectorDriver;
  }

  /** Takes those of packets `from` … `to - 1` through the switch that are of this share; all have been classified. */
  process(batch: PacketBatch, from: number, to: number): void {
    const { pipeline, phv, share, shares, vectors } = this;
    if (vectors !== undefined) return vectors.processClassified(batch, from, to, this.isOwn);
    for (let i = from; i < to; i++) {
      if (!isOfShare(batch, i, share, shares)) continue;
      const programId = batch.programId[i] as number;
      pipeline.load(phv, batch, i);
      pipeline.initClassified(phv, programId);
      this.passes.run(phv, batch, i);
    }
  }
}
