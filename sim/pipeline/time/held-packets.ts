/** Batches for packets in flight that are copied there: each is used again when all packets in it have left. */
import {
  clearPacketBatch,
  createPacketBatch,
  hasRoomFor,
  type PacketBatch,
} from '../../../traces/packets/packet-batch.js';
import { appendCopyTo } from '../../../traces/packets/packet-copies.js';
import { type HeldBatch, holdBatch } from '../../blocks/packets-in-flight.js';

const ROOM = { packets: 1024, bytes: 2 ** 18 } as const;

export class HeldPackets {
  private readonly all: HeldBatch[] = [];
  private current: HeldBatch | undefined;

  /** @param areCopies whether the packets are copies that a switch makes of others */
  constructor(private readonly areCopies: boolean) {}

  /** Appends packet i of a batch: the last one of the batch that this returns, which is not held yet. */
  add(batch: PacketBatch, i: number): HeldBatch {
    const length = batch.capturedLength[i] as number;
    let held = this.current;
    if (held === undefined || !hasRoomFor(held.batch, length)) {
      held = this.roomFor(length);
      this.current = held;
    }
    appendCopyTo(held.batch, batch, i);
    return held;
  }

  private roomFor(length: number): HeldBatch {
    for (const held of this.all) {
      if (held.inFlight > 0) continue;
      clearPacketBatch(held.batch);
      if (hasRoomFor(held.batch, length)) return held;
    }
    const made = holdBatch(createPacketBatch(ROOM.packets, Math.max(ROOM.bytes, length + 8)), this.areCopies);
    this.all.push(made);
    return made;
  }
}
