/**
 * Branches → rows of entries that are placed in one RPB. Only program id, pass and bases of memories are still unknown.
 */

import type { ActionEffect } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import type { Condition } from '../language/program.js';
import type { LinkGroup } from '../steps/memory-links.js';
import type { ActionStep } from '../steps/steps.js';
import { assignBranchIds, type BranchMatch, coverBranches, type SharingGroup } from './branch-ids.js';
import type { Alternative, Branches, Origin, RowItem } from './branches.js';
import { strandsOf } from './strands.js';

export interface RowEntry {
  readonly branch: BranchMatch;
  readonly conditions: readonly Condition[];
  /** Among the entries of one branch, the lowest wins. */
  readonly priority: number;
  readonly does:
    | { readonly kind: 'step'; readonly step: ActionStep }
    | { readonly kind: 'setBranch'; readonly id: number };
  /** Number of branches that it serves. */
  readonly shares: number;
}

/** The action of an entry. */
export const entryEffect = ({ does }: Pick<RowEntry, 'does'>): ActionEffect =>
  does.kind === 'step' ? does.step.effect : { kind: 'setBranch' };

/** The entries of the branches of one strand at one depth. */
export interface Row {
  readonly depth: number;
  /**
   * The row after which it has to be, or -1: the previous one in its strand, or that of the BRANCH that leads to the
   * strand.
   */
  readonly after: number;
  readonly entries: readonly RowEntry[];
}

export interface ProgramRows {
  /** Each has a higher index than the row after which it has to be. */
  readonly rows: readonly Row[];
  /** The greatest depth. */
  readonly depth: number;
  readonly origins: readonly Origin[];
  /** Branch ids by number of the branch. */
  readonly branchIds: readonly number[];
  /** The row of a branch at a depth, or -1 where its strand has no entry. */
  rowOf(branch: number, depth: number): number;
}

/**
 * @param state the width of branch ids and whether they are matched exactly: then no entry serves two branches
 * @param sharesEntries whether an entry may serve several branches where the match allows it
 */
export function rowsOf(
  program: Branches,
  groups: readonly LinkGroup[],
  state: { readonly branchIdBits: number; readonly branchMatch: 'exact' | 'ternary' },
  sharesEntries = true,
): ProgramRows {
  const { branches, origins, depth } = program;
  // A program with more branches than ids is refused later, with that reason.
  const isShared = sharesEntries && state.branchMatch === 'ternary' && branches.length <= 2 ** state.branchIdBits;
  const strands = strandsOf(program, groups, isShared);
  const cells = equalItems(program, strands.strandOf);
  const branchIds = isShared
    ? assignBranchIds(branches.length, sharingGroups(cells), state.branchIdBits)
    : branches.map((_, number) => number);
  const cover = new BranchCover(branchIds, isShared, state.branchIdBits);
  const rows: Row[] = [];
  const place = new Map<string, number>();
  for (const strand of strands.order) {
    const parent = strands.parents.get(strand);
    let after = parent === undefined ? -1 : (place.get(`${parent.strand}:${parent.depth}`) ?? -1);
    // Only depths with entries, as NOPs can make a program very deep.
    for (const [at, items] of [...(cells.get(strand) ?? [])].sort(([a], [b]) => a - b)) {
      rows.push({ depth: at, after, entries: items.flatMap((item) => entriesOf(item, cover, branchIds)) });
      after = rows.length - 1;
      place.set(`${strand}:${at}`, after);
    }
  }
  const rowOf = (branch: number, at: number): number => place.get(`${strands.strandOf[branch]}:${at}`) ?? -1;
  return { rows, depth, origins, branchIds, rowOf };
}

interface EqualItems {
  /** Numbers of the branches, ascending. */
  readonly members: number[];
  readonly alternatives: readonly Alternative[];
}

type ByDepth = Map<number, EqualItems[]>;

