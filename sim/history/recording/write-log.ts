/** All writes of words in order, one column for each value: memory at any moment follows from them. */
import { BLOCK_ROWS, wordsColumn } from '../../../traces/packets/number-column.js';

/** Marks the place of an event in the list of events, in the column of origins. */
const EVENT = 2 ** 31;

/** Writes by row, from 0 in order. */
export class WriteLog {
  constructor(
    /** Writes so far. */
    public count = 0,
    /** The packet that wrote, or 2^31 and the event. */
    private readonly origin = wordsColumn(),
    /** Place of the word in the memory of all RPBs. */
    private readonly place = wordsColumn(),
    private readonly old = wordsColumn(),
    private readonly now = wordsColumn(),
  ) {}

  /** A write by a packet. @param place of the word in the memory of all RPBs */
  addByPacket(packet: number, place: number, before: number, after: number): void {
    this.add(packet, place, before, after);
  }

  /** A write by an event. @param event place in the list of events */
  addByEvent(event: number, place: number, before: number, after: number): void {
    this.add(EVENT + event, place, before, after);
  }

  private add(origin: number, place: number, before: number, after: number): void {
    const row = this.count++;
    this.origin.set(row, origin);
    this.place.set(row, place);
    this.old.set(row, before);
    this.now.set(row, after);
  }

  /** Whether an event made the write of a row. */
  isByEvent(row: number): boolean {
    return this.origin.at(row) >= EVENT;
  }

  /** The packet that made the write of a row, or the event by its place in the list of events. */
  originOf(row: number): number {
    const origin = this.origin.at(row);
    return origin >= EVENT ? origin - EVENT : origin;
  }

  /** Place of the word of a row in the memory of all RPBs. */
  placeOf(row: number): number {
    return this.place.at(row);
  }

  before(row: number): number {
    return this.old.at(row);
  }

  after(row: number): number {
    return this.now.at(row);
  }

  /** The last row before `row` that writes a word of places `from` … `to - 1`; -1 if none does. */
  previous(from: number, to: number, row: number): number {
    const { blocks } = this.place;
    for (let end = row; end > 0; ) {
      const number = Math.floor((end - 1) / BLOCK_ROWS);
      const block = blocks[number] as Uint32Array;
      const first = number * BLOCK_ROWS;
      for (let i = end - 1 - first; i >= 0; i--) {
        const place = block[i] as number;
        if (place >= from && place < to) return first + i;
      }
      end = first;
    }
    return -1;
  }

  /** The first row from `row` on that writes a word of places `from` … `to - 1`; -1 if none does. */
  next(from: number, to: number, row: number): number {
    const { blocks } = this.place;
    for (let start = row; start < this.count; ) {
      const number = Math.floor(start / BLOCK_ROWS);
      const block = blocks[number] as Uint32Array;
      const first = number * BLOCK_ROWS;
      const end = Math.min(BLOCK_ROWS, this.count - first);
      for (let i = start - first; i < end; i++) {
        const place = block[i] as number;
        if (place >= from && place < to) return first + i;
      }
      start = first + BLOCK_ROWS;
    }
    return -1;
  }

  /** The first writes, in a log that goes on in its own way. */
  fork(count: number): WriteLog {
    const { origin, place, old, now } = this;
    return new WriteLog(count, origin.fork(count), place.fork(count), old.fork(count), now.fork(count));
  }

  /** Bytes of memory that it takes. */
  get byteLength(): number {
    const { origin, place, old, now } = this;
    return [origin, place, old, now].reduce((sum, column) => sum + column.byteLength, 0);
  }
}
