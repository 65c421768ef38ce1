/** Rows of entries by branch: the entries that packets of one branch meet at each depth. */
import type { ProgramRows, RowEntry } from '../rows/rows.js';

/** The entries of one row for one branch. */
export interface BranchItem {
  /** Index of the row. */
  readonly row: number;
  /** In order of priority: the first whose conditions hold is executed; without one, the packet continues unchanged. */
  readonly entries: readonly RowEntry[];
}

/** By number of the branch and depth; undefined where the branch has no entry. */
export type BranchItems = readonly (readonly (BranchItem | undefined)[])[];

export function branchItems({ rows, depth, branchIds, rowOf }: ProgramRows): BranchItems {
  return branchIds.map((id, branch) =>
    Array.from({ length: depth + 1 }, (_, at): BranchItem | undefined => {
      const row = at === 0 ? -1 : rowOf(branch, at);
      const entries = rows[row]?.entries.filter((entry) => serves(entry, id)) ?? [];
      return entries.length === 0 ? undefined : { row, entries: entries.sort((a, b) => a.priority - b.priority) };
    }),
  );
}

/** Whether packets of the branch with this id meet the entry. */
export const serves = ({ branch }: RowEntry, id: number): boolean => (id & branch.mask) === branch.value;
