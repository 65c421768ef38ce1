/** Placement problems without branches. */
import type { PlacementRow, TreeRow } from './problem.js';

/** Rows of which each has to come behind the one before, as the tree that allocators may place row by row. */
export const chain = (rows: readonly PlacementRow[]): readonly TreeRow[] =>
  rows.map((row, i) => ({ ...row, depth: i + 1, after: i - 1 }));
