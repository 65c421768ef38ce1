/** Memory at a moment of a run, which moves to other moments by the writes between them. */
import type { RecordedRun } from './recorded-run.js';

/** The words of all RPBs at a moment, given by the number of writes that had been made. */
export class MemoryAt {
  /** Writes that have been made, of those in the log; undefined where the contents are unknown. */
  private writes: number | undefined;

  /** @param words to hold the memory of all RPBs */
  constructor(
    private readonly run: RecordedRun,
    readonly words: Uint32Array,
  ) {}

  /** Makes the words those after a number of writes. */
  moveTo(writes: number): void {
    const { run, words } = this;
    const copy = run.pages.writesOfCopy(writes);
    const distance = this.writes === undefined ? Number.POSITIVE_INFINITY : Math.abs(writes - this.writes);
    // A copy costs about as much as going through this number of writes.
    if (distance > writes - copy + words.length / WORDS_PER_WRITE) this.writes = run.pages.restore(words, writes);
    const { writes: log } = run;
    let at = this.writes === undefined ? copy : this.writes;
    for (; at < writes; at++) words[log.placeOf(at)] = log.after(at);
    for (; at > writes; at--) words[log.placeOf(at - 1)] = log.before(at - 1);
    this.writes = writes;
  }

  /** To be called when packets have made the words those after a number of writes. */
  hasBecome(writes: number): void {
    this.writes = writes;
  }

  /** To be called before packets change the words, in case that ends half-way. */
  forget(): void {
    this.writes = undefined;
  }
}

/** Words that are copied in the time of one write. */
const WORDS_PER_WRITE = 16;
