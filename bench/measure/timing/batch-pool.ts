/** Batches with packets in flight: a batch is reused when all its packets have left; others are created on demand. */
import { type HeldBatch, holdBatch } from '../../../sim/index.js';
import { clearPacketBatch, createPacketBatch } from '../../../traces/packets/packet-batch.js';

export class BatchPool {
  private readonly batches: HeldBatch[] = [];

  /** @param bytes size of a batch, at least the longest packet */
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
