/** A map of depths and branches: the RPB of each branch at each depth, and its step there. */
import { appendTo } from '../data-plane/counting.js';
import type { ExplainedEntry, ExplainedRow, ProgramExplanation } from './explanation.js';
import { wrap } from './text-wrap.js';

const MIN_CELL = 13;
const DEPTH_WIDTH = 5;
/** Maximum number of blocks of columns; a longer map is left out. */
const MAX_BLOCKS = 3;

export function branchMap({ rows, branches, cost }: ProgramExplanation, width: number): string[] {
  if (rows.length === 0) return ['The program has no rows.'];
  const cells = cellsOf(rows, cost.passes);
  const depths = [...new Set(rows.map(({ depth }) => depth))].sort((a, b) => a - b);
  const columns = branches.flatMap(({ branch }) => {
    const ofBranch = cells.get(branch);
    return ofBranch === undefined ? [] : [{ branch, cells: ofBranch }];
  });
  const cellWidth = (of: Cells): number =>
    [...of.values()].reduce((most, { length }) => Math.max(most, length), MIN_CELL) + 2;
  const blocks: (typeof columns)[] = [];
  let room = 0;
  for (const column of columns) {
    const needed = cellWidth(column.cells);
    if (needed > room || blocks.length === 0) {
      blocks.push([]);
      room = width - DEPTH_WIDTH;
    }
    blocks.at(-1)?.push(column);
    room -= needed;
  }
  if (blocks.length > MAX_BLOCKS) {
    return wrap(
      `(The map of depths and branches is left out: it would be too large for ${branches.length} branches.)`,
      width,
    );
  }
  const lines = blocks.flatMap((block, i) => [
    ...(i === 0 ? [] : ['']),
    line(
      'depth',
      block.map((column) => `branch ${column.branch}`.padEnd(cellWidth(column.cells))),
    ),
    ...depths.flatMap((depth) => {
      const texts = block.map((column) => (column.cells.get(depth) ?? '').padEnd(cellWidth(column.cells)));
      return texts.every((text) => text.trim() === '') ? [] : [line(String(depth).padStart(DEPTH_WIDTH), texts)];
    }),
  ]);
  return ['RPB and step by depth and branch:', ...lines];
}

/** Texts of one branch, by depth. */
type Cells = ReadonlyMap<number, string>;

/** By number of the branch; only of branches with entries. */
function cellsOf(rows: readonly ExplainedRow[], passes: number): ReadonlyMap<number, Cells> {
  const cells = new Map<number, Map<number, string>>();
  for (const { depth, rpb, pass, entries } of rows) {
    const place = passes === 1 ? `${rpb}`.padStart(2) : `${pass}:${rpb}`.padStart(4);
    const met = new Map<number, ExplainedEntry[]>();
    for (const entry of entries) for (const branch of entry.branches) appendTo(met, branch, entry);
    for (const [branch, own] of met) {
      const column = cells.get(branch) ?? new Map<number, string>();
      cells.set(branch, column);
      if (!column.has(depth)) column.set(depth, `${place} ${itemText(own)}`);
    }
  }
  return cells;
}

const line = (head: string, cells: readonly string[]): string => `${head}  ${cells.join('')}`.trimEnd();

const MAX_LETTERS = 21;

/** The step of a branch in one row as a short text. */
function itemText(entries: readonly ExplainedEntry[]): string {
  if (entries.some(({ enters }) => enters !== null)) return 'BRANCH';
  const verbs = [...new Set(entries.map(({ verb }) => verb))].join('/');
  const [only, ...others] = entries;
  if (only === undefined || others.length > 0) return `${verbs} if`;
  const operands = only.operands.map((operand) => operand.replace(/^hdr\./, '')).join(',');
  const text = operands === '' ? verbs : `${verbs} ${operands}`;
  return text.length <= MAX_LETTERS ? text : `${text.slice(0, MAX_LETTERS - 1)}~`;
}
