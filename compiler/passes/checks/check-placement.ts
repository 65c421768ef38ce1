/** Placements: the rules that an allocator has to keep, and the blocks of memory and the id that follow. */
import { rpbIndexOf } from '../../data-plane/logical-rpb.js';
import { must } from '../../data-plane/must.js';
import { brokenRule } from '../../place/placement-rules.js';
import type { PlacementForm } from '../forms.js';

export function placementFault(form: PlacementForm): string | undefined {
  const { problem, allocation, state } = form;
  const { placement, programId } = allocation;
  const tree = isDepthByDepth(form) ? problem.tree.map((row) => ({ ...row, after: -1 })) : problem.tree;
  const broken = brokenRule({ ...problem, tree }, placement, state);
  if (broken !== undefined) return broken.message;
  if (programId !== state.freeProgramId()) return `program id ${programId} is not the lowest that is free`;
  return memoryFault(form);
}

const rpbOf = (form: PlacementForm, row: number): number =>
  rpbIndexOf(must(form.allocation.placement[row], `placement of row ${row + 1}`), form.problem.rpbCount);

/**
 * Whether rows of one depth are in one logical RPB, and each depth after the one before. That keeps the order of every
 * path, although a row may then be before the last of several BRANCHes that lead to its strand.
 */
function isDepthByDepth({ problem: { tree }, allocation: { placement } }: PlacementForm): boolean {
  const byDepth = new Map<number, number>();
  for (const [i, { depth }] of tree.entries()) {
    const logical = placement[i] as number;
    if ((byDepth.get(depth) ?? logical) !== logical) return false;
    byDepth.set(depth, logical);
  }
  const inOrder = [...byDepth].sort(([a], [b]) => a - b).map(([, logical]) => logical);
  return inOrder.every((logical, i) => i === 0 || logical > must(inOrder[i - 1], `placement of depth ${i}`));
}

/** Every memory has one block of free words, in the RPB of the row with its first access. */
function memoryFault(form: PlacementForm): string | undefined {
  const { problem, allocation, state } = form;
  const holders = new Map(
    problem.tree.flatMap(({ memories }, row) => memories.map((memory) => [memory.name, { memory, row }])),
  );
  if (allocation.memories.length !== holders.size) {
    return `${allocation.memories.length} of ${holders.size} memories have a block`;
  }
  for (const [i, { name, rpb, base, buckets }] of allocation.memories.entries()) {
    const holder = holders.get(name);
    if (holder === undefined) return `memory ${name} has a block, and no row accesses it`;
    if (rpb !== rpbOf(form, holder.row) + 1) return `memory ${name} is in RPB ${rpb}, and row ${holder.row + 1} is not`;
    if (buckets !== holder.memory.buckets) return `memory ${name} has a block of ${buckets} buckets`;
    if (state.memory[rpb - 1]?.isFree(base, buckets) !== true) return `the block of memory ${name} is not free`;
    const other = allocation.memories
      .slice(0, i)
      .find((block) => block.rpb === rpb && block.base < base + buckets && base < block.base + block.buckets);
    if (other !== undefined) return `the blocks of memories ${other.name} and ${name} overlap`;
  }
  return undefined;
}
