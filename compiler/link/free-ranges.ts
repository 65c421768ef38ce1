/** The free ranges of one RPB's memory, allocated first fit; adjacent free ranges merge. */

interface Range {
  readonly base: number;
  readonly size: number;
}

export class FreeRanges {
  /** By base, never adjacent. */
  private ranges: Range[];

  constructor(readonly total: number) {
    this.ranges = [{ base: 0, size: total }];
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
    if (sizes.length !== 1) return this.firstFit(sizes) !== undefined;
    const [size = 0] = sizes;
    for (const range of this.ranges) if (range.size >= size) return true;
    return false;
  }

  /** The bases that first fit gives these blocks in this order, or undefined if one finds no room. */
  firstFit(sizes: readonly number[]): number[] | undefined {
    const taken = new Map<Range, number>();
    const bases: number[] = [];
    for (const size of sizes) {
      const range = this.ranges.find((candidate) => candidate.size - (taken.get(candidate) ?? 0) >= size);
      if (range === undefined) return undefined;
      const used = taken.get(range) ?? 0;
      bases.push(range.base + used);
      taken.set(range, used + size);
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
    this.ranges.splice(index, 1, ...[left, right].filter((part) => part.size > 0));
  }

  /** Gives back a range that was taken. */
  release(base: number, size: number): void {
    const overlaps = this.ranges.some((range) => base < range.base + range.size && range.base < base + size);
    if (overlaps) throw new Error(`buckets ${base} to ${base + size - 1} are free already`);
    const merged: Range[] = [];
    for (const range of [...this.ranges, { base, size }].sort((a, b) => a.base - b.base)) {
      const last = merged.at(-1);
      if (last !== undefined && last.base + last.size === range.base) {
        merged[merged.length - 1] = { base: last.base, size: last.size + range.size };
      } else merged.push(range);
    }
    this.ranges = merged;
  }
}
