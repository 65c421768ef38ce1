/** Placements of the programs of a text on a switch, by statement. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { DomainError } from '../data-plane/domain-error.js';
import { passOf, rpbNumberOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Program } from '../language/program.js';
import { type AllocateOptions, type Allocation, allocate } from '../link/allocate.js';
import type { CompiledProgram, MemoryBlock } from '../link/compiled-program.js';
import { SwitchState } from '../link/switch-state.js';
import { emitAllocated } from '../passes/compile.js';
import { type KnownProgram, LoweredPrograms, statementStarts } from './lowered-programs.js';

/** An RPB in a pass, both from 1. */
export interface StatementPlace {
  readonly rpb: number;
  readonly pass: number;
  readonly gress: Gress;
}

export type ProgramPlacement = { readonly program: Program } & (
  | {
      readonly kind: 'placed';
      /** In all tables. */
      readonly entries: number;
      /** RPBs with entries of the program, each counted once. */
      readonly rpbs: number;
      readonly passes: number;
      readonly memories: readonly MemoryBlock[];
      /** By the start offset of a statement, in pipe order; without statements that need no RPB. */
      readonly statements: ReadonlyMap<number, readonly StatementPlace[]>;
    }
  /** The reason is a sentence that names the program. */
  | { readonly kind: 'does-not-fit'; readonly reason: string }
);

export interface TrialOptions extends AllocateOptions {
  /** Maximum recirculations of a program. */
  readonly recirculations: number;
}

/** Of a text whose programs are placed. */
export const MAX_STATEMENTS = 5000;

/** A switch state for trial placements; each trial restores it. */
export class TrialSwitch {
  private readonly state: SwitchState;
  private readonly lowered: LoweredPrograms;

  /**
   * @param running programs that run on the switch
   * @throws {DoesNotFit} if the switch cannot hold them all
   */
  constructor(
    dataPlane: DataPlane,
    running: readonly CompiledProgram[],
    private readonly options: TrialOptions,
  ) {
    this.state = new SwitchState(dataPlane);
    this.lowered = new LoweredPrograms(dataPlane, options.recirculations);
    for (const program of running) this.state.commit(program);
  }

  /**
   * Places the programs in text order, each on the switch that runs those before it. A program that already runs is
   * placed as its next version. With a slow allocator, or more than {@link MAX_STATEMENTS} statements, nothing is placed, as
   * editors ask after every change of a text.
   */
  place(programs: readonly Program[], sourceHash: string): ProgramPlacement[] {
    const { state } = this;
    const statements = programs.reduce((sum, { body }) => sum + statementStarts(body).length, 0);
    if (this.options.allocator.isSlow === true || statements > MAX_STATEMENTS) return [];
    const replaced = programs.flatMap(({ name }) => state.programs.get(name)?.compiled ?? []);
    for (const { program } of replaced) state.release(program);
    const added: string[] = [];
    try {
      return programs.map((program): ProgramPlacement => {
        try {
          const known = this.lowered.of(program);
          const allocation = allocate(known.lowered, state, this.options);
          const compiled = emitAllocated(known.lowered, allocation, sourceHash, this.options.filterPriority);
          state.commit(compiled);
          added.push(program.name);
          return { program, ...placed(program, known, allocation, compiled) };
        } catch (error) {
          // The program does not fit, or an allocator module failed.
          if (!(error instanceof DomainError)) throw error;
          return { program, kind: 'does-not-fit', reason: error.message };
        }
      });
    } finally {
      for (const name of added) state.release(name);
      for (const compiled of replaced) state.commit(compiled);
    }
  }
}

/** @param program with the statement offsets of the present text */
function placed(
  program: Program,
  { lowered, statements }: KnownProgram,
  { placement }: Allocation,
  { entries, passes, memories }: CompiledProgram,
) {
  const { rows, dataPlane } = lowered;
  const starts = statementStarts(program.body);
  const logicals = new Map<number, Set<number>>();
  for (const { branch, depth, span } of rows.origins) {
    const row = rows.rowOf(branch, depth);
    if (row < 0) continue;
    const logical = must(placement[row], `placement of row ${row + 1}`);
    const start = must(starts[must(statements.get(span.start), 'statement of a step')], 'start of a statement');
    const known = logicals.get(start);
    if (known === undefined) logicals.set(start, new Set([logical]));
    else known.add(logical);
  }
  const placeOf = (logical: number): StatementPlace => {
    const rpb = rpbNumberOf(logical, dataPlane.rpbCount);
    return { rpb, pass: passOf(logical, dataPlane.rpbCount) + 1, gress: dataPlane.rpb(rpb).gress };
  };
  const inOrder = (places: ReadonlySet<number>): StatementPlace[] => [...places].sort((a, b) => a - b).map(placeOf);
  return {
    kind: 'placed',
    entries: entries.length,
    rpbs: new Set(placement.map((logical) => rpbNumberOf(logical, dataPlane.rpbCount))).size,
    passes,
    memories,
    statements: new Map([...logicals].map(([start, places]) => [start, inOrder(places)])),
  } as const;
}
