/** Allocation of a program on a switch: an RPB and a pass for each row, blocks of memory, a program id. */

import type { DataPlane } from '../data-plane/data-plane.js';
import { asLogicalRpb, type LogicalRpb, rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Memory, Program } from '../language/program.js';
import type { Allocator, PlacementResult } from '../place/allocator.js';
import { guarded } from '../place/checked-allocator.js';
import type { PlacementProblem } from '../place/problem.js';
import type { ProgramRows } from '../rows/rows.js';
import type { MemoryBlock } from './compiled-program.js';
import { DoesNotFit, placementReason } from './does-not-fit.js';
import { filterEntry, passesOf } from './emit.js';
import type { SwitchState } from './switch-state.js';

/** A lowered program with its placement problem. */
export interface Placeable {
  readonly program: Program;
  readonly dataPlane: DataPlane;
  readonly rows: ProgramRows;
  readonly problem: PlacementProblem;
}

export interface Allocation {
  readonly programId: number;
  /** Logical RPB by row. */
  readonly placement: readonly LogicalRpb[];
  readonly memories: readonly MemoryBlock[];
}

type Placed = Extract<PlacementResult, { readonly kind: 'placed' }>;

export interface AllocateOptions {
  readonly allocator: Allocator;
  /** Priority of the filter; of overlapping filters the lowest wins. */
  readonly filterPriority: number;
}

/**
 * Allocates a program on a switch in this state, which is not changed.
 * @param replaced the running program that it replaces, whose name and filters may be the same
 * @throws {DoesNotFit} and {@link AllocatorError} for a placement that breaks a rule
 */
export function allocate(
  placeable: Placeable,
  state: SwitchState,
  options: AllocateOptions,
  replaced?: string,
): Allocation {
  const { program, dataPlane, problem } = placeable;
  const refuse = refusal(placeable, state, options.filterPriority, replaced);
  if (refuse !== undefined) throw refuse;
  const result = guarded(options.allocator).place(problem, state);
  if (result.kind === 'doesNotFit') throw new DoesNotFit(program.name, placementReason(placeable, result.shortage));
  const placement = byRow(result, problem);
  checkPasses(program, passesOf(placement, dataPlane), state);
  return {
    programId: must(state.freeProgramId(), 'free program ID'),
    placement,
    memories: placeMemories(placeable, placement, state),
  };
}

/** Logical RPBs of the rows, also from those of the depths. */
const byRow = ({ by, placement }: Placed, { tree, logicalRpbs }: PlacementProblem): readonly LogicalRpb[] =>
  tree.map(({ depth }, i) => asLogicalRpb(placement[by === 'row' ? i : depth - 1], logicalRpbs, i + 1));

/** The reason that rules a program out before its placement is sought. */
function refusal(
  { program, dataPlane, rows }: Placeable,
  state: SwitchState,
  priority: number,
  replaced: string | undefined,
) {
  const { name, filterTable } = program;
  if (name !== replaced && state.programs.has(name)) return new DoesNotFit(name, { kind: 'name-in-use' });
  if (state.freeProgramId() === undefined) return new DoesNotFit(name, { kind: 'no-program-id' });
  const available = 2 ** dataPlane.description.state.branchIdBits;
  const needed = rows.branchIds.length;
  if (needed > available) return new DoesNotFit(name, { kind: 'branch-ids', needed, available });
  const free = state.freeEntries(filterTable.table);
  if (free < 1) return new DoesNotFit(name, { kind: 'table-full', table: filterTable.table, needed: 1, free });
  if (!state.hasFilterRank(filterTable.table, priority)) return undefined;
  const other = state.overlappingProgram(filterEntry(program, 0, priority), replaced);
  return other === undefined ? undefined : new DoesNotFit(name, { kind: 'filter-overlap', other });
}

function checkPasses(program: Program, needed: number, state: SwitchState): void {
  const available = 2 ** state.dataPlane.description.state.recirculationIdBits;
  if (needed > available) throw new DoesNotFit(program.name, { kind: 'passes', needed, available });
  if (needed === 1) return;
  const { recirculationTables } = state.dataPlane;
  const inEach = needed / recirculationTables.length;
  for (const table of recirculationTables) {
    const free = state.freeEntries(table);
    if (inEach > free) throw new DoesNotFit(program.name, { kind: 'table-full', table, needed: inEach, free });
  }
}

/** Blocks of the memories, first fit in the RPBs of their first access. */
function placeMemories(
  { problem, dataPlane }: Placeable,
  placement: readonly LogicalRpb[],
  state: SwitchState,
): MemoryBlock[] {
  const { tree } = problem;
  const first: { readonly rpb: number; readonly memories: readonly Memory[] }[] = [];
  for (const [row, { memories }] of tree.entries()) {
    if (memories.length === 0) continue;
    first.push({ rpb: rpbIndexOf(must(placement[row], 'placement of a row'), dataPlane.rpbCount), memories });
  }
  const blocks: MemoryBlock[] = [];
  for (const { rpb, memories } of first) {
    if (blocks.some((block) => block.rpb === rpb + 1)) continue;
    const others = first.filter((other) => other.rpb === rpb);
    const here = others.length === 1 ? memories : others.flatMap((other) => other.memories);
    const bases = state.memory[rpb]?.firstFit(here.map(({ buckets }) => buckets));
    if (bases === undefined) throw new Error(`RPB ${rpb + 1} has no room for memories that were placed there`);
    for (const [i, { name, buckets }] of here.entries()) {
      blocks.push({ name, rpb: rpb + 1, base: must(bases[i], 'base of a memory'), buckets });
    }
  }
  return blocks;
}
