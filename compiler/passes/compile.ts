/** The passes of the compiler, as a list: text → tokens → tree → program → steps → aligned steps → branches → rows → placement → entries. */
import { createHash } from 'node:crypto';
import type { DataPlane } from '../data-plane/data-plane.js';
import { check } from '../language/check.js';
import { type Diagnostic, type DiagnosticCode, Diagnostics } from '../language/diagnostics.js';
import { lex } from '../language/lexer.js';
import { parse } from '../language/parser.js';
import type { Program } from '../language/program.js';
import type { SourceFile } from '../language/syntax.js';
import { type AllocateOptions, type Allocation, allocate, type Placeable } from '../link/allocate.js';
import type { CompiledProgram } from '../link/compiled-program.js';
import { emit } from '../link/emit.js';
import type { SwitchState } from '../link/switch-state.js';
import { chain } from '../place/chain.js';
import { priceAllocator } from '../place/price.js';
import { fitsEmptySwitch, lowerings } from './lowerings.js';

export interface Analysis {
  readonly syntax: SourceFile;
  readonly programs: readonly Program[];
  /** In the order of the text; of one kind at most a hundred. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many of each kind there are beside those. */
  readonly unlisted: ReadonlyMap<DiagnosticCode, number>;
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
    unlisted: diagnostics.unlisted(),
    hasErrors: diagnostics.hasErrors,
    sourceHash: createHash('sha256').update(source).digest('hex'),
  };
}

/** A program ready to be placed; independent of the state of a switch. */
export type LoweredProgram = Placeable;

/**
 * Checked program → rows of entries and the problem for the allocator. Optimisations that would make it unplaceable on
 * an empty switch are undone: see {@link lowerings}.
 */
export function lower(program: Program, dataPlane: DataPlane, recirculations: number): LoweredProgram {
  let inTree: LoweredProgram | undefined;
  let optimised: LoweredProgram | undefined;
  for (const lowered of lowerings(program, dataPlane, recirculations)) {
    optimised ??= lowered;
    if (fitsEmptySwitch(lowered, lowered.problem.tree) !== 'placed') continue;
    if (fitsEmptySwitch(lowered, chain(lowered.problem.rows)) === 'placed') return lowered;
    inTree ??= lowered;
  }
  if (optimised === undefined) throw new Error('a program has at least one lowering');
  return inTree ?? optimised;
}

export type LinkOptions = AllocateOptions;

export const DEFAULT_LINK_OPTIONS: LinkOptions = { allocator: priceAllocator(), filterPriority: 0 };

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
  return emitAllocated(lowered, allocate(lowered, state, options), sourceHash, options.filterPriority);
}

/** Lowered program with its place in a switch → compiled program. */
export function emitAllocated(
  { program, rows, dataPlane }: LoweredProgram,
  allocation: Allocation,
  sourceHash: string,
  filterPriority: number,
): CompiledProgram {
  return emit({ program, sourceHash, rows, dataPlane, filterPriority, ...allocation });
}
