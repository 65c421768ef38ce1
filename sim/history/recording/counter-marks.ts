/** The counters of a switch after every few thousand packets of a run. */
import type { Counters } from '../../blocks/counters.js';

/** Packets from one mark to the next. */
export const PACKETS_PER_MARK = 4096;

/** Counters at some packets. */
export class CounterMarks {
  /** @param marks counters before packet {@link PACKETS_PER_MARK} times the place */
  constructor(private readonly marks: Readonly<Counters>[] = []) {}

  /** To be called before each packet whose number is a multiple of {@link PACKETS_PER_MARK}. */
  add(counters: Readonly<Counters>): void {
    this.marks.push({ ...counters });
  }

  /** The last mark at or before a packet: the packet that it is before, and the counters. */
  at(packet: number): { readonly packet: number; readonly counters: Readonly<Counters> } | undefined {
    const number = Math.min(Math.floor(packet / PACKETS_PER_MARK), this.marks.length - 1);
    const counters = this.marks[number];
    return counters && { packet: number * PACKETS_PER_MARK, counters };
  }

  fork(packet: number): CounterMarks {
    return new CounterMarks(this.marks.slice(0, Math.ceil(packet / PACKETS_PER_MARK)));
  }
}
