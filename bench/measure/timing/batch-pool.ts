/** Batches whose packets are under way: one is filled anew when all its packets have left, and more are made as needed. */
import { type HeldBatch, holdBatch } from '../../../sim/index.js';
import { clearPacketBatch, createPacketBatch } from '../../../traces/index.js';

export class BatchPool {
  private readonly batches: HeldBatch[] = [];

  /** @param bytes of a batch, the longest packet at least */
  constructor(
    private readonly packets: number,
    private readonly bytes: number,
  ) {}

  /** An empty batch. */
  take(): HeldBatch {
    let held = this.batches.find(({ inFlight }) => inFlight === 0);
    if (held === undefined) {
      held = holdBatch(createPacketBatch(this.packets, this.bytes));
      this.batches.push(held);
    }
    clearPacketBatch(held.batch);
    return held;
  }
}
