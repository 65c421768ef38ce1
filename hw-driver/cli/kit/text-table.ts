/** Tables of text that fit a number of columns: cells that are too long go on in the lines below. */
import { must } from '../../../compiler/data-plane/must.js';
import { wrap } from '../../../compiler/explain/text-wrap.js';

const GAP = 2;

/**
 * A head and rows, one line or more for each; ends with a line break.
 * @param width columns of a line; the first column, and words that are longer than theirs, are not divided
 */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const widths = columnWidths([head, ...rows], width);
  return [head, ...rows]
    .flatMap((row) => rowLines(row, widths))
    .map((line) => `${line}\n`)
    .join('');
}

/** The widest cell of each column; where all are too wide together, the widest of those behind the first give way. */
function columnWidths(rows: readonly (readonly string[])[], width: number): readonly number[] {
  const [head] = rows;
  const widest = (lengthOf: (cell: string) => number): number[] =>
    must(head, 'head of a table').map((_, i) =>
      Math.max(...rows.map((row) => lengthOf(must(row[i], 'cell of a row')))),
    );
  const widths = widest((cell) => cell.length);
  const least = widest((cell) => Math.max(...cell.split(' ').map((word) => word.length)));
  for (let over = totalOf(widths) - width; over > 0; over--) {
    const spare = widths.map((each, i) => (i > 0 && each > must(least[i], 'least width') ? each : 0));
    const most = Math.max(...spare);
    if (most === 0) break;
    widths[spare.indexOf(most)] = most - 1;
  }
  return widths;
}

const totalOf = (widths: readonly number[]): number =>
  widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1);

function rowLines(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = row.map((cell, i) => wrap(cell, must(widths[i], 'width of a column')));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, i) => (cell[line] ?? ' ').padEnd(must(widths[i], 'width of a column')))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}
