/** The runs of one stage. */
import { must } from '../../../compiler/data-plane/must.js';
import { blocksOfLargest, type HoleJoin, isReallocated, largestOf, type Run, type StageState } from './stage-books.js';

interface HeldRun extends Run {
  readonly id: number;
}

/** Run of an elastic program between its arrival and the deal that follows. */
const NOTHING_YET: Run = { start: 0, length: 0 };

export class StageRuns implements StageState {
  /** By start. */
  private inelastic: readonly HeldRun[] = [];
  /** By id. */
  private sharing: readonly HeldRun[] = [];
  private holes: readonly Run[] = [];
  private inelasticBlocks = 0;
  offset = 0;
  largestHole = 0;

  constructor(
    private readonly blocks: number,
    private readonly join: HoleJoin,
  ) {}

  get elastic(): number {
    return this.sharing.length;
  }

  get leastDemand(): number {
    return this.inelasticBlocks + this.sharing.length;
  }

  /** Finds the holes anew: gaps between inelastic runs. What lies behind the last one is elastic again. */
  joinHoles(): void {
    const holes: Run[] = [];
    let end = 0;
    for (const { start, length } of this.inelastic) {
      if (start > end) holes.push({ start: end, length: start - end });
      end = start + length;
    }
    this.offset = end;
    this.setHoles(holes);
  }

  private setHoles(holes: readonly Run[]): void {
    this.holes = holes;
    this.largestHole = blocksOfLargest(holes);
  }

  addElastic(id: number): void {
    this.sharing = [...this.sharing, { id, ...NOTHING_YET }].sort((a, b) => a.id - b.id);
  }

  /** Takes the start of the largest hole if that is large enough, and else moves the offset up. */
  addInelastic(id: number, length: number): void {
    const largest = largestOf(this.holes);
    const start = largest !== undefined && largest.length >= length ? largest.start : this.offset;
    this.inelastic = [...this.inelastic, { id, start, length }].sort((a, b) => a.start - b.start);
    this.inelasticBlocks += length;
    this.joinHoles();
  }

  /**
   * Deals the blocks from the offset on out to the elastic programs in turns, in order of ids.
   * @returns the programs that are reallocated
   */
  deal(): number[] {
    const share = Math.floor((this.blocks - this.offset) / this.sharing.length);
    const extra = (this.blocks - this.offset) % this.sharing.length;
    const reallocated: number[] = [];
    let start = this.offset;
    this.sharing = this.sharing.map((before, turn) => {
      const after = { id: before.id, start, length: turn < extra ? share + 1 : share };
      start += after.length;
      if (before.length > 0 && isReallocated(before, after)) reallocated.push(before.id);
      return after;
    });
    return reallocated;
  }

  remove(id: number): void {
    if (this.sharing.some((run) => run.id === id)) {
      this.sharing = this.sharing.filter((run) => run.id !== id);
      return;
    }
    const run = must(
      this.inelastic.find((each) => each.id === id),
      `run of program ${id}`,
    );
    const isLast = this.inelastic.at(-1) === run;
    this.inelastic = this.inelastic.filter((each) => each !== run);
    this.inelasticBlocks -= run.length;
    if (isLast) {
      this.offset = run.start;
      this.setHoles(this.holes.filter(({ start }) => start < run.start));
    } else {
      this.setHoles([...this.holes, { start: run.start, length: run.length }].sort((a, b) => a.start - b.start));
    }
    if (this.join === 'at-once') this.joinHoles();
  }

  runOf(id: number): Run {
    const { start, length } = must(
      this.holdings().find((run) => run.id === id),
      `run of program ${id}`,
    );
    return { start, length };
  }

  /** By start: inelastic runs lie below the offset. */
  holdings(): readonly HeldRun[] {
    return [...this.inelastic, ...this.sharing];
  }
}
