/** Runs packets to their end; their egress reads a given state of the queue, where without a timing model nothing waits. */
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { Phv } from '../../blocks/phv.js';
import { goesToGroup, PacketCopier } from '../packet-copier.js';
import type { Pipeline } from '../pipeline.js';
import type { Switch } from '../switch.js';
import type { PacketDriver } from './packet-driver.js';

/** What the egress sees of the queue. */
export interface QueueReading {
  /** The time that the packet spent in it. */
  readonly nanoseconds: number;
  /** Cells in it when the packet arrived. */
  readonly cells: number;
}

export const EMPTY_QUEUE: QueueReading = { nanoseconds: 0, cells: 0 };

/** Takes packets through the pipeline with given readings of the queue. */
export class QueuedDriver implements PacketDriver {
  /** Places in their batch of the packets that nobody forwarded, of those that were dropped since it was cleared. */
  readonly unforwarded = new Set<number>();
  private readonly pipeline: Pipeline;
  private readonly phv: Phv;
  private readonly copier: PacketCopier;

  /** @param queue what the egress reads, on every pass */
  constructor(
    private readonly emulator: Switch,
    public queue: QueueReading,
  ) {
    this.pipeline = emulator.pipeline;
    this.phv = this.pipeline.newPhv();
    this.copier = new PacketCopier(this.pipeline, (copy) => void this.egress(copy));
  }

  process(batch: PacketBatch, from = 0, to = batch.count): void {
    const { pipeline, phv, emulator } = this;
    emulator.noteArrivals(batch, from, to, emulator.arrivals);
    emulator.arrivals += to - from;
    for (let i = from; i < to; i++) {
      pipeline.load(phv, batch, i);
      pipeline.init(phv);
      batch.programId[i] = phv.programId;
      this.run(phv, batch, i);
      if (pipeline.isUnforwarded(phv)) this.unforwarded.add(i);
    }
  }

  private run(phv: Phv, batch: PacketBatch, i: number): void {
    const { pipeline } = this;
    while (pipeline.ingress(phv)) {
      if (goesToGroup(phv)) return this.copier.copy(phv, batch, i);
      if (!this.egress(phv)) break;
      pipeline.nextPass(phv);
    }
    pipeline.verdict(phv, batch, i);
  }

  private egress(phv: Phv): boolean {
    phv.dequeueDelta = this.queue.nanoseconds;
    phv.queueDepth = this.queue.cells;
    return this.pipeline.egress(phv);
  }
}
