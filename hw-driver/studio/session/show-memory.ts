/** Memories at a moment, and who wrote their words. */
import { must } from '../../../compiler/data-plane/must.js';
import type { History, WordPlace } from '../../../sim/history/index.js';
import { SessionError } from './failure.js';
import type { AnswerOf, AskOf, MemoryWords, NamedWord, WriteColumns } from './protocol.js';
import { memoriesAt } from './show-switch.js';

/** Writes that are sent at once, at most. */
const MAX_WRITES = 100_000;

/** @throws {SessionError} `bad-question` {@link RangeError} */
export function memoryAt(history: History, { at, program, memory, from = 0, buckets }: AskOf<'memory'>): MemoryWords {
  const summary = memoryOf(history, at, program, memory);
  const count = buckets === undefined ? summary.buckets - from : buckets;
  if (![from, count].every((number) => Number.isInteger(number) && number >= 0) || from + count > summary.buckets) {
    throw new SessionError('bad-question', `${program}.${memory} has buckets 0 to ${summary.buckets - 1}`);
  }
  const words = history.wordsBefore(at, summary.rpb, summary.base + from, count);
  const first = history.writes.layout.index(summary.rpb - 1, summary.base + from);
  return { ...summary, from, words, writes: writeCounts(history, at, first, words.length) };
}

/** By word: how often it was written before a moment, as long as the program of then owned it or not. */
function writeCounts({ run }: History, at: number, first: number, words: number): Uint32Array {
  const counts = new Uint32Array(words);
  const end = run.writesBefore(at);
  const { writes } = run;
  for (let row = writes.next(first, first + words, 0); row >= 0 && row < end; ) {
    const place = writes.placeOf(row) - first;
    counts[place] = must(counts[place], 'count of a word') + 1;
    row = writes.next(first, first + words, row + 1);
  }
  return counts;
}

function memoryOf(history: History, at: number, program: string, memory: string) {
  const found = memoriesAt(history, at).find((each) => each.program === program && each.memory === memory);
  if (found !== undefined) return found;
  throw new SessionError('bad-question', `no program ${program} with a memory ${memory} runs before packet ${at + 1}`);
}

/** @throws {SessionError} `bad-question` */
export function placeOfWord(history: History, at: number, { program, memory, bucket, word = 0 }: NamedWord): WordPlace {
  const { rpb, base, buckets, wordsPerBucket } = memoryOf(history, at, program, memory);
  if (!Number.isInteger(bucket) || bucket < 0 || bucket >= buckets || word >= wordsPerBucket) {
    throw new SessionError('bad-question', `${program}.${memory} has buckets 0 to ${buckets - 1}`);
  }
  return { rpb, bucket: base + bucket, word };
}

/** Rows of the writes of one word, kept for the next question, which mostly is of the same word. */
export class WritesOfWord {
  private known:
    | { readonly history: History; readonly index: number; readonly count: number; readonly rows: Uint32Array }
    | undefined;

  /** @throws {SessionError} `bad-question` */
  columns(history: History, { at, word, from, count }: AskOf<'word-writes'>): WriteColumns {
    if (![from, count].every((number) => Number.isInteger(number) && number >= 0) || count > MAX_WRITES) {
      throw new SessionError('bad-question', `${count} writes were asked for, at most ${MAX_WRITES} are sent at once`);
    }
    const { rpb, bucket, word: half } = placeOfWord(history, at, word);
    const rows = this.rowsOf(history, history.writes.indexOf({ rpb, bucket, word: half }));
    const shown = rows.subarray(from, from + count);
    const { writes, events } = history.run;
    const packetOf = (row: number): number => {
      const origin = writes.originOf(row);
      return writes.isByEvent(row) ? must(events[origin], `event ${origin}`).packet : origin;
    };
    return {
      from,
      count: shown.length,
      total: rows.length,
      packet: shown.map(packetOf),
      event: Int32Array.from(shown, (row) => (writes.isByEvent(row) ? writes.originOf(row) : -1)),
      before: shown.map((row) => writes.before(row)),
      after: shown.map((row) => writes.after(row)),
    };
  }

  private rowsOf(history: History, index: number): Uint32Array {
    const { known } = this;
    const { writes } = history.run;
    if (known?.history === history && known.index === index && known.count === writes.count) return known.rows;
    const found: number[] = [];
    for (let row = writes.next(index, index + 1, 0); row >= 0; row = writes.next(index, index + 1, row + 1)) {
      found.push(row);
    }
    const rows = Uint32Array.from(found);
    this.known = { history, index, count: writes.count, rows };
    return rows;
  }
}

/** @throws {SessionError} `bad-question` {@link RangeError} */
export function nextWrite(history: History, { at, word, direction }: AskOf<'next-write'>): AnswerOf<'next-write'> {
  const place = placeOfWord(history, at, word);
  const write = direction === 'before' ? history.writes.previous(place, at) : history.writes.next(place, at);
  if (write === undefined) return null;
  const { packet, event, before, after } = write;
  return { packet, event, before, after };
}
