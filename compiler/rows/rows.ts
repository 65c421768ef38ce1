/**
 * Branches → rows of entries that are placed in one RPB. Only program id, pass and bases of memories are still unknown.
 */

import { type Instruction, instructionOf } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import { NumberPairs } from '../data-plane/number-pairs.js';
import type { Condition } from '../language/program.js';
import type { LinkGroup } from '../steps/memory-links.js';
import type { ActionStep } from '../steps/steps.js';
import { assignBranchIds, type BranchMatch, coverBranches, type SharingGroup } from './branch-ids.js';
import type { Alternative, Branches, Origin } from './branches.js';
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

const SET_BRANCH = instructionOf({ kind: 'setBranch' });

/** The action of an entry. */
export const entryInstruction = ({ does }: Pick<RowEntry, 'does'>): Instruction =>
  does.kind === 'step' ? does.step.instruction : SET_BRANCH;

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
  const cells = cellsOf(program, strands.strandOf);
  const branchIds = isShared
    ? assignBranchIds(branches.length, sharingGroups(cells), state.branchIdBits)
    : branches.map((_, number) => number);
  const cover = new BranchCover(branchIds, isShared, state.branchIdBits);
  const rows: Row[] = [];
  const rowAt = (strand: number, at: number): number => {
    const cell = must(cells.get(strand), 'cells of a strand').get(at);
    return cell === undefined ? -1 : cell.row;
  };
  for (const strand of strands.order) {
    const parent = strands.parents.get(strand);
    let after = parent === undefined ? -1 : rowAt(parent.strand, parent.depth);
    for (const cell of inOrder(must(cells.get(strand), 'cells of a strand'))) {
      const entries: RowEntry[] = [];
      for (const item of cell.items) addEntries(entries, item, cover, branchIds);
      cell.row = rows.length;
      rows.push({ depth: cell.depth, after, entries });
      after = cell.row;
    }
  }
  const rowOf = (branch: number, at: number): number => rowAt(must(strands.strandOf[branch], 'strand of a branch'), at);
  return { rows, depth, origins, branchIds, rowOf };
}

/** Branches of one strand with equal steps at one depth. */
interface EqualItems {
  /** Numbers of the branches, ascending. */
  readonly members: number[];
  readonly alternatives: readonly Alternative[];
}

/** What the branches of one strand do at one depth. */
interface Cell {
  /** Of its own among the cells of a program. */
  readonly number: number;
  readonly depth: number;
  readonly items: EqualItems[];
  /** The row of their entries; -1 until it is known. */
  row: number;
}

/** By strand and depth; only depths with entries, as NOPs can make a program very deep. */
type Cells = ReadonlyMap<number, ReadonlyMap<number, Cell>>;

function cellsOf({ branches }: Branches, strandOf: readonly number[]): Cells {
  const cells = new Map<number, Map<number, Cell>>();
  const pairs = new NumberPairs();
  /** By cell and item. */
  const groups: EqualItems[] = [];
  let count = 0;
  for (const [branch, { start, items }] of branches.entries()) {
    const strand = must(strandOf[branch], 'strand of a branch');
    const ofStrand = cells.get(strand) ?? new Map<number, Cell>();
    cells.set(strand, ofStrand);
    let depth = start - 1;
    for (const { identity, alternatives } of items) {
      depth++;
      if (alternatives.length === 0) continue;
      let cell = ofStrand.get(depth);
      if (cell === undefined) {
        cell = { number: count++, depth, items: [], row: -1 };
        ofStrand.set(depth, cell);
      }
      const number = pairs.of(cell.number, identity);
      const group = groups[number];
      if (group !== undefined) {
        group.members.push(branch);
        continue;
      }
      groups[number] = { members: [branch], alternatives };
      cell.items.push(groups[number]);
    }
  }
  return cells;
}

/** By depth: mostly as they are. */
function inOrder(ofStrand: ReadonlyMap<number, Cell>): readonly Cell[] {
  const cells = [...ofStrand.values()];
  const isSorted = cells.every(({ depth }, i) => i === 0 || must(cells[i - 1], 'cell').depth < depth);
  return isSorted ? cells : cells.sort((a, b) => a.depth - b.depth);
}

/** The number of entries that each set of branches would save by sharing, over all depths. */
function sharingGroups(cells: Cells): SharingGroup[] {
  const saves = new Map<number, { members: readonly number[]; saves: number }>();
  const pairs = new NumberPairs();
  for (const ofStrand of cells.values()) {
    for (const { items } of ofStrand.values()) {
      for (const { members, alternatives } of items) {
        if (members.length < 2) continue;
        const key = members.reduce((list, member) => pairs.of(list, member), -1);
        const group = saves.get(key) ?? { members, saves: 0 };
        group.saves += alternatives.length * (members.length - 1);
        saves.set(key, group);
      }
    }
  }
  return [...saves.values()];
}

/** A match on branch ids, and how many branches have such an id. */
interface Cover {
  readonly branch: BranchMatch;
  readonly shares: number;
}

/**
 * Matches on branch ids for sets of branches. No branch outside the set may match, at any depth: strands are
 * placed independently, so its packets may meet any row.
 */
class BranchCover {
  private readonly isTaken: ReadonlySet<number>;
  /** By branch, for those that have been asked for. */
  private readonly ofOne: (Cover | undefined)[];

  constructor(
    private readonly ids: readonly number[],
    private readonly isShared: boolean,
    private readonly bits: number,
  ) {
    this.isTaken = new Set(ids);
    this.ofOne = new Array<Cover | undefined>(ids.length).fill(undefined);
  }

  of(members: readonly number[]): readonly Cover[] {
    if (!this.isShared || members.length === 1) return members.map((member) => this.alone(member));
    const ids = members.map((member) => must(this.ids[member], 'ID of a branch'));
    const inside = new Set(ids);
    return coverBranches(ids, (match) => this.meetsOther(match, inside), this.bits).map((branch) => ({
      branch,
      shares: ids.filter((id) => (id & branch.mask) === branch.value).length,
    }));
  }

  /** Of one branch. Its entries at all depths have the same. */
  private alone(member: number): Cover {
    const known = this.ofOne[member];
    if (known !== undefined) return known;
    const value = must(this.ids[member], 'ID of a branch');
    const cover = { branch: { value, mask: 2 ** this.bits - 1 }, shares: 1 };
    this.ofOne[member] = cover;
    return cover;
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

function addEntries(
  entries: RowEntry[],
  { members, alternatives }: EqualItems,
  cover: BranchCover,
  branchIds: readonly number[],
): void {
  for (const { branch, shares } of cover.of(members)) {
    let priority = 0;
    for (const { conditions, does } of alternatives) {
      const action: RowEntry['does'] =
        does.kind === 'step' ? does : { kind: 'setBranch', id: must(branchIds[does.branch], 'ID of a branch') };
      entries.push({ branch, conditions, priority: priority++, does: action, shares });
    }
  }
}
