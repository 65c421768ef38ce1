/**
 * Branch ids, chosen so that one ternary entry can match branches with the same step at one depth: such branches
 * get ids that differ in few bits, and no other branch gets an id that the entry matches.
 */

import { bitsToTell } from '../data-plane/bits.js';
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
  readonly members: ReadonlySet<number>;
  readonly saves: number;
  readonly children: Block[];
}

/**
 * An id for each branch; branch 0, the root, has id 0. As many groups get separate blocks as the width
 * of the ids allows, those that save most first.
 * @param bits width of a branch id; there are at most 2^bits branches
 */
export function assignBranchIds(branches: number, groups: readonly SharingGroup[], bits: number): readonly number[] {
  const wanted = [...groups].filter(({ members }) => members.length > 1).sort((a, b) => b.saves - a.saves);
  for (;;) {
    const root = nestBlocks(branches, wanted);
    if (blockSize(root) <= 2 ** bits) {
      const ids: number[] = [];
      layOut(root, 0, ids);
      const first = must(ids[0], 'ID of the root branch');
      return ids.map((id) => id ^ first);
    }
    wanted.pop();
  }
}

/** Nests blocks; a group that partly overlaps an earlier one is left out. */
function nestBlocks(branches: number, groups: readonly SharingGroup[]): Block {
  const all: Block = { members: new Set(Array.from({ length: branches }, (_, i) => i)), saves: 0, children: [] };
  for (const { members, saves } of groups) insertBlock(all, { members: new Set(members), saves, children: [] });
  return all;
}

function insertBlock(parent: Block, block: Block): void {
  const inside: Block[] = [];
  for (const child of parent.children) {
    const common = [...block.members].filter((member) => child.members.has(member)).length;
    if (common === 0) continue;
    if (common === block.members.size) {
      if (common < child.members.size) insertBlock(child, block);
      return;
    }
    if (common < child.members.size) return;
    inside.push(child);
  }
  for (const child of inside) parent.children.splice(parent.children.indexOf(child), 1);
  block.children.push(...inside);
  parent.children.push(block);
}

const blockSizes = (block: Block): { readonly single: readonly number[]; readonly sizes: readonly number[] } => {
  const nested = new Set(block.children.flatMap(({ members }) => [...members]));
  return { single: [...block.members].filter((member) => !nested.has(member)), sizes: block.children.map(blockSize) };
};

function blockSize(block: Block): number {
  const { single, sizes } = blockSizes(block);
  return powerOfTwo(sizes.reduce((sum, size) => sum + size, single.length));
}

const powerOfTwo = (count: number): number => 2 ** bitsToTell(count);

/** Larger blocks first, so that each starts at a multiple of its size. */
function layOut(block: Block, start: number, ids: number[]): void {
  const children = block.children.map((child) => ({ child, size: blockSize(child) })).sort((a, b) => b.size - a.size);
  let next = start;
  for (const { child, size } of children) {
    layOut(child, next, ids);
    next += size;
  }
  for (const member of blockSizes(block).single) ids[member] = next++;
}

/**
 * Matches that hold for all ids of `members` and for none of `others`; not always the fewest.
 * @param members not empty, without duplicates
 */
export function coverBranches(members: readonly number[], others: readonly number[], bits: number): BranchMatch[] {
  const all = 2 ** bits - 1;
  const [first = 0] = members;
  const differing = members.reduce((sum, id) => sum | (id ^ first), 0);
  const mask = all & ~differing;
  const value = first & mask;
  if (differing === 0 || !others.some((id) => (id & mask) === value)) return [{ value, mask }];
  const splits = [...Array(bits).keys()].filter((bit) => ((differing >> bit) & 1) === 1);
  // For few ids every split is tried, for many only the one by the highest bit, as blocks are laid out.
  const tried = members.length <= 8 ? splits : splits.slice(-1);
  const covers = tried.map((bit) =>
    [0, 1].flatMap((side) =>
      coverBranches(
        members.filter((id) => ((id >> bit) & 1) === side),
        others.filter((id) => ((id >> bit) & 1) === side),
        bits,
      ),
    ),
  );
  return covers.reduce((best, cover) => (cover.length < best.length ? cover : best));
}
