/** Verdicts of a reproduction as a table for the terminal, and all numbers as CSV. */

import { stringify } from 'csv-stringify/sync';
import { must } from '../../../compiler/data-plane/must.js';
import type { Comparison, ComparisonKind } from '../reproduce/experiment.js';
import {
  agreementCounts,
  type ExperimentRecord,
  hasVerdict,
  numbersOfPaper,
  type ReproductionDocument,
} from '../reproduce/reproduction.js';
import { toleranceText } from '../reproduce/value.js';

const WIDTHS = [16, 9, 12, 9, 9, 9, 9, 10] as const;
const line = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell, i) =>
      i === 0 ? String(cell).padEnd(WIDTHS[0]) : String(cell).padStart(must(WIDTHS[i], 'width of a column')),
    )
    .join('')
    .trimEnd();

/**
 * One line for each experiment with verdicts: the numbers of the paper with something beside them, and how many of them
 * agree, differ, are better, or are not compared; then the sums over all experiments, by where the values come from.
 */
export function verdictTable({ experiments }: ReproductionDocument): string {
  const judged = experiments.filter((experiment) => numbersOfPaper([experiment]).some(hasVerdict));
  const others = experiments.filter((experiment) => !judged.includes(experiment));
  const all = numbersOfPaper(experiments);
  if (all.length === 0) return `no numbers of the paper: ${idsOf(others)}`;
  return [
    line(['', 'numbers', 'reproduced', '', 'ours', '', '', 'not']),
    line(['', 'of paper', 'agrees', 'differs', 'agrees', 'better', 'differs', 'compared']),
    ...judged.map((experiment) => line([experiment.id, ...countsOf(numbersOfPaper([experiment]))])),
    ...(['computed', 'measured'] as const).flatMap((kind) => sumOf(kind, all)),
    ...(others.length === 0 ? [] : ['', `without verdicts: ${idsOf(others)}`]),
  ].join('\n');
}

const idsOf = (experiments: readonly ExperimentRecord[]): string => experiments.map(({ id }) => id).join(', ');

/** The line of a kind of numbers, if there are any. */
function sumOf(kind: ComparisonKind, all: readonly Comparison[]): string[] {
  const numbers = all.filter((each) => each.kind === kind);
  return numbers.length === 0 ? [] : [line([`all ${kind}`, ...countsOf(numbers)])];
}

function countsOf(comparisons: readonly Comparison[]): number[] {
  const reproduced = agreementCounts(comparisons, 'reproduced');
  const ours = agreementCounts(comparisons, 'ours');
  return [
    comparisons.length,
    ...[reproduced.agrees, reproduced.differs, ours.agrees, ours.better, ours.differs],
    Math.max(reproduced['not compared'], ours['not compared']),
  ];
}

export function verdictsCsv({ experiments }: ReproductionDocument): string {
  const rows = experiments.flatMap(({ id, comparisons }) =>
    comparisons.map((each) => ({
      experiment: id,
      quantity: each.quantity,
      unit: each.unit,
      kind: each.kind,
      ...columns('published', each.published),
      ...columns('peer', each.peer),
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
