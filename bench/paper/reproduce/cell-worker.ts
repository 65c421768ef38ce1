/** A thread that computes cells. */
import { type Cell, type CellResult, runCell } from './cells/cell.js';

/** Interrupts end the thread. */
const never = new AbortController().signal;

export default (cell: Cell): Promise<CellResult> => runCell(cell, never);
