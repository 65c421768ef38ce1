/** Placements: every constraint that an allocator has to keep, from the rows and the free resources alone. */
import { rpbIndexOf } from '../../data-plane/logical-rpb.js';
import { must } from '../../data-plane/must.js';
import type { TreeRow } from '../../place/problem.js';
import type { PlacementForm } from '../forms.js';

export function placementFault(form: PlacementForm): string | undefined {
  const { problem, allocation, state } = form;
  const { placement, programId } = allocation;
  const { tree, logicalRpbs } = problem;
  if (placement.length !== tree.length) return `${placement.length} of ${tree.length} rows have a place`;
  const isByDepth = isDepthByDepth(form);
  for (const [i, row] of tree.entries()) {
    const above = isByDepth ? undefined : placement[row.after];
    if (above !== undefined && above >= (placement[i] as number)) {
      return `row ${i + 1} is not placed behind row ${row.after + 1}`;
    }
    const fault = rowFault(row, i, form);
    if (fault !== undefined) return `row ${i + 1} ${fault}`;
  }
  const beyond = placement.find((logical) => !(logical >= 1 && logical <= logicalRpbs));
  if (beyond !== undefined) return `a row is placed in logical RPB ${beyond} of ${logicalRpbs}`;
  if (programId !== state.freeProgramId()) return `program id ${programId} is not the lowest that is free`;
  return entriesFault(form) ?? memoryFault(form);
}

const rpbOf = (form: PlacementForm, row: number): number =>
  rpbIndexOf(must(form.allocation.placement[row], `placement of row ${row + 1}`), form.problem.rpbCount);

/**
 * Whether rows of one depth are in one logical RPB, and each depth behind the one above. That keeps the order of every
 * path too, though a row may then be ahead of the last of several BRANCHes that lead to its strand.
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

function rowFault({ allowed, link }: TreeRow, i: number, form: PlacementForm): string | undefined {
  const rpb = rpbOf(form, i);
  if (allowed[rpb] !== 1) return `is placed in RPB ${rpb + 1}, where it may not be`;
  if (link >= 0 && rpbOf(form, link) !== rpb) {
    return `is placed in RPB ${rpb + 1}, and row ${link + 1}, whose RPB it shares, in RPB ${rpbOf(form, link) + 1}`;
  }
  return undefined;
}

/** All passes of an RPB share its entries. */
function entriesFault(form: PlacementForm): string | undefined {
  const { problem, state } = form;
  const needed = new Int32Array(problem.rpbCount);
  for (const [i, { entries }] of problem.tree.entries())
    needed[rpbOf(form, i)] = (needed[rpbOf(form, i)] as number) + entries;
  const full = needed.findIndex((entries, rpb) => entries > (state.entries[rpb] as number));
  return full < 0 ? undefined : `RPB ${full + 1} has ${state.entries[full]} free entries of ${needed[full]}`;
}

/** Every memory has one block, in the RPB of the row that holds it, of words that are free. */
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
    if (holder === undefined) return `memory ${name} has a block, and no row holds it`;
    if (rpb !== rpbOf(form, holder.row) + 1)
      return `memory ${name} lies in RPB ${rpb}, and row ${holder.row + 1} does not`;
    if (buckets !== holder.memory.buckets) return `memory ${name} has a block of ${buckets} buckets`;
    if (state.memory[rpb - 1]?.isFree(base, buckets) !== true) return `the block of memory ${name} is not free`;
    const other = allocation.memories
      .slice(0, i)
      .find((block) => block.rpb === rpb && block.base < base + buckets && base < block.base + block.buckets);
    if (other !== undefined) return `the blocks of memories ${other.name} and ${name} overlap`;
  }
  return undefined;
}
