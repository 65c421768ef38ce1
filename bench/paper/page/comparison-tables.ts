/** The numbers of an experiment as tables of its page. */
import {
  type ColumnTitles,
  type Comparison,
  type PlainTable,
  VALUE_COLUMNS,
  type ValueColumn,
} from '../reproduce/experiment.js';
import { type Agreement, isVerdictOf, toleranceText } from '../reproduce/value.js';
import { numberText, valueText } from './figures-text.js';
import { escaped, prose } from './html-text.js';

/** Long tables are collapsed, except for numbers that differ. */
const SHOWN_AT_ONCE = 12;

/**
 * HTML tables of all numbers of an experiment, with the numbers that differ before them if they are many, and the reasons
 * that hold for several numbers below them.
 */
export function comparisonTables(comparisons: readonly Comparison[], titles: ColumnTitles): string {
  if (comparisons.length === 0) return '';
  const columns = VALUE_COLUMNS.filter((column) => comparisons.some((each) => each[column] !== null));
  const reasons = repeatedReasons(comparisons);
  const hasPublished = comparisons.some(({ published }) => published !== null);
  const hasReasons = comparisons.some(({ why }) => why !== '');
  const of: TableColumns = { titles, columns, reasons, hasPublished, hasReasons };
  const tableOf = (rows: readonly Comparison[]): string => tableWith(of, rows);
  return `${tablesOf(comparisons, tableOf)}${reasonList(reasons)}`;
}

function tablesOf(comparisons: readonly Comparison[], tableOf: (rows: readonly Comparison[]) => string): string {
  if (comparisons.length <= SHOWN_AT_ONCE) return tableOf(comparisons);
  const differing = comparisons.filter(
    ({ reproducedVerdict, oursVerdict }) => reproducedVerdict === 'differs' || oursVerdict === 'differs',
  );
  const all = `<details><summary>All ${comparisons.length} numbers</summary>${tableOf(comparisons)}</details>`;
  return differing.length === 0 ? all : `<h3>What differs</h3>${tableOf(differing)}${all}`;
}

/** Reasons that hold for several numbers, in order of the first: they are said once, below the table. */
function repeatedReasons(comparisons: readonly Comparison[]): string[] {
  const all = comparisons.map(({ why }) => why).filter((why) => why !== '');
  return [...new Set(all.filter((why, i) => all.indexOf(why) !== i))];
}

const reasonList = (reasons: readonly string[]): string =>
  reasons.length === 0 ? '' : `<ol class="reasons">${reasons.map((why) => `<li>${prose(why)}</li>`).join('')}</ol>`;

export const plainTable = ({ head, rows }: PlainTable): string => `<div class="wide"><table class="plain">
<thead><tr>${head.map((title, i) => plainHead(title, rows[0]?.[i])).join('')}</tr></thead>
<tbody>
${rows.map((cells) => `<tr>${cells.map(plainCell).join('')}</tr>`).join('\n')}
</tbody>
</table></div>`;

/** Above a column of numbers, or of words. */
const plainHead = (title: string, first: string | number | null | undefined): string =>
  `<th scope="col"${typeof first === 'string' ? '' : ' class="n"'}>${escaped(title)}</th>`;

function plainCell(cell: string | number | null, column: number): string {
  if (typeof cell === 'number') return `<td class="n">${numberText(cell)}</td>`;
  if (cell === null) return '<td class="n">–</td>';
  return column === 0 ? `<th scope="row">${escaped(cell)}</th>` : `<td>${escaped(cell)}</td>`;
}

interface TableColumns {
  readonly titles: ColumnTitles;
  /** Columns with a value in any row of the experiment. */
  readonly columns: readonly ValueColumn[];
  readonly reasons: readonly string[];
  /** Columns that experiments beyond the paper may not have. */
  readonly hasPublished: boolean;
  readonly hasReasons: boolean;
}

const tableWith = (of: TableColumns, comparisons: readonly Comparison[]): string => `<div class="wide"><table>
<thead><tr><th scope="col"></th><th scope="col">unit</th>${of.hasPublished ? '<th scope="col">published</th>' : ''}${of.columns
  .map(
    (column) => `<th scope="col">${escaped(of.titles[column])}</th>${column === 'peer' ? '' : '<th scope="col"></th>'}`,
  )
  .join('')}<th scope="col">kind, tolerance</th>${of.hasReasons ? '<th scope="col">why</th>' : ''}</tr></thead>
<tbody>
${comparisons.map((each) => row(each, of)).join('\n')}
</tbody>
</table></div>`;

function row(each: Comparison, { columns, reasons, hasPublished, hasReasons }: TableColumns): string {
  const verdicts = { reproduced: each.reproducedVerdict, ours: each.oursVerdict };
  const shared = reasons.indexOf(each.why);
  const cells = [
    `<td>${escaped(each.unit)}</td>`,
    hasPublished ? `<td class="n">${valueText(each.published)}</td>` : '',
    ...columns.map(
      (column) =>
        `<td class="n">${valueText(each[column])}</td>${column === 'peer' ? '' : verdictCell(verdicts[column])}`,
    ),
    `<td class="kind">${kindText(each)}</td>`,
    hasReasons ? `<td class="why">${shared < 0 ? prose(each.why) : `reason ${shared + 1}`}</td>` : '',
  ];
  return `<tr><th scope="row">${escaped(each.quantity)}</th>${cells.join('')}</tr>`;
}

/** Kind of a number, with the tolerance of its verdict if it has one. */
const kindText = ({ kind, published, tolerance }: Comparison): string =>
  published !== null && isVerdictOf(tolerance) ? `${kind}, ${toleranceText(tolerance)}` : kind;

const verdictCell = (verdict: Agreement | null): string =>
  verdict === null ? '<td></td>' : `<td class="${verdict.replace(' ', '-')}">${verdict}</td>`;
