/**
 * Another version of a running program, linked beside it: memories of the same name and size keep their block,
 * so their accesses and their hashes stay in their RPB, as each RPB has its own hash function.
 */

import { appendTo } from '../data-plane/counting.js';
import { DomainError } from '../data-plane/domain-error.js';
import { actionName, effectsOf, HEADERLESS_EFFECTS } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import { type Allocation, allocate, type Placeable } from '../link/allocate.js';
import type { CompiledProgram, MemoryBlock } from '../link/compiled-program.js';
import type { SwitchState } from '../link/switch-state.js';
import { emitAllocated, type LinkOptions, type LoweredProgram } from '../passes/compile.js';
import { afterPass } from '../passes/forms.js';
import type { PlacementProblem } from '../place/problem.js';

/** A replacement in which memory could not keep its contents, or packets would meet both versions. */
export class NotReplaceable extends DomainError {
  override readonly name = 'NotReplaceable';
  readonly code = 'not-replaceable';
  readonly ends = 'failed';

  constructor(
    readonly program: string,
    readonly reason: 'hashes' | 'filter-on-every-pass',
  ) {
    super(`program ${program} cannot be replaced while it runs: ${REASONS[reason]}`);
  }
}

const REASONS = {
  hashes:
    'it computes other hashes than the running version, so that the contents of memory might be at other addresses; use --fresh-memory',
  'filter-on-every-pass':
    'on this data plane a recirculating packet meets the filters again, and would change to the other version',
} as const;

export interface ReplaceOptions extends LinkOptions {
  /** Whether memories start empty; otherwise memories of the same name and size keep their contents. */
  readonly freshMemory?: boolean | undefined;
}

/**
 * @param before the version that runs in a switch in this state, which is not changed
 * @throws {DoesNotFit} {@link NotReplaceable}
 */
export function linkReplacement(
  before: CompiledProgram,
  lowered: LoweredProgram,
  state: SwitchState,
  sourceHash: string,
  { freshMemory = false, ...options }: ReplaceOptions,
): CompiledProgram {
  const kept = freshMemory ? [] : keptBlocks(before, lowered);
  const problem = kept.length === 0 ? lowered.problem : pinned(before, lowered, kept);
  const allocation = allocate({ ...lowered, problem }, state, options, before.program);
  afterPass('place', { kind: 'placement', lowered, problem, allocation, state }, undefined);
  const compiled = emitAllocated(lowered, withBlocks(allocation, kept), sourceHash, options.filterPriority);
  if (state.dataPlane.description.init.onEveryPass && Math.max(before.passes, compiled.passes) > 1) {
    throw new NotReplaceable(before.program, 'filter-on-every-pass');
  }
  return compiled;
}

function keptBlocks({ memories }: CompiledProgram, { problem }: Placeable): MemoryBlock[] {
  const wanted = problem.tree.flatMap((row) => row.memories);
  return memories.filter(({ name, buckets }) =>
    wanted.some((memory) => memory.name === name && memory.buckets === buckets),
  );
}

const withBlocks = (allocation: Allocation, kept: readonly MemoryBlock[]): Allocation => ({
  ...allocation,
  memories: [...kept, ...allocation.memories],
});

/** The problem with the rows of kept memories restricted to their RPBs, and without the kept memories. */
function pinned(before: CompiledProgram, lowered: Placeable, kept: readonly MemoryBlock[]): PlacementProblem {
  const hashRpbs = hashPlaces(before, lowered);
  const onlyRpb = (allowed: Uint8Array, rpb: number): Uint8Array => allowed.map((is, i) => (i === rpb - 1 ? is : 0));
  const tree = lowered.problem.tree.map((row, i) => {
    const here = kept.filter((block) => row.memories.some(({ name }) => name === block.name));
    const rpbs = [...here.map(({ rpb }) => rpb), ...(hashRpbs.get(i) ?? [])];
    return {
      ...row,
      memories: row.memories.filter(({ name }) => !kept.some((block) => block.name === name)),
      allowed: rpbs.reduce(onlyRpb, row.allowed),
    };
  });
  const { rpbCount, logicalRpbs } = lowered.problem;
  // For allocators that place whole depths: a depth may be where all of its rows may be.
  const rows = lowered.problem.rows.map((row, i) => {
    const here = tree.filter(({ depth }) => depth === i + 1);
    return {
      ...row,
      memories: here.flatMap(({ memories }) => memories),
      allowed: row.allowed.map((is, rpb) => (here.every(({ allowed }) => allowed[rpb] === 1) ? is : 0)),
    };
  });
  return { tree, rows, rpbCount, logicalRpbs };
}

const HASH_ACTIONS = new Set(
  HEADERLESS_EFFECTS.filter((effect) => effectsOf(effect).hashes !== undefined).map(actionName),
);
const isHash = ({ action }: { readonly action: string }): boolean => HASH_ACTIONS.has(action);

/** For each row with hashes, the RPBs of these hashes in the running version. */
function hashPlaces({ program, placement }: CompiledProgram, { rows }: Placeable): Map<number, number[]> {
  const now = placement.filter(isHash);
  const next = rows.origins.filter(isHash);
  if (now.map(({ action }) => action).join() !== next.map(({ action }) => action).join()) {
    throw new NotReplaceable(program, 'hashes');
  }
  const places = new Map<number, number[]>();
  for (const [i, { branch, depth }] of next.entries()) {
    const row = rows.rowOf(branch, depth);
    appendTo(places, row, must(now[i]?.rpb, 'hash step of the running version'));
  }
  return places;
}
