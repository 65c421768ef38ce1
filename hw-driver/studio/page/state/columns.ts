/** Columns of numbers that the session sends. */
import { must } from '../../../../compiler/data-plane/must.js';

/** The number of a row that is there. */
export const numberAt = (column: ArrayLike<number>, row: number): number => must(column[row], `row ${row}`);
