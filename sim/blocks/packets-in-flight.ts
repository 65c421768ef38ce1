/** The packets in flight, each in a slot of a pool: nothing is allocated per packet. */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import { packetWords } from './digest.js';
import { Phv } from './phv.js';

/** A batch whose packets are in flight; its memory must stay as it is until all of them have left. */
export interface HeldBatch {
  readonly batch: PacketBatch;
  /** Its bytes, as digests read them. */
  readonly words: Uint32Array;
  inFlight: number;
  /** Whether its packets are copies of others. */
  readonly holdsCopies: boolean;
}

export const holdBatch = (batch: PacketBatch, holdsCopies = false): HeldBatch => ({
  batch,
  words: packetWords(batch),
  inFlight: 0,
  holdsCopies,
});

export class PacketsInFlight {
  readonly phvs: Phv[] = [];
  readonly held: HeldBatch[] = [];
  /** Index of the packet in its batch. */
  index = new Int32Array(0);
  /** When the packet's first bit reached its port. */
  arrivalPs = new Float64Array(0);
  /** When it entered the queue that it is in. */
  queuedPs = new Float64Array(0);
  cells = new Int32Array(0);
  /** Slot of the next packet in its queue. */
  next = new Int32Array(0);
  private readonly free: number[] = [];
  /** Packets in flight now, and the maximum so far. */
  count = 0;
  most = 0;

  constructor(private readonly headerCount: number) {}

  /** A slot for packet i of a batch. */
  take(held: HeldBatch, i: number, arrivalPs: number): number {
    if (this.free.length === 0) this.grow();
    const slot = this.free.pop() as number;
    this.held[slot] = held;
    this.index[slot] = i;
    this.arrivalPs[slot] = arrivalPs;
    held.inFlight++;
    if (++this.count > this.most) this.most = this.count;
    return slot;
  }

  /** Bytes that the packet had on the wire. */
  lengthOf(slot: number): number {
    return (this.held[slot] as HeldBatch).batch.originalLength[this.index[slot] as number] as number;
  }

  /** Gives a slot back, and lets its batch go. */
  drop(slot: number): void {
    (this.held[slot] as HeldBatch).inFlight--;
    this.release(slot);
  }

  /** Gives a slot back; its batch is still held. */
  release(slot: number): void {
    this.count--;
    this.free.push(slot);
  }

  private grow(): void {
    const before = this.phvs.length;
    const after = Math.max(64, 2 * before);
    for (let slot = after - 1; slot >= before; slot--) {
      this.phvs[slot] = new Phv(this.headerCount);
      this.free.push(slot);
    }
    this.index = grown(this.index, new Int32Array(after));
    this.arrivalPs = grown(this.arrivalPs, new Float64Array(after));
    this.queuedPs = grown(this.queuedPs, new Float64Array(after));
    this.cells = grown(this.cells, new Int32Array(after));
    this.next = grown(this.next, new Int32Array(after));
  }
}

function grown<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
