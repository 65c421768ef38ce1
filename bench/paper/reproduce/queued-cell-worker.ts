/** A thread that computes cells of the reproduction for a queue. */
import type { CellResult } from '../../sweep/results/cell-result.js';
import { type Cell, runCell } from './cells/cell.js';

/** Interrupts end the thread. */
const never = new AbortController().signal;

export default async function compute({ cell }: { readonly cell: Cell }): Promise<CellResult> {
  return { fixed: JSON.stringify(await runCell(cell, never)), times: '{}' };
}
