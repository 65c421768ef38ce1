/**
 * Lowered programs by their meaning: of the programs of a text that is being edited, only the one that changes is lowered
 * again. Lowering takes nearly all of the time that placing a program takes, and it does not depend on the switch.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import type { Program, Statement } from '../language/program.js';
import { programSource } from '../language/program-source.js';
import { type LoweredProgram, lower } from '../passes/compile.js';

/** A program as it was lowered; its statements may lie elsewhere in the text now. */
export interface KnownProgram {
  readonly lowered: LoweredProgram;
  /** By the offset of a statement in the text that was lowered: its place among the statements of the program. */
  readonly statements: ReadonlyMap<number, number>;
}

/** Programs that are kept: more than one text has. */
const MAX_PROGRAMS = 128;

export class LoweredPrograms {
  /** By source, the one that was asked for last at the end. */
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

/** Where the statements of a program begin in the text, those in cases behind their BRANCH. */
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
