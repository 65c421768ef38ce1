/** Branches → rows: the entries of each depth, which all go to one RPB. Only program id, pass and bases are open yet. */
import { assignBranchIds, type BranchMatch, coverBranches, type SharingGroup } from './branch-ids.js';
import type { Alternative, Branch, Branches, Origin } from './branches.js';
import type { Condition } from './program.js';
import type { ActionStep } from './steps.js';

export interface RowEntry {
  readonly branch: BranchMatch;
  readonly conditions: readonly Condition[];
  /** Among the entries of one branch: the lower wins. */
  readonly priority: number;
  readonly does:
    | { readonly kind: 'step'; readonly step: ActionStep }
    | { readonly kind: 'setBranch'; readonly id: number };
  /** How many branches it serves. */
  readonly shares: number;
}

export interface ProgramRows {
  /** By depth - 1. */
  readonly rows: readonly (readonly RowEntry[])[];
  readonly origins: readonly Origin[];
  /** By number of the branch. */
  readonly branchIds: readonly number[];
}

/** @param state the width of branch ids and whether they are matched exactly: then no entry serves two branches */
export function rowsOf(
  { branches, origins, depth }: Branches,
  state: { readonly branchIdBits: number; readonly branchMatch: 'exact' | 'ternary' },
): ProgramRows {
  // A program of more branches than there are ids is refused later, for just that.
  const isShared = state.branchMatch === 'ternary' && branches.length <= 2 ** state.branchIdBits;
  const depths = Array.from({ length: depth }, (_, i) => equalItems(branches, i + 1));
  const branchIds = isShared
    ? assignBranchIds(branches.length, sharingGroups(depths), state.branchIdBits)
    : branches.map((_, number) => number);
  const idOf = (branch: number): number => branchIds[branch] ?? 0;
  const rows = depths.map((groups, i) => {
    const live = branches.flatMap(({ start }, number) => (start <= i + 1 ? [number] : []));
    return groups.flatMap(({ members, alternatives }): RowEntry[] => {
      const others = live.filter((number) => !members.includes(number)).map(idOf);
      const matches = isShared
        ? coverBranches(members.map(idOf), others, state.branchIdBits)
        : members.map((number): BranchMatch => ({ value: idOf(number), mask: 2 ** state.branchIdBits - 1 }));
      return matches.flatMap((branch) => {
        const shares = members.filter((number) => (idOf(number) & branch.mask) === branch.value).length;
        return alternatives.map(({ conditions, does }, priority): RowEntry => {
          const action = does.kind === 'step' ? does : ({ kind: 'setBranch', id: idOf(does.branch) } as const);
          return { branch, conditions, priority, does: action, shares };
        });
      });
    });
  });
  return { rows, origins, branchIds };
}

interface EqualItems {
  /** Numbers of the branches, ascending. */
  readonly members: number[];
  readonly alternatives: readonly Alternative[];
}

/** The branches that do something at a depth, those together that do the same. */
function equalItems(branches: readonly Branch[], depth: number): readonly EqualItems[] {
  const groups = new Map<string, EqualItems>();
  for (const [number, { start, items }] of branches.entries()) {
    const item = items[depth - start];
    if (item === undefined || item.alternatives.length === 0) continue;
    const group = groups.get(item.identity);
    if (group === undefined) groups.set(item.identity, { members: [number], alternatives: item.alternatives });
    else group.members.push(number);
  }
  return [...groups.values()];
}

/** What each set of branches would save by sharing, over all depths. */
function sharingGroups(depths: readonly (readonly EqualItems[])[]): SharingGroup[] {
  const saves = new Map<string, { members: readonly number[]; saves: number }>();
  for (const { members, alternatives } of depths.flat()) {
    if (members.length < 2) continue;
    const key = members.join();
    const group = saves.get(key) ?? { members, saves: 0 };
    group.saves += alternatives.length * (members.length - 1);
    saves.set(key, group);
  }
  return [...saves.values()];
}
