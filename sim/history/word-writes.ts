/** Questions about words of memory: who wrote them, and what they held. */
import { must } from '../../compiler/data-plane/must.js';
import { RegisterLayout } from '../blocks/register-arrays.js';
import type { RecordedRun } from './recording/recorded-run.js';
import type { WordPlace, WordWrite } from './word-write.js';

/** Writes and values of words at any moment of a run. Places that are not there are refused with {@link TargetError}. */
export class WordWrites {
  /** Of the memory of all RPBs. */
  readonly layout: RegisterLayout;
  /** Where the register array of each RPB starts in the memory of all. */
  private readonly starts: readonly number[];

  constructor(private readonly run: RecordedRun) {
    const { dataPlane } = run.setting;
    this.layout = new RegisterLayout(dataPlane);
    this.starts = dataPlane.rpbs.map(({ index }) => this.layout.index(index, 0));
  }

  /** Writes of all words in the run. */
  get count(): number {
    return this.run.writes.count;
  }

  /** The write of a row of the record, from 0 in order. */
  at(row: number): WordWrite {
    const { writes, events } = this.run;
    const origin = writes.originOf(row);
    const isByEvent = writes.isByEvent(row);
    return {
      ...this.placeOf(writes.placeOf(row)),
      row,
      packet: isByEvent ? must(events[origin], `event ${origin}`).packet : origin,
      event: isByEvent ? origin : null,
      before: writes.before(row),
      after: writes.after(row),
    };
  }

  /** The last write of a word before packet n: by an earlier packet, or by an event at or before it. */
  previous(place: WordPlace, packet: number): WordWrite | undefined {
    const index = this.indexOf(place);
    const row = this.run.writes.previous(index, index + 1, this.run.writesBefore(packet));
    return row < 0 ? undefined : this.at(row);
  }

  /** The first write of a word from packet n on: by it or a later one, or by an event after it. */
  next(place: WordPlace, packet: number): WordWrite | undefined {
    const index = this.indexOf(place);
    const row = this.run.writes.next(index, index + 1, this.run.writesBefore(packet));
    return row < 0 ? undefined : this.at(row);
  }

  /** All writes of a word in order, of more than one word those of all. @param words from it on */
  *of(place: WordPlace, words = 1): Generator<WordWrite> {
    const index = this.indexOf(place);
    const { writes } = this.run;
    for (let row = writes.next(index, index + words, 0); row >= 0; ) {
      yield this.at(row);
      row = writes.next(index, index + words, row + 1);
    }
  }

  /** The value of a word before packet n. */
  valueBefore(place: WordPlace, packet: number): number {
    const write = this.previous(place, packet);
    // Memory is 0 before the first event.
    return write === undefined ? 0 : write.after;
  }

  /** The words of buckets `base` … `base + buckets - 1` of an RPB before packet n. @param rpb from 1 @throws {TargetError} */
  wordsBefore(packet: number, rpb: number, base: number, buckets: number): Uint32Array {
    const { first, end } = this.layout.span(rpb, base, buckets);
    const { pages, writes } = this.run;
    const words = new Uint32Array(end - first);
    const last = this.run.writesBefore(packet);
    const start = pages.restore(words, last, first);
    for (let row = writes.next(first, end, start); row >= 0 && row < last; row = writes.next(first, end, row + 1)) {
      words[writes.placeOf(row) - first] = writes.after(row);
    }
    return words;
  }

  /** Place of a word in the memory of all RPBs. @throws {TargetError} for a place that is not there */
  indexOf({ rpb, bucket, word }: WordPlace): number {
    return this.layout.span(rpb, bucket, 1).first + word;
  }

  private placeOf(index: number): WordPlace {
    let rpb = this.starts.length - 1;
    while (must(this.starts[rpb], 'start of a register array') > index) rpb--;
    const words = this.layout.wordsIn(rpb);
    const offset = index - must(this.starts[rpb], 'start of a register array');
    return { rpb: rpb + 1, bucket: Math.floor(offset / words), word: words === 2 && offset % 2 === 1 ? 1 : 0 };
  }
}
