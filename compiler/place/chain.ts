/** Placement problems without branches. */
import type { PlacementRow, TreeRow } from './problem.js';

/** The tree of rows in sequence, each after the one before. */
export const chain = (rows: readonly PlacementRow[]): readonly TreeRow[] =>
  rows.map((row, i) => ({ ...row, depth: i + 1, after: i - 1 }));
