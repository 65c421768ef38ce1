/**
 * Programs for vectors of packets: a function for each shape of program, which takes packets of all its instances from
 * the first RPB to the verdict.
 */
import type { DataPlane } from '../../../compiler/index.js';
import type { ActionUnit } from '../../blocks/actions.js';
import type { Counters } from '../../blocks/counters.js';
import { joinedTables } from '../../blocks/hash.js';
import type { InitBlock } from '../../blocks/init-block.js';
import type { FieldOperands } from '../../blocks/instructions/field-operands.js';
import type { PacketVector } from '../../blocks/packet-vector.js';
import { mayCopy, mayDrop, type RpbEntry } from '../../blocks/program-code.js';
import type { RecirculationTable } from '../../blocks/recirculation.js';
import type { RegisterArrays } from '../../blocks/register-arrays.js';
import type { RpbTables } from '../../blocks/rpb-tables.js';
import { CellWriter, inOrder, switchContext } from './cell-writer.js';
import { ProgramRows } from './program-rows.js';
import { constantsOf, type ProgramShape, rpbClasses, shapeConstants, shapeKey } from './program-shape.js';
import { type VectorContext, type VectorProgram, vectorCode, vectorContext } from './vector-code.js';

/** Takes packets of a vector, by their places in its order, through the switch. @returns see vector-code.ts */
type Run = (
  vector: PacketVector,
  constants: Int32Array,
  forward: Int32Array,
  counters: Counters,
  from: number,
  to: number,
) => number;

/**
 * A row: its length, its function, whether the order of its packets and of those of other programs matters, and whether
 * each packet takes one pass, is not dropped by the program, and has its egress port after the ingress.
 */
export const VECTOR_ROW = { length: 0, run: 1, isOrdered: 2, isStraight: 3, constants: 4 } as const;
/** In place of a function: packets have to go through the pipeline one by one. */
export const NO_RUN = 0;
/** Programs of more passes are left to the pipeline. */
const MAX_RECIRCULATIONS = 7;

export interface VectorEngineParts {
  readonly init: InitBlock;
  readonly rpbs: RpbTables;
  readonly recirculation: RecirculationTable;
  readonly actions: ActionUnit;
  readonly memory: RegisterArrays;
  readonly operands: FieldOperands;
  readonly counters: Counters;
}

export class VectorEngine {
  readonly rows: ProgramRows;
  private readonly runs: Run[] = [(_vector, _constants, _forward, _counters, from) => from];
  private readonly runOf = new Map<string, number>();
  /** By key. */
  private readonly shapes = new Map<string, ProgramShape>();
  private readonly rpbClasses: readonly number[];
  private readonly context: VectorContext;
  private readonly hashTables: Uint16Array;
  private readonly initOnEveryPass: boolean;
  /** By opcode, of those in the egress: whether its operation sets the egress port. */
  private readonly setsPort: (boolean | undefined)[] = [];

  /** @param nowhere the egress port of packets that nobody forwards */
  constructor(
    dataPlane: DataPlane,
    private readonly parts: VectorEngineParts,
    nowhere: number,
  ) {
    const { rpbs, recirculation, actions, memory, operands } = parts;
    this.rows = new ProgramRows(2 ** dataPlane.description.state.programIdBits);
    this.context = vectorContext(dataPlane, switchContext(dataPlane, actions, memory, operands), nowhere);
    this.rpbClasses = rpbClasses(this.context);
    this.hashTables = joinedTables(actions.hashes);
    this.initOnEveryPass = dataPlane.description.init.onEveryPass;
    const giveUp = (programId: number): void => this.rows.giveUp(programId);
    rpbs.whenChanged(giveUp);
    recirculation.whenChanged(giveUp);
  }

  /** Number of functions; they are numbered from 0. */
  get runCount(): number {
    return this.runs.length;
  }

  prepare(): void {
    this.tidy();
    for (const id of this.rows.stale()) this.build(id);
  }

  /** Makes room if there are many rows that are no longer used. Starts of rows are valid until the next call. */
  tidy(): void {
    if (!this.rows.isWasteful) return;
    this.rows.clear();
    this.runs.length = NO_RUN + 1;
    this.runOf.clear();
    this.shapes.clear();
  }

  /** Makes the row of a program, and its function if there is none for its shape. @returns where the row starts */
  build(programId: number): number {
    const { rpbs, recirculation } = this.parts;
    const entries = inOrder(rpbs.entriesOf(programId));
    const recirculations = recirculation.recirculations(programId);
    // Where the init block follows each recirculation, packets may go on in another program.
    const mayChange = this.initOnEveryPass && recirculations > 0;
    const isGuarded = rpbs.isGuarded(programId);
    const isOrdered = mayChange || rpbs.sharesMemory(programId, isGuarded) ? 1 : 0;
    if (mayChange || recirculations > MAX_RECIRCULATIONS || entries.some(mayCopy)) {
      return this.rows.set(programId, [VECTOR_ROW.constants, NO_RUN, isOrdered, 0]);
    }
    const context = {
      ...this.context,
      branchIds: rpbs.branchIds(programId),
      isGuarded,
    };
    const shape = this.shapeOf({ entries, context, recirculations, isNone: programId === 0 });
    const constants = constantsOf(shape, entries, context);
    const length = VECTOR_ROW.constants + constants.length;
    const isStraight = recirculations === 0 && !entries.some((entry) => mayDrop(entry) || this.turnsInEgress(entry));
    return this.rows.set(programId, [length, shape.run, isOrdered, isStraight ? 1 : 0, ...constants]);
  }

  /** Runs packets `from` … `to - 1` of a vector's order, which have rows of one function. @returns see vector-code.ts */
  run(made: number, vector: PacketVector, from: number, to: number): number {
    const { init, counters } = this.parts;
    return (this.runs[made] as Run)(vector, this.rows.words, init.forward, counters, from, to);
  }

  /** Whether an entry lies in the egress and can set the egress port. */
  private turnsInEgress(entry: RpbEntry): boolean {
    if (entry.rpb < this.context.ingressRpbs) return false;
    const { opcode } = entry.instruction;
    const known = this.setsPort[opcode];
    if (known !== undefined) return known;
    const writer = new CellWriter({ ...this.context, branchIds: [0], isGuarded: false }, 0, (index) => `h${index}`);
    writer.action(entry);
    const sets = writer.written.has('port');
    this.setsPort[opcode] = sets;
    return sets;
  }

  private shapeOf(program: VectorProgram): ProgramShape {
    const key = shapeKey(program, this.rpbClasses);
    const known = this.shapes.get(key);
    if (known !== undefined) return known;
    const { body, constants } = vectorCode(program, VECTOR_ROW.constants);
    const shape = { run: this.runFor(body), constants: shapeConstants(constants, program.entries) };
    this.shapes.set(key, shape);
    return shape;
  }

  private runFor(body: string): number {
    const known = this.runOf.get(body);
    if (known !== undefined) return known;
    const make = new Function('E', 'M', 'T', `return function run(V, K, F, C, from, to) {\n${body}\n};`);
    const { actions, memory } = this.parts;
    const made = this.runs.push(make(actions, memory.integers, this.hashTables) as Run) - 1;
    this.runOf.set(body, made);
    return made;
  }
}
