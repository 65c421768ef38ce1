/** A thread that measures cells of sweeps. */
import type { SweepCell } from '../cell/cell.js';
import type { FilePlaces } from '../cell/file-places.js';
import { measureCell } from '../measure/measure-cell.js';
import type { CellResult } from '../results/cell-result.js';

/** What a thread is given. */
export interface CellTask {
  readonly cell: SweepCell;
  readonly places: FilePlaces;
}

const MS_PER_SECOND = 1000;

export default async function measure({ cell, places }: CellTask): Promise<CellResult> {
  const start = performance.now();
  const { columns, times } = await measureCell(cell, places);
  const wall = (performance.now() - start) / MS_PER_SECOND;
  return { fixed: JSON.stringify(columns), times: JSON.stringify({ wall, ...times }) };
}
