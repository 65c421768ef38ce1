/** Verdicts of a reproduction as a table for the terminal, and all numbers as CSV. */

import { stringify } from 'csv-stringify/sync';
import { must } from '../../../compiler/data-plane/must.js';
import { agreementCounts, type ReproductionDocument } from '../reproduce/reproduction.js';
import { toleranceText } from '../reproduce/value.js';

const WIDTHS = [16, 9, 9, 9, 9, 9, 9, 9] as const;
const line = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell, i) =>
      i === 0 ? String(cell).padEnd(WIDTHS[0]) : String(cell).padStart(must(WIDTHS[i], 'width of a column')),
    )
    .join('')
    .trimEnd();

/** One line for each experiment: the numbers of values that agree, differ, are better, or are not compared. */
export function verdictTable({ experiments }: ReproductionDocument): string {
  const rows = experiments.map(({ id, comparisons }) => {
    const reproduced = agreementCounts(comparisons, 'reproduced');
    const ours = agreementCounts(comparisons, 'ours');
    return [
      id,
      comparisons.length,
      ...[reproduced.agrees, reproduced.differs, ours.agrees, ours.better, ours.differs],
      Math.max(reproduced['not compared'], ours['not compared']),
    ];
  });
  const sum = (column: number): number =>
    rows.reduce((total, row) => total + Number(must(row[column], 'cell of a row')), 0);
  return [
    line(['', '', 'reproduced', '', 'ours', '', '', 'not']),
    line(['', 'numbers', 'agrees', 'differs', 'agrees', 'better', 'differs', 'compared']),
    ...rows.map(line),
    line(['all', ...[1, 2, 3, 4, 5, 6, 7].map(sum)]),
  ].join('\n');
}

export function verdictsCsv({ experiments }: ReproductionDocument): string {
  const rows = experiments.flatMap(({ id, comparisons }) =>
    comparisons.map((each) => ({
      experiment: id,
      quantity: each.quantity,
      unit: each.unit,
      ...columns('published', each.published),
      ...columns('reproduced', each.reproduced),
      ...columns('ours', each.ours),
      tolerance: toleranceText(each.tolerance),
      reproduced_verdict: each.reproducedVerdict ?? '',
      ours_verdict: each.oursVerdict ?? '',
      why: each.why,
    })),
  );
  return stringify(rows, { header: true });
}

const columns = (name: string, value: { mean: number; least: number; greatest: number } | null) => ({
  [name]: value?.mean ?? '',
  [`${name}_least`]: value?.least ?? '',
  [`${name}_greatest`]: value?.greatest ?? '',
});
