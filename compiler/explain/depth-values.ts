/** A value for each branch at each depth, stored where it changes, as NOPs can make a program very deep. */
import { must } from '../data-plane/must.js';

interface Changes {
  readonly depths: number[];
  readonly values: number[];
}

/** Values of an analysis that goes through the depths in one direction; 0 before the first change. */
export class DepthValues {
  private readonly ofBranch = new Map<number, Changes>();

  /** @param sign 1 for an analysis from the least depth, -1 for one from the greatest */
  constructor(private readonly sign: 1 | -1) {}

  /** Sets the value of a branch from a depth on, in the direction of the analysis. */
  set(branch: number, depth: number, value: number): void {
    const changes = this.ofBranch.get(branch) ?? { depths: [], values: [] };
    this.ofBranch.set(branch, changes);
    if (changes.values.at(-1) === value) return;
    changes.depths.push(this.sign * depth);
    changes.values.push(value);
  }

  at(branch: number, depth: number): number {
    const changes = this.ofBranch.get(branch);
    if (changes === undefined) return 0;
    const { depths, values } = changes;
    let [from, to] = [0, depths.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (must(depths[middle], 'depth of a change') <= this.sign * depth) from = middle + 1;
      else to = middle;
    }
    return from === 0 ? 0 : must(values[from - 1], 'value of a change');
  }
}
