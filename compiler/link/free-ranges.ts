/** The free ranges of one RPB's memory, allocated first fit; adjacent free ranges merge. */
import { must } from '../data-plane/must.js';

interface Range {
  readonly base: number;
  readonly size: number;
}

export class FreeRanges {
  /** By base, never adjacent. */
  private readonly ranges: Range[];
  /** The size of the largest free range; -1 if there is none. */
  private largest: number;

  constructor(readonly total: number) {
    this.ranges = [{ base: 0, size: total }];
    this.largest = total;
  }

  get free(): number {
    return this.ranges.reduce((sum, { size }) => sum + size, 0);
  }

  /** The free ranges, by base. */
  list(): readonly Range[] {
    return this.ranges;
  }

  /** Whether first fit finds room for these blocks in this order. */
  fits(sizes: readonly number[]): boolean {
    let sum = 0;
    for (const size of sizes) {
      if (size > this.largest) return false;
      sum += size;
    }
    // If all fit one range together, none of them finds no room.
    return sum <= this.largest || this.firstFit(sizes) !== undefined;
  }

  /** The bases that first fit gives these blocks in this order, or undefined if one finds no room. */
  firstFit(sizes: readonly number[]): number[] | undefined {
    const taken = this.ranges.map(() => 0);
    const bases: number[] = [];
    for (const size of sizes) {
      const at = this.ranges.findIndex((range, i) => range.size - must(taken[i], 'taken buckets') >= size);
      const range = this.ranges[at];
      if (range === undefined) return undefined;
      const used = must(taken[at], 'taken buckets');
      bases.push(range.base + used);
      taken[at] = used + size;
    }
    return bases;
  }

  isFree(base: number, size: number): boolean {
    return this.ranges.some((range) => base >= range.base && base + size <= range.base + range.size);
  }

  /** Takes a range that {@link isFree}. */
  take(base: number, size: number): void {
    const index = this.ranges.findIndex((range) => base >= range.base && base + size <= range.base + range.size);
    const range = this.ranges[index];
    if (range === undefined) throw new Error(`buckets ${base} to ${base + size - 1} are not free`);
    const left = { base: range.base, size: base - range.base };
    const right = { base: base + size, size: range.base + range.size - base - size };
    this.replace(index, 1, ...[left, right].filter((part) => part.size > 0));
  }

  /** Gives back a range that was taken. */
  release(base: number, size: number): void {
    const { ranges } = this;
    const next = ranges.findIndex((range) => range.base >= base + size);
    const index = next < 0 ? ranges.length : next;
    const before = ranges[index - 1];
    const after = ranges[index];
    if (before !== undefined && before.base + before.size > base) {
      throw new Error(`buckets ${base} to ${base + size - 1} are free already`);
    }
    const joinsBefore = before !== undefined && before.base + before.size === base;
    const joinsAfter = after !== undefined && after.base === base + size;
    const from = joinsBefore ? before.base : base;
    const end = joinsAfter ? after.base + after.size : base + size;
    const merged = { base: from, size: end - from };
    this.replace(joinsBefore ? index - 1 : index, Number(joinsBefore) + Number(joinsAfter), merged);
  }

  private replace(index: number, count: number, ...ranges: readonly Range[]): void {
    this.ranges.splice(index, count, ...ranges);
    this.largest = this.ranges.reduce((largest, range) => Math.max(largest, range.size), -1);
  }
}
