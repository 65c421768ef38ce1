/** Invariants of the problem for the allocator: order, RPBs, links and memories of each row. */

import type { DataPlane } from '../../data-plane/data-plane.js';
import { must } from '../../data-plane/must.js';
import type { TreeRow } from '../../place/problem.js';
import type { Row } from '../../rows/rows.js';
import { entryInstruction } from '../../rows/rows.js';
import { isMemoryAccess } from '../../steps/steps.js';
import type { RowsForm } from '../forms.js';

export function needsFault({ lowered: { rows, problem, dataPlane, program } }: RowsForm): string | undefined {
  const { tree } = problem;
  if (tree.length !== rows.rows.length) return `the allocator gets ${tree.length} of ${rows.rows.length} rows`;
  const holders = new Map<string, number>();
  for (const [i, row] of rows.rows.entries()) {
    const needs = tree[i] as TreeRow;
    const fault = rowFault(row, needs, dataPlane) ?? linkFault(tree, i);
    if (fault !== undefined) return `row ${i + 1} ${fault}`;
    for (const { name } of needs.memories) {
      if (holders.has(name)) return `two rows have memory ${name}`;
      holders.set(name, i);
    }
  }
  for (const [i, row] of rows.rows.entries()) {
    for (const memory of accessedBy(row)) {
      const holder = holders.get(memory);
      if (holder === undefined) return `row ${i + 1} accesses memory ${memory}, which no row has`;
      if (groupOf(tree, holder) === groupOf(tree, i)) continue;
      return `row ${i + 1} accesses memory ${memory} of row ${holder + 1}, and is not linked to its RPB`;
    }
  }
  const stray = [...holders.keys()].find((name) => !program.memories.some((memory) => memory.name === name));
  return stray === undefined ? undefined : `the program has no memory ${stray}`;
}

function rowFault(row: Row, { depth, after, entries, allowed }: TreeRow, dataPlane: DataPlane): string | undefined {
  if (depth !== row.depth || after !== row.after) return 'has another depth or order in the problem for the allocator';
  if (entries !== row.entries.length) return `has ${row.entries.length} entries, and the problem has ${entries}`;
  const actions = [...new Set(row.entries.map((entry) => entryInstruction(entry).name))];
  for (const { index, number, actions: here } of dataPlane.rpbs) {
    const hasAll = actions.every((name) => here.has(name));
    if (hasAll !== (allowed[index] === 1))
      return `${hasAll ? 'is not allowed in' : 'is allowed in'} RPB ${number}, which ${hasAll ? 'has' : 'does not have'} all of its actions`;
  }
  return undefined;
}

function linkFault(tree: readonly TreeRow[], i: number): string | undefined {
  const { link, isLinked } = tree[i] as TreeRow;
  if (link >= i) return `shares the RPB of row ${link + 1}, which has a higher number`;
  const first = tree[link];
  if (first !== undefined && (first.link >= 0 || !first.isLinked)) {
    return `shares the RPB of row ${link + 1}, which is not the first of its group`;
  }
  return isLinked && link >= 0 ? 'is the first of its group and links to another' : undefined;
}

const groupOf = (tree: readonly TreeRow[], i: number): number => {
  const { link } = must(tree[i], `row ${i + 1}`);
  return link < 0 ? i : link;
};

function accessedBy({ entries }: Row): ReadonlySet<string> {
  return new Set(
    entries.flatMap(({ does }) => {
      const memory = does.kind === 'step' && isMemoryAccess(does.step) ? does.step.memory : undefined;
      return memory === undefined ? [] : [memory];
    }),
  );
}
