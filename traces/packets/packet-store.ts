/**
 * Packets as they arrived, all of a run: what is needed to take any of them through a switch again. Grows by blocks. Rows
 * hold place, lengths, port and time; bytes lie in blocks of their own, no packet in two, as they lie in a batch: one
 * behind another, at multiples of 8 bytes. So packets are copied many at a time.
 */
import { bytesColumn, halvesColumn, numbersColumn, wordsColumn } from './number-column.js';
import { DROPPED, type PacketBatch } from './packet-batch.js';

const BYTES_PER_BLOCK = 2 ** 20;
const ALIGNMENT = 8;

const aligned = (bytes: number): number => (bytes + ALIGNMENT - 1) & -ALIGNMENT;

/** Packets of a run by number, from 0. */
export class PacketStore {
  private packets = 0;
  private readonly blocks: Uint8Array[] = [];
  /** By block: its first packet. */
  private readonly firstOf: number[] = [];
  /** Bytes in use of the last block. */
  private used = 0;
  private readonly offset = wordsColumn();
  private readonly captured = wordsColumn();
  private readonly original = wordsColumn();
  private readonly ingress = halvesColumn();
  private readonly seconds = numbersColumn();
  private readonly nanoseconds = wordsColumn();
  private readonly marked = bytesColumn();
  private offsets = new Uint32Array(0);

  /** Packets that it holds. */
  get count(): number {
    return this.packets;
  }

  /** Bytes of memory that it takes. */
  get byteLength(): number {
    const { offset, captured, original, ingress, seconds, nanoseconds, marked } = this;
    const columns = [offset, captured, original, ingress, seconds, nanoseconds, marked];
    return [...this.blocks, ...columns].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Adds packets `from` … `to - 1` of a batch as they are now, which has to be before a switch rewrites them. */
  add(batch: PacketBatch, from = 0, to = batch.count): void {
    if (this.offsets.length < to - from) this.offsets = new Uint32Array(to - from);
    for (let i = from; i < to; ) i = this.addSome(batch, i, to);
  }

  /** Adds packets to the last block, or to a new one if it has no room for the next. @returns the one behind them */
  private addSome(batch: PacketBatch, from: number, to: number): number {
    const { capturedLength, offset } = batch;
    let block = this.lastBlock(aligned(capturedLength[from] as number));
    if (block === undefined) block = this.newBlock(aligned(capturedLength[from] as number));
    const { offsets } = this;
    const start = this.used;
    let i = from;
    for (; i < to; i++) {
      const bytes = aligned(capturedLength[i] as number);
      // Batches of several threads have room between packets, which is not taken over.
      const isNext = i === from || offset[i] === (offset[i - 1] as number) + aligned(capturedLength[i - 1] as number);
      if (!isNext || this.used + bytes > block.length) break;
      offsets[i - from] = this.used;
      this.used += bytes;
    }
    const first = offset[from] as number;
    block.set(batch.bytes.subarray(first, first + this.used - start), start);
    const row = this.packets;
    this.offset.append(row, offsets, 0, i - from);
    this.captured.append(row, capturedLength, from, i);
    this.original.append(row, batch.originalLength, from, i);
    this.ingress.append(row, batch.ingressPort, from, i);
    this.seconds.append(row, batch.timeSeconds, from, i);
    this.nanoseconds.append(row, batch.timeNanoseconds, from, i);
    this.marked.append(row, batch.marks, from, i);
    this.packets += i - from;
    return i;
  }

  private lastBlock(bytes: number): Uint8Array | undefined {
    const last = this.blocks[this.blocks.length - 1];
    return last !== undefined && this.used + bytes <= last.length ? last : undefined;
  }

  private newBlock(bytes: number): Uint8Array {
    const block = new Uint8Array(Math.max(BYTES_PER_BLOCK, bytes));
    this.blocks.push(block);
    this.firstOf.push(this.packets);
    this.used = 0;
    return block;
  }

  /** Appends packets from `from` on to a batch, up to `to - 1` and as far as they have room. @returns how many */
  copyTo(batch: PacketBatch, from: number, to: number): number {
    let row = from;
    while (row < to) {
      const copied = this.copySome(batch, row, to);
      if (copied === 0) break;
      row += copied;
    }
    return row - from;
  }

  /** Packets of one block. */
  private copySome(batch: PacketBatch, from: number, to: number): number {
    const number = this.blockOf(from);
    const end = Math.min(to, this.firstOf[number + 1] ?? to, from + batch.offset.length - batch.count);
    const start = this.offset.at(from);
    const room = batch.bytes.length - batch.usedBytes;
    const moved = batch.usedBytes - start;
    const first = batch.count;
    let bytes = 0;
    let row = from;
    for (; row < end; row++) {
      const behind = this.offset.at(row) + aligned(this.captured.at(row)) - start;
      if (behind > room) break;
      batch.offset[first + row - from] = this.offset.at(row) + moved;
      bytes = behind;
    }
    const count = row - from;
    batch.bytes.set((this.blocks[number] as Uint8Array).subarray(start, start + bytes), batch.usedBytes);
    this.captured.copy(from, count, batch.capturedLength, first);
    this.original.copy(from, count, batch.originalLength, first);
    this.ingress.copy(from, count, batch.ingressPort, first);
    this.seconds.copy(from, count, batch.timeSeconds, first);
    this.nanoseconds.copy(from, count, batch.timeNanoseconds, first);
    this.marked.copy(from, count, batch.marks, first);
    batch.egressPort.fill(DROPPED, first, first + count);
    batch.programId.fill(0, first, first + count);
    batch.recirculations.fill(0, first, first + count);
    batch.count += count;
    batch.usedBytes += bytes;
    return count;
  }

  /** The block that holds a packet. */
  private blockOf(packet: number): number {
    let [low, high] = [0, this.firstOf.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.firstOf[middle] as number) <= packet) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The bytes of a packet as it arrived, a view. */
  bytes(packet: number): Uint8Array {
    const start = this.offset.at(packet);
    return (this.blocks[this.blockOf(packet)] as Uint8Array).subarray(start, start + this.captured.at(packet));
  }

  capturedLength(packet: number): number {
    return this.captured.at(packet);
  }

  /** Bytes that it had on the wire. */
  originalLength(packet: number): number {
    return this.original.at(packet);
  }

  ingressPort(packet: number): number {
    return this.ingress.at(packet);
  }

  /** Arrival time: whole seconds since the epoch. */
  timeSeconds(packet: number): number {
    return this.seconds.at(packet);
  }

  /** Arrival time: nanoseconds within the second. */
  timeNanoseconds(packet: number): number {
    return this.nanoseconds.at(packet);
  }

  /** What the capture said of it: bits of PACKET_MARKS. */
  marks(packet: number): number {
    return this.marked.at(packet);
  }
}
