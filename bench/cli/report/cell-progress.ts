/** Progress of a reproduction: outside a terminal, a line for each cell. */
import type { StatusLine } from '../../../hw-driver/index.js';
import { cellText } from '../../paper/reproduce/cells/cell.js';
import type { CellRun } from '../../paper/reproduce/run-cells.js';

export const cellProgress =
  (status: StatusLine): CellRun['onProgress'] =>
  (done, all, finished) => {
    const count = `${done} of ${all} cells`;
    if (finished === undefined) status.show(count);
    else status.step(count, cellText(finished));
  };
