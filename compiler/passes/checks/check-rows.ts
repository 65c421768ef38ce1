/** Invariants of rows: their order, the branches that their entries match, and the needs given to the allocator. */
import { ones } from '../../data-plane/bits.js';
import type { Condition } from '../../language/program.js';
import type { Alternative, Branch } from '../../rows/branches.js';
import type { Row, RowEntry } from '../../rows/rows.js';
import { conditionsIdentity } from '../../steps/steps.js';
import type { RowsForm } from '../forms.js';
import { needsFault } from './row-needs.js';
import { areEqualSteps } from './step-identity.js';

export function rowsFault(form: RowsForm): string | undefined {
  const { rows } = form.lowered.rows;
  for (const [i, { after, entries }] of rows.entries()) {
    if (after >= i) return `row ${i + 1} has a lower number than row ${after + 1}, after which it has to be`;
    if (entries.length === 0) return `row ${i + 1} has no entry`;
  }
  return orderFault(form) ?? idsFault(form) ?? needsFault(form);
}

/** Each row of a branch is after its rows at lower depths, and after the BRANCHes that lead to it. */
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
      if (above >= 0 && !isBehind(row, above)) return `row ${row + 1} is not ordered after row ${above + 1}`;
      above = row;
      for (const { does } of alternatives) {
        const next = does.kind === 'enter' ? firstRow(does.branch) : -1;
        if (next >= 0 && !isBehind(next, row))
          return `row ${next + 1} is not ordered after the BRANCH of row ${row + 1}`;
      }
    }
  }
  return undefined;
}

/**
 * Whether one row has to be after another: the rows are a forest, and each has an interval of numbers that includes
 * those below it.
 */
function behindTest(rows: readonly Row[]): (row: number, above: number) => boolean {
  // The rows below a row have higher numbers, so a loop from the end meets each row after all below it.
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

/** Branch ids are different, and entries match the branches that they serve and no others. */
function idsFault(form: RowsForm): string | undefined {
  const { lowered, branches } = form;
  const { branchIds } = lowered.rows;
  const bits = lowered.dataPlane.description.state.branchIdBits;
  // A program of more branches than ids is refused later.
  if (branchIds.length > 2 ** bits) return undefined;
  if (branchIds.length !== branches.branches.length) return 'the number of branch ids differs from that of branches';
  if (branchIds[0] !== 0) return `the root has branch id ${branchIds[0]}`;
  if (new Set(branchIds).size < branchIds.length) return 'two branches have the same id';
  const wide = branchIds.find((id) => !(id >= 0 && id <= ones(bits)));
  if (wide !== undefined) return `branch id ${wide} has more than ${bits} bits`;
  const served = servedBranches(lowered.rows.rows, branchIds, bits);
  for (const [row, byBranch] of served.entries()) {
    const { depth } = lowered.rows.rows[row] as Row;
    for (const branch of byBranch.keys()) {
      if (lowered.rows.rowOf(branch, depth) === row) continue;
      return `an entry of row ${row + 1} matches branch ${branch}, which has no step there`;
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

/** Each branch meets at each depth the entries of its alternatives. */
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
      if (!isSame) return `branch ${branch} does not meet the entries of its alternatives at depth ${start + i}`;
    }
  }
  return undefined;
}

/** Most lists are one object. */
const areEqual = (a: readonly Condition[], b: readonly Condition[]): boolean =>
  a === b || conditionsIdentity(a) === conditionsIdentity(b);

function doesSame({ conditions, does }: Alternative, entry: RowEntry | undefined, ids: readonly number[]): boolean {
  if (entry === undefined || !areEqual(conditions, entry.conditions)) return false;
  if (does.kind === 'enter') return entry.does.kind === 'setBranch' && entry.does.id === ids[does.branch];
  return entry.does.kind === 'step' && areEqualSteps(entry.does.step, does.step);
}
