/** Rows with their entries and needs, and placements, as text. */

import { ones } from '../../data-plane/bits.js';
import { passOf, rpbNumberOf } from '../../data-plane/logical-rpb.js';
import { must } from '../../data-plane/must.js';
import { rangesText } from '../../data-plane/ranges-text.js';
import { rpbText } from '../../data-plane/rpb-text.js';
import type { TreeRow } from '../../place/problem.js';
import type { Row, RowEntry } from '../../rows/rows.js';
import type { PlacementForm, RowsForm } from '../forms.js';
import { conditionsText, numbered, stepText } from './words.js';

/** A paragraph for each row: its possible RPBs and its entries. Rows count from 1. */
export function rowsText({ lowered: { rows, problem, dataPlane } }: RowsForm): string[] {
  const bits = dataPlane.description.state.branchIdBits;
  return [
    `branch ids: ${rows.branchIds.map((id, branch) => `branch ${branch} = ${id}`).join(', ')}`,
    ...rows.rows.flatMap((row, i) => [
      rowHead(i, row, must(problem.tree[i], `row ${i + 1}`)),
      ...row.entries.map((entry) => entryText(entry, bits)),
    ]),
  ];
}

function rowHead(i: number, { depth, after }: Row, { allowed, link, memories }: TreeRow): string {
  const rpbs = [...allowed].flatMap((is, rpb) => (is === 1 ? [rpb + 1] : []));
  return [
    `row ${i + 1}: depth ${depth}`,
    after < 0 ? 'first' : `after row ${after + 1}`,
    rpbs.length === 0 ? 'no RPB has all of its actions' : `RPBs ${rangesText(rpbs)}`,
    ...(link < 0 ? [] : [`in the RPB of row ${link + 1}`]),
    ...memories.map(({ name, buckets }) => `memory ${name} of ${buckets} buckets`),
  ].join(', ');
}

function entryText({ branch, conditions, does, shares }: RowEntry, bits: number): string {
  const id =
    branch.mask === ones(bits)
      ? `id ${branch.value}`
      : `id & 0x${branch.mask.toString(16)} = ${branch.value} (${shares} branches)`;
  const what = does.kind === 'step' ? stepText(does.step) : `set_branch_id(${does.id})`;
  return `  ${id}: ${conditions.length === 0 ? '' : `if ${conditionsText(conditions)}: `}${what}`;
}

/** A line for each row with its pass and RPB, then the blocks of memory. */
export function placementText({ lowered, allocation }: PlacementForm): string[] {
  const { rows, dataPlane } = lowered;
  const { placement, memories, programId } = allocation;
  const { rpbsPerSwitch, switches } = dataPlane;
  return [
    `program id ${programId}`,
    switches > 1 ? '  row  switch  RPB  depth  entries' : '  row  pass  RPB  depth  entries',
    ...rows.rows.map(({ depth, entries }, i) => {
      const logical = must(placement[i], `place of row ${i + 1}`);
      const pass = 1 + passOf(logical, rpbsPerSwitch);
      const rpb = rpbNumberOf(logical, rpbsPerSwitch);
      const column = (value: number, width: number): string => String(value).padStart(width);
      return numbered(
        i + 1,
        `${column(pass, switches > 1 ? 6 : 4)}  ${column(rpb, 3)}  ${column(depth, 5)}  ${column(entries.length, 7)}`,
      );
    }),
    ...memories.map(
      ({ name, rpb, base, buckets }) =>
        `memory ${name}: ${rpbText(rpb, dataPlane)}, buckets ${base} to ${base + buckets - 1}`,
    ),
  ];
}
