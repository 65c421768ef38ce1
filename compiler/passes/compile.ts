/**
 * The three parts of the compiler: {@link analyse} a source, {@link lower} a program, {@link link} it into a switch.
 */
import { sha256OfText } from '#platform/sha256';
import type { DataPlane } from '../data-plane/data-plane.js';
import { check } from '../language/check.js';
import { readsReplicationId } from '../language/check-copies.js';
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
import { fitsEmptySwitch, fitsInOrder } from './empty-switch.js';
import { afterPass, type Form, PASS_NAMES, type PassName, type PassObserver } from './forms.js';
import { lowerings } from './lowerings.js';

/** Result of {@link analyse}. */
export interface Analysis {
  readonly syntax: SourceFile;
  readonly programs: readonly Program[];
  /** In the order of the source; at most a hundred with one code. */
  readonly diagnostics: readonly Diagnostic[];
  /** By code, the number of findings beyond those. */
  readonly unlisted: ReadonlyMap<DiagnosticCode, number>;
  readonly hasErrors: boolean;
  /** SHA-256 of the source, hexadecimal. */
  readonly sourceHash: string;
}

/**
 * Source → checked programs; never throws for an error in the source.
 * @param observe receives the forms between the passes
 */
export function analyse(source: string, dataPlane: DataPlane, observe?: PassObserver): Analysis {
  const diagnostics = new Diagnostics();
  const { tokens } = afterPass('lex', { kind: 'tokens', tokens: lex(source, diagnostics) }, observe);
  const { syntax } = afterPass('parse', { kind: 'syntax', syntax: parse(tokens, diagnostics) }, observe);
  const programs = check(syntax, dataPlane, diagnostics);
  if (!diagnostics.hasErrors) afterPass('check', { kind: 'programs', programs }, observe);
  return {
    syntax,
    programs,
    diagnostics: diagnostics.sorted(),
    unlisted: diagnostics.unlisted(),
    hasErrors: diagnostics.hasErrors,
    sourceHash: sha256OfText(source),
  };
}

/** A program before placement; independent of the state of a switch. */
export type LoweredProgram = Placeable;

/**
 * Checked program → rows of entries and the problem for the allocator. Optimisations with which it does not fit
 * an empty switch are left out: see {@link lowerings}. A program that reads the replication id takes one pass, and so does
 * any program in a chain, whose switches packets pass once.
 * @param observe receives the forms between the passes, of the lowering that is taken
 */
export function lower(
  program: Program,
  dataPlane: DataPlane,
  mostRecirculations: number,
  observe?: PassObserver,
): LoweredProgram {
  const isOnePass = dataPlane.switches > 1 || readsReplicationId(program.body);
  const recirculations = isOnePass ? 0 : mostRecirculations;
  const seen = observe && new SeenForms(observe);
  let inTree: LoweredProgram | undefined;
  let optimised: LoweredProgram | undefined;
  for (const lowered of lowerings(program, dataPlane, recirculations, seen?.note)) {
    optimised ??= lowered;
    const inOrder = fitsInOrder(lowered);
    if (!inOrder && fitsEmptySwitch(lowered, lowered.problem.tree) !== 'placed') continue;
    if (inOrder || fitsEmptySwitch(lowered, chain(lowered.problem.rows)) === 'placed') {
      seen?.show(lowered);
      return lowered;
    }
    inTree ??= lowered;
  }
  if (optimised === undefined) throw new Error('the program has no lowering');
  seen?.show(inTree ?? optimised);
  return inTree ?? optimised;
}

/** The forms of several lowerings, until one is chosen. */
class SeenForms {
  private readonly forms: [PassName, Form | undefined][] = [];

  constructor(private readonly observe: PassObserver) {}

  readonly note: PassObserver = (pass, form) => {
    this.forms.push([pass, form]);
  };

  /** Shows the forms of this lowering. */
  show(lowered: LoweredProgram): void {
    const end = this.forms.findIndex(([, form]) => form?.kind === 'rows' && form.lowered === lowered);
    const latest = new Map(this.forms.slice(0, end + 1));
    for (const name of PASS_NAMES) if (latest.has(name)) this.observe(name, latest.get(name));
  }
}

/** Options of {@link link}. */
export type LinkOptions = AllocateOptions;

/** Allocator price, filter priority 0. */
export const DEFAULT_LINK_OPTIONS: LinkOptions = { allocator: priceAllocator(), filterPriority: 0 };

/** Default for the maximum number of recirculations of a program. */
export const DEFAULT_RECIRCULATIONS = 1;

/**
 * Lowered program → compiled program for a switch in this state, which is not changed.
 * @param observe receives the forms between the passes
 * @throws {DoesNotFit}
 */
export function link(
  lowered: LoweredProgram,
  state: SwitchState,
  sourceHash: string,
  options: LinkOptions = DEFAULT_LINK_OPTIONS,
  observe?: PassObserver,
): CompiledProgram {
  const allocation = allocate(lowered, state, options);
  afterPass('place', { kind: 'placement', lowered, problem: lowered.problem, allocation, state }, observe);
  return emitAllocated(lowered, allocation, sourceHash, options.filterPriority, observe);
}

/** Lowered program with its allocation → compiled program. */
export function emitAllocated(
  { program, rows, dataPlane }: LoweredProgram,
  allocation: Allocation,
  sourceHash: string,
  filterPriority: number,
  observe?: PassObserver,
): CompiledProgram {
  const compiled = emit({ program, sourceHash, rows, dataPlane, filterPriority, ...allocation });
  return afterPass('emit', { kind: 'entries', compiled, dataPlane }, observe).compiled;
}
