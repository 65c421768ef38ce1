/**
 * Branch ids, chosen so that one ternary entry can match branches with the same step at one depth: such branches
 * get ids that differ in few bits, and no other branch gets an id that the entry matches.
 */

import { bitsToTell } from '../data-plane/bits.js';
import { addTo } from '../data-plane/counting.js';
import { must } from '../data-plane/must.js';

/** Branches that can share entries. */
export interface SharingGroup {
  /** Numbers of branches, ascending. */
  readonly members: readonly number[];
  /** Number of entries that sharing saves. */
  readonly saves: number;
}

/** A ternary match on the branch id. */
export interface BranchMatch {
  readonly value: number;
  readonly mask: number;
}

/** A set of branches with a block of ids for them alone, whose size is a power of two. */
interface Block {
  /** Ascending. */
  readonly members: readonly number[];
  parent: Block | undefined;
  /** Blocks within, in the order of their groups. */
  readonly children: Set<Block>;
  /** By member, the child that it is in. */
  readonly childOf: Map<number, Block>;
  /** Place of its group among the others. */
  readonly rank: number;
  /** Ids that its children and the members outside them take. */
  needed: number;
}

/**
 * An id for each branch; branch 0, the root, has id 0. As many groups get separate blocks as the width
 * of the ids allows, those that save most first.
 * @param bits width of a branch id; there are at most 2^bits branches
 */
export function assignBranchIds(branches: number, groups: readonly SharingGroup[], bits: number): readonly number[] {
  const wanted = [...groups].filter(({ members }) => members.length > 1).sort((a, b) => b.saves - a.saves);
  const root = nestBlocks(branches, wanted.slice(0, blocksWithin(branches, wanted, bits)));
  const ids: number[] = [];
  layOut(root, 0, ids);
  const first = must(ids[0], 'ID of the root branch');
  return ids.map((id) => id ^ first);
}

/** The greatest number of groups, from the first on, whose blocks the width allows. */
function blocksWithin(branches: number, groups: readonly SharingGroup[], bits: number): number {
  let most = 0;
  nestBlocks(branches, groups, (root, count) => {
    if (sizeOf(root) <= 2 ** bits) most = count;
  });
  return most;
}

/**
 * Nests blocks; a group that partly overlaps an earlier one is left out.
 * @param after is given the root once a number of groups is in
 */
function nestBlocks(
  branches: number,
  groups: readonly SharingGroup[],
  after?: (root: Block, count: number) => void,
): Block {
  const all = Array.from({ length: branches }, (_, i) => i);
  const root = blockOf(all, -1);
  for (const [rank, { members }] of groups.entries()) {
    insertBlock(root, members, rank);
    after?.(root, rank + 1);
  }
  return root;
}

const blockOf = (members: readonly number[], rank: number): Block => ({
  members,
  parent: undefined,
  children: new Set(),
  childOf: new Map(),
  rank,
  needed: members.length,
});

function insertBlock(root: Block, members: readonly number[], rank: number): void {
  let parent = root;
  for (;;) {
    const touched = childrenWith(parent, members);
    const [inner] = touched;
    if (inner === undefined || inner[1] < members.length) {
      for (const [child, common] of touched) if (common < child.members.length) return;
      addBlock(parent, blockOf(members, rank), [...touched.keys()]);
      return;
    }
    [parent] = inner;
    if (members.length === parent.members.length) return;
  }
}

/** The children that some of these branches are in, and how many of the branches are. */
function childrenWith({ childOf }: Block, members: readonly number[]): Map<Block, number> {
  const touched = new Map<Block, number>();
  for (const member of members) {
    const child = childOf.get(member);
    if (child !== undefined) addTo(touched, child);
  }
  return touched;
}

/** @param inside the children of the parent that lie within the block */
function addBlock(parent: Block, block: Block, inside: readonly Block[]): void {
  for (const child of [...inside].sort((a, b) => a.rank - b.rank)) {
    parent.children.delete(child);
    block.children.add(child);
    child.parent = block;
    block.needed += sizeOf(child) - child.members.length;
    for (const member of child.members) block.childOf.set(member, child);
  }
  parent.children.add(block);
  block.parent = parent;
  for (const member of block.members) parent.childOf.set(member, block);
  let more = sizeOf(block) - block.needed;
  for (let above: Block | undefined = parent; above !== undefined && more !== 0; above = above.parent) {
    const before = sizeOf(above);
    above.needed += more;
    more = sizeOf(above) - before;
  }
}

const sizeOf = ({ needed }: Block): number => 2 ** bitsToTell(needed);

/** Larger blocks first, so that each starts at a multiple of its size. */
function layOut(block: Block, start: number, ids: number[]): void {
  let next = start;
  for (const child of [...block.children].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    layOut(child, next, ids);
    next += sizeOf(child);
  }
  for (const member of block.members) if (!block.childOf.has(member)) ids[member] = next++;
}

/**
 * Matches that hold for all ids of `members` and for none of the others; not always the fewest.
 * @param members not empty, without duplicates
 * @param meetsOther whether a match that holds for some of the members holds for another id too
 */
export function coverBranches(
  members: readonly number[],
  meetsOther: (match: BranchMatch) => boolean,
  bits: number,
): BranchMatch[] {
  const all = 2 ** bits - 1;
  const [first = 0] = members;
  const differing = members.reduce((sum, id) => sum | (id ^ first), 0);
  const mask = all & ~differing;
  const match = { value: first & mask, mask };
  if (differing === 0 || !meetsOther(match)) return [match];
  const splits = [...Array(bits).keys()].filter((bit) => ((differing >> bit) & 1) === 1);
  // For few ids every split is tried, for many only the one by the highest bit, as blocks are laid out.
  const tried = members.length <= 8 ? splits : splits.slice(-1);
  const covers = tried.map((bit) =>
    [0, 1].flatMap((side) =>
      coverBranches(
        members.filter((id) => ((id >> bit) & 1) === side),
        meetsOther,
        bits,
      ),
    ),
  );
  return covers.reduce((best, cover) => (cover.length < best.length ? cover : best));
}

/** For {@link coverBranches}: whether a match holds for one of these ids. */
export const meetsOneOf =
  (others: readonly number[]) =>
  ({ value, mask }: BranchMatch): boolean =>
    others.some((id) => (id & mask) === value);
