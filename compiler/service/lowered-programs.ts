/**
 * A cache of lowered programs by their source: after an edit, only the changed program of a text is lowered again.
 * Lowering takes nearly all of the time of a placement, and it does not depend on the switch.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import type { Program, Statement } from '../language/program.js';
import { programSource } from '../language/program-source.js';
import { type LoweredProgram, lower } from '../passes/compile.js';

/** A lowered program; in the present text its statements may have other offsets. */
export interface KnownProgram {
  readonly lowered: LoweredProgram;
  /** The index of each statement in the program, by its offset in the text that was lowered. */
  readonly statements: ReadonlyMap<number, number>;
}

/** Maximum number of cached programs. */
const MAX_PROGRAMS = 128;

export class LoweredPrograms {
  /** By source; the most recently used last. */
  private readonly known = new Map<string, KnownProgram>();

  constructor(
    private readonly dataPlane: DataPlane,
    private readonly recirculations: number,
  ) {}

  of(program: Program): KnownProgram {
    const source = programSource(program);
    const known = this.known.get(source) ?? this.lower(program);
    this.known.delete(source);
    this.known.set(source, known);
    if (this.known.size > MAX_PROGRAMS) this.known.delete(must(this.known.keys().next().value, 'known program'));
    return known;
  }

  private lower(program: Program): KnownProgram {
    const lowered = lower(program, this.dataPlane, this.recirculations);
    return { lowered, statements: new Map(statementStarts(program.body).map((start, i) => [start, i])) };
  }
}

/** Offsets of all statements of a program, in preorder. */
export function statementStarts(statements: readonly Statement[]): number[] {
  const starts: number[] = [];
  const visit = (list: readonly Statement[]): void => {
    for (const statement of list) {
      starts.push(statement.span.start);
      if (statement.kind === 'branch') for (const { body } of statement.cases) visit(body);
    }
  };
  visit(statements);
  return starts;
}
