/** Cells of the published tables; see results/published/README.md. */
export { publishedTable } from '../../hw-driver/published-figures.js';

export type PublishedRow = Readonly<Record<string, string>>;

/** @throws if the table has no such number */
export function numberIn(row: PublishedRow | undefined, column: string): number {
  const text = textIn(row, column);
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new Error(`the published table has no number in ${column}`);
  return value;
}

export const textIn = (row: PublishedRow | undefined, column: string): string => row?.[column] ?? '';
