/** The published figures that come with the package: tables of results/published, whose README names their sources. */

import { readFileSync } from 'node:fs';
import { must } from '../../../compiler/data-plane/must.js';
import { packageFile } from '../../../traces/system/package-root.js';

/** The cells of a row by the names of their columns. */
export type PublishedRow = Readonly<Record<string, string>>;

/** The rows of a table. The files have no quoted cells, so every comma separates two cells. */
export function publishedTable(name: string): readonly PublishedRow[] {
  const [head = '', ...lines] = readFileSync(packageFile('results', 'published', name), 'utf8')
    .trimEnd()
    .split('\n');
  const columns = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, i) => [column, must(cells[i], `cell of column ${column}`)]));
  });
}

/** The figure in a column of the row with this name in its first column; undefined where none is published. */
export function publishedFigure(table: string, row: string, column: string): number | undefined {
  const rows = publishedTable(table);
  const cell = rows.find((candidate) => Object.values(candidate)[0] === row)?.[column];
  return cell === undefined || cell === '' ? undefined : Number(cell);
}

export const textIn = (row: PublishedRow | undefined, column: string): string => row?.[column] ?? '';

/** @throws if the row has no such number */
export function numberIn(row: PublishedRow | undefined, column: string): number {
  const text = textIn(row, column);
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new Error(`the published table has no number in ${column}`);
  return value;
}
