/** Rows of entries by branch: the entries that packets of one branch meet at each depth. */

import { appendTo } from '../data-plane/counting.js';
import { must } from '../data-plane/must.js';
import type { BranchMatch } from '../rows/branch-ids.js';
import type { ProgramRows, RowEntry } from '../rows/rows.js';

/** The entries of one row for one branch. */
export interface BranchItem {
  /** Number of the branch. */
  readonly branch: number;
  readonly depth: number;
  /** Index of the row. */
  readonly row: number;
  /** In order of priority: the first whose conditions hold is executed; without one, the packet continues unchanged. */
  readonly entries: readonly RowEntry[];
}

/** What the branches meet. A branch has no item at a depth without entries, as NOPs can make a program very deep. */
export interface BranchItems {
  /** By index of the row: an item for each of its branches, by number of the branch. */
  readonly ofRow: readonly (readonly BranchItem[])[];
  /** The items of all branches by depth, from the least; those of one depth by number of the branch. */
  readonly byDepth: readonly BranchItem[];
  /** Numbers of the branches whose packets meet an entry of the rows, ascending. */
  branchesOf(entry: RowEntry): readonly number[];
  /** The number of the branch with this ID, -1 if there is none. */
  branchWith(id: number): number;
}

export function branchItems({ rows, branchIds, rowOf }: ProgramRows): BranchItems {
  const ids = new IdIndex(branchIds);
  const branchesOf = new Map<RowEntry, readonly number[]>();
  const ofRow = rows.map(({ depth, entries }, row) => {
    const met = new Map<number, RowEntry[]>();
    for (const entry of entries) {
      const branches = ids.matched(entry.branch).filter((branch) => rowOf(branch, depth) === row);
      branchesOf.set(entry, branches);
      for (const branch of branches) appendTo(met, branch, entry);
    }
    return [...met]
      .sort(([a], [b]) => a - b)
      .map(([branch, own]) => ({ branch, depth, row, entries: own.sort((a, b) => a.priority - b.priority) }));
  });
  return {
    ofRow,
    byDepth: ofRow.flat().sort((a, b) => a.depth - b.depth || a.branch - b.branch),
    branchesOf: (entry) => must(branchesOf.get(entry), 'entry of a row'),
    branchWith: (id) => ids.branchWith(id),
  };
}

/** Branches by their IDs. */
class IdIndex {
  private readonly branches = new Map<number, number>();
  private readonly allBits: number;

  constructor(private readonly ids: readonly number[]) {
    let allBits = 0;
    for (const [branch, id] of ids.entries()) {
      this.branches.set(id, branch);
      allBits |= id;
    }
    this.allBits = allBits;
  }

  branchWith(id: number): number {
    return this.branches.get(id) ?? -1;
  }

  /** Numbers of the branches with an ID that matches, ascending. */
  matched({ value, mask }: BranchMatch): number[] {
    const open = this.allBits & ~mask;
    let size = 1;
    for (let rest = open; rest !== 0; rest &= rest - 1) size *= 2;
    // All branches are looked at only where still more IDs match.
    if (size > this.ids.length) {
      return this.ids.flatMap((id, branch) => ((id & mask) === value ? [branch] : []));
    }
    const found: number[] = [];
    for (let part = open; ; part = (part - 1) & open) {
      const branch = this.branches.get(value | part);
      if (branch !== undefined) found.push(branch);
      if (part === 0) return found.sort((a, b) => a - b);
    }
  }
}
