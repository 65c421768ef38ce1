/** Rows of entries: their order, the branches that their entries match, and what is claimed that each needs. */
import { ones } from '../../data-plane/bits.js';
import type { Alternative, Branch } from '../../rows/branches.js';
import type { Row, RowEntry } from '../../rows/rows.js';
import { conditionsIdentity, stepIdentity } from '../../steps/steps.js';
import type { RowsForm } from '../forms.js';
import { needsFault } from './row-needs.js';

export function rowsFault(form: RowsForm): string | undefined {
  const { rows } = form.lowered.rows;
  for (const [i, { after, entries }] of rows.entries()) {
    if (after >= i) return `row ${i + 1} comes before row ${after + 1}, behind which it has to be`;
    if (entries.length === 0) return `row ${i + 1} has no entry`;
  }
  return orderFault(form) ?? idsFault(form) ?? needsFault(form);
}

/** What a branch does is behind what it does above, and behind the BRANCHes that lead to it. */
function orderFault({ lowered: { rows }, branches: { branches } }: RowsForm): string | undefined {
  const isBehind = behindTest(rows.rows);
  const firstRow = (branch: number): number => {
    const { start, items } = branches[branch] as Branch;
    const first = items.findIndex(({ alternatives }) => alternatives.length > 0);
    return first < 0 ? -1 : rows.rowOf(branch, start + first);
  };
  for (const [branch, { start, items }] of branches.entries()) {
    let above = -1;
    for (const [i, { alternatives }] of items.entries()) {
      if (alternatives.length === 0) continue;
      const row = rows.rowOf(branch, start + i);
      if (row < 0) return `branch ${branch} has no row for depth ${start + i}`;
      if (above >= 0 && !isBehind(row, above)) return `row ${row + 1} need not be behind row ${above + 1}`;
      above = row;
      for (const { does } of alternatives) {
        const next = does.kind === 'enter' ? firstRow(does.branch) : -1;
        if (next >= 0 && !isBehind(next, row)) return `row ${next + 1} need not be behind the BRANCH of row ${row + 1}`;
      }
    }
  }
  return undefined;
}

/** Whether one row has to be behind another: rows as a forest, numbered on the way down and up. */
function behindTest(rows: readonly Row[]): (row: number, above: number) => boolean {
  // The rows below each row come after it, so that counting them from the end meets each after all below it.
  const below = rows.map(() => 1);
  for (let i = rows.length - 1; i >= 0; i--) {
    const { after } = rows[i] as Row;
    if (after >= 0) below[after] = (below[after] as number) + (below[i] as number);
  }
  const first = rows.map(() => 0);
  const next = rows.map(() => 0);
  let roots = 0;
  for (const [i, { after }] of rows.entries()) {
    const size = below[i] as number;
    first[i] = after < 0 ? roots : (next[after] as number);
    if (after < 0) roots += size;
    else next[after] = (next[after] as number) + size;
    next[i] = (first[i] as number) + 1;
  }
  return (row, above) => {
    const from = first[above] as number;
    const at = first[row] as number;
    return at > from && at < from + (below[above] as number);
  };
}

/** Branch ids that tell branches apart, and entries that match those that they serve and no others. */
function idsFault(form: RowsForm): string | undefined {
  const { lowered, branches } = form;
  const { branchIds } = lowered.rows;
  const bits = lowered.dataPlane.description.state.branchIdBits;
  // A program of more branches than ids is refused later.
  if (branchIds.length > 2 ** bits) return undefined;
  if (branchIds.length !== branches.branches.length) return 'there is not an id for each branch';
  if (branchIds[0] !== 0) return `the root has branch id ${branchIds[0]}`;
  if (new Set(branchIds).size < branchIds.length) return 'two branches have one id';
  const wide = branchIds.find((id) => !(id >= 0 && id <= ones(bits)));
  if (wide !== undefined) return `branch id ${wide} has more than ${bits} bits`;
  const served = servedBranches(lowered.rows.rows, branchIds, bits);
  for (const [row, byBranch] of served.entries()) {
    const { depth } = lowered.rows.rows[row] as Row;
    for (const branch of byBranch.keys()) {
      if (lowered.rows.rowOf(branch, depth) === row) continue;
      return `an entry of row ${row + 1} matches branch ${branch}, which does nothing there`;
    }
  }
  return alternativesFault(form, served);
}

/** By row and branch: the entries that match its id, by priority. */
function servedBranches(
  rows: readonly Row[],
  branchIds: readonly number[],
  bits: number,
): readonly ReadonlyMap<number, readonly RowEntry[]>[] {
  const branchOf = new Map(branchIds.map((id, branch) => [id, branch]));
  return rows.map(({ entries }) => {
    const served = new Map<number, RowEntry[]>();
    for (const entry of entries) {
      const { value, mask } = entry.branch;
      const exact = branchOf.get(value);
      const branches =
        mask === ones(bits)
          ? exact === undefined
            ? []
            : [exact]
          : branchIds.flatMap((id, branch) => ((id & mask) === value ? [branch] : []));
      for (const branch of branches) {
        const others = served.get(branch);
        if (others === undefined) served.set(branch, [entry]);
        else others.push(entry);
      }
    }
    for (const matching of served.values()) matching.sort((a, b) => a.priority - b.priority);
    return served;
  });
}

/** Each branch meets at each depth the entries that do what it says. */
function alternativesFault(
  { lowered: { rows }, branches: { branches } }: RowsForm,
  served: readonly ReadonlyMap<number, readonly RowEntry[]>[],
): string | undefined {
  for (const [branch, { start, items }] of branches.entries()) {
    for (const [i, { alternatives }] of items.entries()) {
      const row = rows.rowOf(branch, start + i);
      const entries = served[row]?.get(branch) ?? [];
      const isSame =
        entries.length === alternatives.length &&
        alternatives.every((alternative, k) => doesSame(alternative, entries[k], rows.branchIds));
      if (!isSame) return `branch ${branch} does not meet at depth ${start + i} what it has to do there`;
    }
  }
  return undefined;
}

function doesSame({ conditions, does }: Alternative, entry: RowEntry | undefined, ids: readonly number[]): boolean {
  if (entry === undefined || conditionsIdentity(entry.conditions) !== conditionsIdentity(conditions)) return false;
  if (does.kind === 'enter') return entry.does.kind === 'setBranch' && entry.does.id === ids[does.branch];
  return entry.does.kind === 'step' && stepIdentity(entry.does.step) === stepIdentity(does.step);
}
