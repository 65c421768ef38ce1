/** Which statements and which ways out of each BRANCH packets have reached, by the interpreter. */
import {
  type CompiledProgram,
  type DataPlane,
  type ExecutedStatement,
  interpret,
  type Program,
  type Statement,
  statementText,
  undoAccesses,
} from '../../compiler/index.js';
import { PacketBytes } from './packet-bytes.js';
import type { ArrivedPacket } from './random-packet.js';
import { StatementPlaces } from './statement-places.js';

/** A statement that has run, or a way out of a BRANCH that was taken: a case, or the way past all cases. */
export interface CoveragePoint {
  readonly kind: 'statement' | 'case' | 'no-case';
  /** Line in the source, from 1: of the statement, the case, or the BRANCH. */
  readonly line: number;
  /** The same in every parse of one text. */
  readonly key: string;
  readonly text: string;
}

export interface CoverageCount {
  readonly reached: number;
  readonly all: number;
}

/** Points of one program; runs of it in any placement add to them. */
export class BranchCoverage {
  private readonly points: readonly CoveragePoint[];
  private readonly reached = new Set<string>();

  constructor({ body }: Pick<Program, 'body'>) {
    this.points = [...pointsOf(body)];
  }

  note(trace: readonly ExecutedStatement[]): void {
    for (const { statement, taken } of trace) {
      this.reached.add(statementKey(statement));
      if (statement.kind === 'branch') this.reached.add(taken === undefined ? pastKey(statement) : caseKey(taken));
    }
  }

  /** Adds the points that another run of the same text has reached. */
  add(other: BranchCoverage): void {
    for (const key of other.reached) this.reached.add(key);
  }

  get statements(): CoverageCount {
    return this.count(({ kind }) => kind === 'statement');
  }

  /** Every case of every BRANCH, and the way past its cases. */
  get branches(): CoverageCount {
    return this.count(({ kind }) => kind !== 'statement');
  }

  get missed(): readonly CoveragePoint[] {
    return this.points.filter(({ key }) => !this.reached.has(key));
  }

  private count(belongs: (point: CoveragePoint) => boolean): CoverageCount {
    const points = this.points.filter(belongs);
    return { reached: points.filter(({ key }) => this.reached.has(key)).length, all: points.length };
  }
}

type Spanned = Pick<Statement, 'span'>;
const place = ({ span }: Spanned): string => `${span.line}:${span.column}`;
const statementKey = (statement: Spanned): string => `statement ${place(statement)}`;
const caseKey = (item: Spanned): string => `case ${place(item)}`;
const pastKey = (branch: Spanned): string => `past ${place(branch)}`;

function* pointsOf(statements: readonly Statement[]): Generator<CoveragePoint> {
  for (const statement of statements) {
    const { line } = statement.span;
    yield { kind: 'statement', line, key: statementKey(statement), text: statementText(statement) };
    if (statement.kind !== 'branch') continue;
    for (const item of statement.cases) {
      yield { kind: 'case', line: item.span.line, key: caseKey(item), text: 'case' };
      yield* pointsOf(item.body);
    }
    yield { kind: 'no-case', line, key: pastKey(statement), text: 'BRANCH without a matching case' };
  }
}

/** Runs a program by its meaning beside its deployment, with the hash functions of its placement. */
export class MeaningRun {
  private readonly packet: PacketBytes;
  private readonly places: StatementPlaces;

  /** @param memories words of each memory by name, changed in place @param seed of random numbers */
  constructor(
    private readonly program: Program,
    compiled: CompiledProgram,
    dataPlane: DataPlane,
    private readonly memories: ReadonlyMap<string, Uint32Array>,
    private readonly seed: number,
  ) {
    this.packet = new PacketBytes(dataPlane);
    this.places = new StatementPlaces(compiled, dataPlane);
  }

  /** What runs for a packet that the program takes; a run that the language does not define leaves memory as it was. */
  run(packet: ArrivedPacket): readonly ExecutedStatement[] {
    const { memories, places } = this;
    const run = interpret(this.program, {
      packet: this.packet.load(packet),
      memories,
      ...places.functions(this.seed, packet.arrival),
    });
    if (run.kind === 'undefined') undoAccesses(run, memories);
    return run.trace;
  }
}
