/**
 * Packets of one direction of a link from a thread to another, in a ring in shared memory, and the time before which no
 * further one comes (the null messages of Chandy, Misra and Bryant). One thread writes and one reads.
 */
import {
  appendPacket,
  clearPacketBatch,
  createPacketBatch,
  type PacketBatch,
} from '../../../traces/packets/packet-batch.js';
import { MAX_PACKET_BYTES } from '../host-node.js';
import type { PacketSink } from '../packet-fifo.js';

/** Units of 8 bytes: a power of two. */
const RING_UNITS = 2 ** 15;
const MASK = RING_UNITS - 1;
const UNIT_BYTES = 8;
/** Units in front of the bytes of a packet: its time, when it was sent, who it is and its marks, its lengths. */
const HEADER_UNITS = 4;
/** In place of the length of a packet: the rest of the ring is skipped. */
const SKIP = 0xffffffff;

/** Places of the control words, and of the time as a word of 64 bits. */
const CONTROL = { tail: 0, head: 1 } as const;
const CLOCK_BYTE = 8;
const DATA_BYTE = 64;

export const newRing = (): SharedArrayBuffer => new SharedArrayBuffer(DATA_BYTE + RING_UNITS * UNIT_BYTES);

/** Views of the memory that both threads have. */
class RingViews {
  readonly control: Int32Array;
  readonly clock: BigInt64Array;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly times: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.control = new Int32Array(buffer, 0, 2);
    this.clock = new BigInt64Array(buffer, CLOCK_BYTE, 1);
    this.bytes = new Uint8Array(buffer, DATA_BYTE);
    this.words = new Uint32Array(buffer, DATA_BYTE);
    this.times = new Float64Array(buffer, DATA_BYTE);
  }
}

const unitsFor = (bytes: number): number => HEADER_UNITS + Math.ceil(bytes / UNIT_BYTES);

export class RingWriter implements PacketSink {
  private readonly views: RingViews;
  private tail = 0;
  private promisedPs = 0;

  /** @param onFull called while the ring has no room, until it has */
  constructor(
    buffer: SharedArrayBuffer,
    private readonly onFull: () => void,
  ) {
    this.views = new RingViews(buffer);
  }

  put(batch: PacketBatch, i: number, timePs: number): void {
    const length = batch.capturedLength[i] as number;
    const units = unitsFor(length);
    const toEnd = RING_UNITS - (this.tail & MASK);
    const skipped = units > toEnd ? toEnd : 0;
    while (this.room() < units + skipped) this.onFull();
    const { views } = this;
    if (skipped > 0) {
      views.words[2 * (this.tail & MASK)] = SKIP;
      this.tail = (this.tail + skipped) | 0;
    }
    const at = this.tail & MASK;
    views.words[2 * at] = length;
    views.words[2 * at + 1] = batch.originalLength[i] as number;
    views.times[at + 1] = timePs;
    views.times[at + 2] = batch.timeSeconds[i] as number;
    views.words[2 * at + 6] = batch.timeNanoseconds[i] as number;
    views.words[2 * at + 7] = batch.marks[i] as number;
    const from = batch.offset[i] as number;
    const to = (at + HEADER_UNITS) * UNIT_BYTES;
    for (let n = 0; n < length; n++) views.bytes[to + n] = batch.bytes[from + n] as number;
    this.tail = (this.tail + units) | 0;
    // A reader that sees this sees what was written before.
    Atomics.store(views.control, CONTROL.tail, this.tail);
  }

  /** No packet before this time is put in from now on. @returns whether that is news */
  promise(timePs: number): boolean {
    if (timePs <= this.promisedPs) return false;
    this.promisedPs = timePs;
    Atomics.store(this.views.clock, 0, BigInt(Math.min(timePs, Number.MAX_SAFE_INTEGER)));
    return true;
  }

  private room(): number {
    return RING_UNITS - ((this.tail - Atomics.load(this.views.control, CONTROL.head)) | 0);
  }
}

export class RingReader {
  private readonly views: RingViews;
  private readonly batch = createPacketBatch(1, MAX_PACKET_BYTES);
  private head = 0;

  constructor(
    buffer: SharedArrayBuffer,
    private readonly sink: PacketSink,
  ) {
    this.views = new RingViews(buffer);
  }

  /** Takes all packets over. @returns the time before which no further one comes */
  pull(): number {
    const { views } = this;
    // First the promise, then the packets: those that were put in before it are there.
    const promised = Number(Atomics.load(views.clock, 0));
    const tail = Atomics.load(views.control, CONTROL.tail);
    if (tail === this.head) return promised;
    while (this.head !== tail) this.take();
    Atomics.store(views.control, CONTROL.head, this.head);
    return promised;
  }

  private take(): void {
    const { views, batch } = this;
    const at = this.head & MASK;
    const length = views.words[2 * at] as number;
    if (length === SKIP) {
      this.head = (this.head + RING_UNITS - at) | 0;
      return;
    }
    clearPacketBatch(batch);
    const to = appendPacket(batch, length, views.words[2 * at + 1] as number, 0, views.times[at + 2] as number, 0);
    batch.timeNanoseconds[0] = views.words[2 * at + 6] as number;
    batch.marks[0] = views.words[2 * at + 7] as number;
    const from = (at + HEADER_UNITS) * UNIT_BYTES;
    for (let n = 0; n < length; n++) batch.bytes[to + n] = views.bytes[from + n] as number;
    this.sink.put(batch, 0, views.times[at + 1] as number);
    this.head = (this.head + unitsFor(length)) | 0;
  }
}
