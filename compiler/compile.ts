/** The passes of the compiler, as a list: text → tokens → tree → program → steps → aligned steps → branches → rows → placement → entries. */
import { createHash } from 'node:crypto';
import { align } from './align.js';
import { branchesOf } from './branches.js';
import { check } from './check.js';
import type { CompiledProgram, MemoryBlock } from './compiled-program.js';
import { type DataPlane, FIXED_NAMES } from './data-plane/data-plane.js';
import { deferDrops } from './defer-drops.js';
import { type Diagnostic, Diagnostics } from './diagnostics.js';
import { DoesNotFit, placementReason } from './does-not-fit.js';
import { emit, filterEntry, passesOf } from './emit.js';
import { expand } from './expand.js';
import { inlineCases } from './inline-cases.js';
import { lex } from './lexer.js';
import { linkGroups } from './memory-links.js';
import { parse } from './parser.js';
import type { Allocator, Placement } from './place/allocator.js';
import { f1, greedyAllocator } from './place/greedy.js';
import { type PlacementProblem, placementProblem } from './place/problem.js';
import type { Program } from './program.js';
import { type ProgramRows, rowsOf } from './rows.js';
import type { SwitchState } from './switch-state.js';
import type { SourceFile } from './syntax.js';

export interface Analysis {
  readonly syntax: SourceFile;
  readonly programs: readonly Program[];
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
  /** SHA-256 of the text, hexadecimal. */
  readonly sourceHash: string;
}

/** Text → checked programs; never throws for what a user wrote. */
export function analyse(source: string, dataPlane: DataPlane): Analysis {
  const diagnostics = new Diagnostics();
  const syntax = parse(lex(source, diagnostics), diagnostics);
  const programs = check(syntax, dataPlane, diagnostics);
  return {
    syntax,
    programs,
    diagnostics: diagnostics.sorted(),
    hasErrors: diagnostics.hasErrors,
    sourceHash: createHash('sha256').update(source).digest('hex'),
  };
}

/** A program ready to be placed; independent of the state of a switch. */
export interface LoweredProgram {
  readonly program: Program;
  readonly dataPlane: DataPlane;
  readonly rows: ProgramRows;
  readonly problem: PlacementProblem;
}

/** Checked program → rows of entries and the problem for the allocator. */
export function lower(program: Program, dataPlane: DataPlane, recirculations: number): LoweredProgram {
  const steps = inlineCases(deferDrops(expand(program.body)));
  const groups = linkGroups(steps);
  const tree = align(steps, groups, dataPlane.rpbCount * (recirculations + 1));
  const rows = rowsOf(branchesOf(tree), dataPlane.description.state);
  const problem = placementProblem(tree, rows.rows, groups, program.memories, dataPlane, recirculations);
  return { program, dataPlane, rows, problem };
}

export interface LinkOptions {
  readonly allocator: Allocator;
  /** Priority of the filter among overlapping ones: the lower wins. */
  readonly filterPriority: number;
}

export const DEFAULT_LINK_OPTIONS: LinkOptions = { allocator: greedyAllocator(f1()), filterPriority: 0 };
/** Recirculations that a program may take unless the user says otherwise. */
export const DEFAULT_RECIRCULATIONS = 1;

/**
 * Lowered program → compiled program for a switch in this state, which is not changed.
 * @throws {DoesNotFit}
 */
export function link(
  lowered: LoweredProgram,
  state: SwitchState,
  sourceHash: string,
  options: LinkOptions = DEFAULT_LINK_OPTIONS,
): CompiledProgram {
  const { program, dataPlane, rows, problem } = lowered;
  const refuse = refusal(lowered, state, options.filterPriority);
  if (refuse !== undefined) throw refuse;
  const result = options.allocator.place(problem, state);
  if (result.kind === 'doesNotFit') throw new DoesNotFit(program.name, placementReason(lowered, result.shortage));
  const { placement } = result;
  checkPasses(program, passesOf(placement, dataPlane), state);
  return emit({
    program,
    sourceHash,
    rows,
    dataPlane,
    programId: state.freeProgramId() ?? 0,
    placement,
    memories: placeMemories(lowered, placement, state),
    filterPriority: options.filterPriority,
  });
}

/** What rules a program out before its placement is looked for. */
function refusal({ program, dataPlane, rows }: LoweredProgram, state: SwitchState, priority: number) {
  const { name, filterTable } = program;
  if (state.programs.has(name)) return new DoesNotFit(name, { kind: 'name-in-use' });
  if (state.freeProgramId() === undefined) return new DoesNotFit(name, { kind: 'no-program-id' });
  const available = 2 ** dataPlane.description.state.branchIdBits;
  const needed = rows.branchIds.length;
  if (needed > available) return new DoesNotFit(name, { kind: 'branch-ids', needed, available });
  const free = state.freeEntries(filterTable.table);
  if (free < 1) return new DoesNotFit(name, { kind: 'table-full', table: filterTable.table, needed: 1, free });
  const other = state.overlappingProgram(filterEntry(program, 0, priority));
  return other === undefined ? undefined : new DoesNotFit(name, { kind: 'filter-overlap', other });
}

function checkPasses(program: Program, needed: number, state: SwitchState): void {
  const available = 2 ** state.dataPlane.description.state.recirculationIdBits;
  if (needed > available) throw new DoesNotFit(program.name, { kind: 'passes', needed, available });
  const table = FIXED_NAMES.recirculationTable;
  const free = state.freeEntries(table);
  if (needed > 1 && needed > free) throw new DoesNotFit(program.name, { kind: 'table-full', table, needed, free });
}

/** Blocks for the memories, first fit in the RPBs of their first access. */
function placeMemories(
  { problem, dataPlane }: LoweredProgram,
  placement: Placement,
  state: SwitchState,
): MemoryBlock[] {
  const wanted = problem.rows.flatMap(({ memories }, i) =>
    memories.map((memory) => ({ ...memory, rpb: ((placement[i] ?? 1) - 1) % dataPlane.rpbCount })),
  );
  const blocks: MemoryBlock[] = [];
  for (const rpb of new Set(wanted.map((memory) => memory.rpb))) {
    const here = wanted.filter((memory) => memory.rpb === rpb);
    const bases = state.memory[rpb]?.firstFit(here.map(({ buckets }) => buckets));
    if (bases === undefined) throw new Error(`RPB ${rpb + 1} has no room for memories that were placed there`);
    here.forEach(({ name, buckets }, i) => {
      blocks.push({ name, rpb: rpb + 1, base: bases[i] ?? 0, buckets });
    });
  }
  return blocks;
}
