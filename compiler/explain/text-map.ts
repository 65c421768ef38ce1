/** A map of depths and branches: the RPB of each branch at each depth, and its step there. */
import { must } from '../data-plane/must.js';
import type { ExplainedEntry, ExplainedRow, ProgramExplanation } from './explanation.js';
import { wrap } from './text-wrap.js';

const MIN_CELL = 13;
const DEPTH_WIDTH = 5;
/** Maximum number of blocks of columns; a longer map is left out. */
const MAX_BLOCKS = 3;

export function branchMap({ rows, branches, cost }: ProgramExplanation, width: number): string[] {
  if (rows.length === 0) return ['The program has no rows.'];
  const place = ({ rpb, pass }: ExplainedRow): string => (cost.passes === 1 ? `${rpb}` : `${pass}:${rpb}`);
  const cellOf = (row: ExplainedRow, branch: number): string | undefined => {
    const entries = row.entries.filter((entry) => entry.branches.includes(branch));
    return entries.length === 0 ? undefined : `${place(row).padStart(cost.passes === 1 ? 2 : 4)} ${itemText(entries)}`;
  };
  const depths = [...new Set(rows.map(({ depth }) => depth))].sort((a, b) => a - b);
  const busy = new Set(rows.flatMap(({ entries }) => entries.flatMap((entry) => entry.branches)));
  const columns = branches
    .filter(({ branch }) => busy.has(branch))
    .map(({ branch }) => ({
      branch,
      cells: depths.map(
        (depth) => rows.flatMap((row) => (row.depth === depth ? (cellOf(row, branch) ?? []) : []))[0] ?? '',
      ),
    }));
  const cellWidth = (cells: readonly string[]): number => Math.max(MIN_CELL, ...cells.map((cell) => cell.length)) + 2;
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
      block.map(({ branch, cells }) => `branch ${branch}`.padEnd(cellWidth(cells))),
    ),
    ...depths.flatMap((depth, d) => {
      if (block.every(({ cells }) => cells[d] === '')) return [];
      return [
        line(
          String(depth).padStart(DEPTH_WIDTH),
          block.map(({ cells }) => must(cells[d], `cell of depth ${depth}`).padEnd(cellWidth(cells))),
        ),
      ];
    }),
  ]);
  return ['RPB and step by depth and branch:', ...lines];
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
