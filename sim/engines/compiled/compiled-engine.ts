/**
 * The compiled engine: JavaScript generated from the entries of each program. The data of a program lie in one row of
 * integers: the functions of its passes, and the constants that these take as arguments.
 */
import type { DataPlane } from '../../../compiler/index.js';
import type { ActionUnit } from '../../blocks/actions.js';
import { joinedTables } from '../../blocks/hash.js';
import type { FieldOperands } from '../../blocks/instructions/field-operands.js';
import type { Phv } from '../../blocks/phv.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import type { RegisterArrays } from '../../blocks/register-arrays.js';
import type { RpbTables } from '../../blocks/rpb-tables.js';
import { type RpbEngine, rpbsOfGress } from '../rpb-engine.js';
import { openValue, type ProgramContext, type SwitchContext, switchContext } from './cell-writer.js';
import { NO_ENTRIES, ProgramRows } from './program-rows.js';
import { segmentCode } from './segment-code.js';

/** Runs the entries of one gress of one pass. @param k where the program's row starts in `rows` */
type Segment = (phv: Phv, rows: Int32Array, k: number) => void;

/** Whether this process may generate code; Node's --disallow-code-generation-from-strings forbids it. */
export function canGenerateCode(): boolean {
  try {
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}

/**
 * A row: its length, how many segments there are, their functions, ingress before egress, pass by pass; then the
 * constants.
 */
const ROW = { length: 0, segments: 1, functions: 2 } as const;
const NO_FUNCTION = 0;

export class CompiledEngine implements RpbEngine {
  readonly name = 'compiled';
  private readonly rows: ProgramRows;
  private readonly segments: Segment[] = [() => undefined];
  private readonly segmentOf = new Map<string, number>();
  private readonly context: SwitchContext;
  private readonly ingressRpbs: number;
  private readonly hashTables: Uint16Array;

  constructor(
    dataPlane: DataPlane,
    private readonly tables: RpbTables,
    private readonly actions: ActionUnit,
    private readonly memory: RegisterArrays,
    operands: FieldOperands,
  ) {
    this.rows = new ProgramRows(2 ** dataPlane.description.state.programIdBits);
    this.ingressRpbs = rpbsOfGress(dataPlane).ingress.length;
    this.context = switchContext(dataPlane, actions, memory, operands);
    this.hashTables = joinedTables(actions.hashes);
    tables.whenChanged((programId) => this.rows.giveUp(programId));
  }

  prepare(): void {
    for (const id of this.rows.stale()) this.build(id);
  }

  ingress(phv: Phv): void {
    this.run(phv, 0);
  }

  egress(phv: Phv): void {
    this.run(phv, 1);
  }

  private run(phv: Phv, gress: number): void {
    let k = this.rows.start[phv.programId] as number;
    if (k <= 0) {
      if (k === NO_ENTRIES) return;
      k = this.build(phv.programId);
      if (k === NO_ENTRIES) return;
    }
    const { words } = this.rows;
    const segment = 2 * phv.pass + gress;
    if (segment >= (words[k + ROW.segments] as number)) return;
    const made = words[k + ROW.functions + segment] as number;
    if (made !== NO_FUNCTION) (this.segments[made] as Segment)(phv, words, k);
  }

  /** Makes the row of a program, and those of its functions that do not exist yet. */
  private build(programId: number): number {
    if (this.rows.isWasteful) this.compact();
    const entries = this.tables.entriesOf(programId);
    if (entries.length === 0) {
      this.rows.setEmpty(programId);
      return NO_ENTRIES;
    }
    const context: ProgramContext = {
      ...this.context,
      branchIds: this.tables.branchIds(programId),
      isGuarded: this.tables.isGuarded(programId),
    };
    return this.rows.set(programId, this.rowOf(entries, context));
  }

  private rowOf(entries: readonly RpbEntry[], context: ProgramContext): readonly number[] {
    const segments = 2 * (1 + Math.max(...entries.map(({ pass }) => pass)));
    const functions: number[] = [];
    const constants: number[] = [];
    for (let segment = 0; segment < segments; segment++) {
      const gress = segment % 2;
      const here = entries.filter(
        ({ pass, rpb }) => pass === segment >> 1 && (rpb < this.ingressRpbs ? 0 : 1) === gress,
      );
      const first = ROW.functions + segments + constants.length;
      const code = here.length === 0 ? undefined : segmentCode(here, context, first);
      functions.push(code === undefined ? NO_FUNCTION : this.functionFor(code.body));
      for (const constant of code?.constants ?? []) constants.push(openValue(constant, context));
    }
    return [ROW.functions + segments + constants.length, segments, ...functions, ...constants];
  }

  private functionFor(body: string): number {
    const known = this.segmentOf.get(body);
    if (known !== undefined) return known;
    const make = new Function('E', 'M', 'T', `return function segment(P, K, k) {\n${body}\n};`);
    const made = this.segments.push(make(this.actions, this.memory.integers, this.hashTables) as Segment) - 1;
    this.segmentOf.set(body, made);
    return made;
  }

  /** Discards all rows and functions; those in use are made again when a packet needs them. */
  private compact(): void {
    this.rows.clear();
    this.segments.length = NO_FUNCTION + 1;
    this.segmentOf.clear();
  }
}
