/**
 * Packets as they arrived, all of a run: what is needed to take any of them through a switch again. Grows by blocks. Rows
 * hold place, lengths, port and time; bytes lie in blocks of their own, none of them in two.
 */
import { bytesColumn, halvesColumn, numbersColumn, wordsColumn } from './number-column.js';
import { appendPacket, hasRoomFor, type PacketBatch } from './packet-batch.js';

const BYTES_PER_BLOCK = 2 ** 20;

/** Packets of a run by number, from 0. */
export class PacketStore {
  private packets = 0;
  private readonly blocks: Uint8Array[] = [];
  /** Bytes in use of the last block. */
  private used = 0;
  private readonly block = wordsColumn();
  private readonly offset = wordsColumn();
  private readonly captured = wordsColumn();
  private readonly original = wordsColumn();
  private readonly ingress = halvesColumn();
  private readonly seconds = numbersColumn();
  private readonly nanoseconds = wordsColumn();
  private readonly marked = bytesColumn();

  /** Packets that it holds. */
  get count(): number {
    return this.packets;
  }

  /** Bytes of memory that it takes. */
  get byteLength(): number {
    const { block, offset, captured, original, ingress, seconds, nanoseconds, marked } = this;
    const columns = [block, offset, captured, original, ingress, seconds, nanoseconds, marked];
    return [...this.blocks, ...columns].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Adds packets `from` … `to - 1` of a batch as they are now, which has to be before a switch rewrites them. */
  add(batch: PacketBatch, from = 0, to = batch.count): void {
    for (let i = from; i < to; i++) this.addPacket(batch, i);
  }

  private addPacket(batch: PacketBatch, i: number): void {
    const length = batch.capturedLength[i] as number;
    const start = batch.offset[i] as number;
    const at = this.room(length);
    const bytes = this.blocks[this.blocks.length - 1] as Uint8Array;
    // Packets are short: a loop takes less time than a view of each.
    for (let p = 0; p < length; p++) bytes[at + p] = batch.bytes[start + p] as number;
    const row = this.packets++;
    this.block.set(row, this.blocks.length - 1);
    this.offset.set(row, at);
    this.captured.set(row, length);
    this.original.set(row, batch.originalLength[i] as number);
    this.ingress.set(row, batch.ingressPort[i] as number);
    this.seconds.set(row, batch.timeSeconds[i] as number);
    this.nanoseconds.set(row, batch.timeNanoseconds[i] as number);
    this.marked.set(row, batch.marks[i] as number);
  }

  /** Where in the last block there is room for a packet. */
  private room(length: number): number {
    const last = this.blocks[this.blocks.length - 1];
    if (last === undefined || this.used + length > last.length) {
      this.blocks.push(new Uint8Array(Math.max(BYTES_PER_BLOCK, length)));
      this.used = 0;
    }
    const at = this.used;
    this.used += length;
    return at;
  }

  /** Appends packets from `from` on to a batch, up to `to - 1` and as far as they have room. @returns how many */
  copyTo(batch: PacketBatch, from: number, to: number): number {
    for (let row = from; row < to; row++) {
      const length = this.captured.at(row);
      if (!hasRoomFor(batch, length)) return row - from;
      const seconds = this.seconds.at(row);
      const nanoseconds = this.nanoseconds.at(row);
      const at = appendPacket(batch, length, this.original.at(row), this.ingress.at(row), seconds, nanoseconds);
      const source = this.blocks[this.block.at(row)] as Uint8Array;
      const start = this.offset.at(row);
      // Packets are short: a loop takes less time than a view of each.
      for (let p = 0; p < length; p++) batch.bytes[at + p] = source[start + p] as number;
      batch.marks[batch.count - 1] = this.marked.at(row);
    }
    return to - from;
  }

  /** The bytes of a packet as it arrived, a view. */
  bytes(packet: number): Uint8Array {
    const start = this.offset.at(packet);
    return (this.blocks[this.block.at(packet)] as Uint8Array).subarray(start, start + this.captured.at(packet));
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