/** By strand and depth: the branches with a step there, grouped by equal steps. */
function equalItems({ branches }: Branches, strandOf: readonly number[]): ReadonlyMap<number, ByDepth> {
  const cells = new Map<number, ByDepth>();
  const groups = new Map<string, EqualItems>();
  const add = (number: number, depth: number, { identity, alternatives }: RowItem): void => {
    if (alternatives.length === 0) return;
    const strand = strandOf[number] as number;
    const key = `${strand}:${depth}:${identity}`;
    const group = groups.get(key);
    if (group !== undefined) {
      group.members.push(number);
      return;
    }
    const items: EqualItems = { members: [number], alternatives };
    groups.set(key, items);
    const byDepth = cells.get(strand) ?? new Map<number, EqualItems[]>();
    cells.set(strand, byDepth);
    const others = byDepth.get(depth);
    if (others === undefined) byDepth.set(depth, [items]);
    else others.push(items);
  };
  for (const [number, { start, items }] of branches.entries()) {
    for (const [i, item] of items.entries()) add(number, start + i, item);
  }
  return cells;
}

/** The number of entries that each set of branches would save by sharing, over all depths. */
function sharingGroups(cells: ReadonlyMap<number, ByDepth>): SharingGroup[] {
  const saves = new Map<string, { members: readonly number[]; saves: number }>();
  for (const { members, alternatives } of [...cells.values()].flatMap((byDepth) => [...byDepth.values()].flat())) {
    if (members.length < 2) continue;
    const key = members.join();
    const group = saves.get(key) ?? { members, saves: 0 };
    group.saves += alternatives.length * (members.length - 1);
    saves.set(key, group);
  }
  return [...saves.values()];
}

/**
 * Matches on branch ids for sets of branches. No branch outside the set may match, at any depth: strands are
 * placed independently, so its packets may meet any row.
 */
class BranchCover {
  private readonly isTaken: ReadonlySet<number>;

  constructor(
    private readonly ids: readonly number[],
    private readonly isShared: boolean,
    private readonly bits: number,
  ) {
    this.isTaken = new Set(ids);
  }

  of(members: readonly number[]): readonly (BranchMatch & { readonly shares: number })[] {
    const ids = members.map((member) => must(this.ids[member], `ID of branch ${member}`));
    if (!this.isShared || ids.length === 1) {
      return ids.map((value) => ({ value, mask: 2 ** this.bits - 1, shares: 1 }));
    }
    const inside = new Set(ids);
    return coverBranches(ids, (match) => this.meetsOther(match, inside), this.bits).map((match) => ({
      ...match,
      shares: ids.filter((id) => (id & match.mask) === match.value).length,
    }));
  }

  /**
   * Whether a match holds for an id that is taken, beside those inside. It looks at the ids that match alone, where they
   * are fewer than the branches, as looking at all branches for each group of them takes time with their square.
   */
  private meetsOther({ value, mask }: BranchMatch, inside: ReadonlySet<number>): boolean {
    const open = (2 ** this.bits - 1) & ~mask;
    let size = 1;
    for (let rest = open; rest !== 0; rest &= rest - 1) size *= 2;
    if (size > this.ids.length) return this.ids.some((id) => (id & mask) === value && !inside.has(id));
    for (let part = open; ; part = (part - 1) & open) {
      if (this.isTaken.has(value | part) && !inside.has(value | part)) return true;
      if (part === 0) return false;
    }
  }
}

function entriesOf(
  { members, alternatives }: EqualItems,
  cover: BranchCover,
  branchIds: readonly number[],
): RowEntry[] {
  return cover.of(members).flatMap(({ value, mask, shares }) =>
    alternatives.map(({ conditions, does }, priority): RowEntry => {
      const action =
        does.kind === 'step'
          ? does
          : ({ kind: 'setBranch', id: must(branchIds[does.branch], `ID of branch ${does.branch}`) } as const);
      return { branch: { value, mask }, conditions, priority, does: action, shares };
    }),
  );
}
