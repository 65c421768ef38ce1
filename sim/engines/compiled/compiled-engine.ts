/**
 * The compiled engine: JavaScript generated from the entries of each program. The data of a program lie in one row of
 * integers: the functions of its passes, and the constants that these take as arguments.
 */
import type { DataPlane } from '../../../compiler/index.js';
import type { ActionUnit } from '../../blocks/actions.js';
import type { FieldOperands } from '../../blocks/instructions/field-operands.js';
import type { Phv } from '../../blocks/phv.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import type { RegisterArrays } from '../../blocks/register-arrays.js';
import type { RpbTables } from '../../blocks/rpb-tables.js';
import { type RpbEngine, rpbsOfGress } from '../rpb-engine.js';
import { type CodeContext, segmentCode } from './generate.js';

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
/** Special values of a row's start, for programs without a row. */
const NO_ENTRIES = 0;
const STALE = -1;
const NO_FUNCTION = 0;

export class CompiledEngine implements RpbEngine {
  readonly name = 'compiled';
  /** By program id: where its row starts, {@link STALE} if its entries have changed since. */
  private readonly rowStart: Int32Array;
  private rows = new Int32Array(1024);
  /** Word 0 belongs to no row, so that 0 can mean {@link NO_ENTRIES}. */
  private rowsEnd = 1;
  /** Words of rows that are no longer used. */
  private wasted = 0;
  private readonly segments: Segment[] = [() => undefined];
  private readonly segmentOf = new Map<string, number>();
  private readonly context: Omit<CodeContext, 'isGuarded'>;
  private readonly ingressRpbs: number;

  constructor(
    dataPlane: DataPlane,
    private readonly tables: RpbTables,
    private readonly actions: ActionUnit,
    private readonly memory: RegisterArrays,
    operands: FieldOperands,
  ) {
    const { state, ports } = dataPlane.description;
    this.rowStart = new Int32Array(2 ** state.programIdBits);
    this.ingressRpbs = rpbsOfGress(dataPlane).ingress.length;
    this.context = {
      fields: operands.fields,
      cpuPort: ports.cpu,
      addressMask: 2 ** state.addressBits - 1,
      arraySizes: dataPlane.rpbs.map(({ buckets }) => buckets),
      arrayStarts: dataPlane.rpbs.map(({ index }) => memory.index(index, 0)),
    };
    tables.whenChanged((programId) => {
      this.giveUp(programId);
      this.rowStart[programId] = STALE;
    });
  }

  prepare(): void {
    for (let id = 0; id < this.rowStart.length; id++) if (this.rowStart[id] === STALE) this.build(id);
  }

  ingress(phv: Phv): void {
    this.run(phv, 0);
  }

  egress(phv: Phv): void {
    this.run(phv, 1);
  }

  private run(phv: Phv, gress: number): void {
    let k = this.rowStart[phv.programId] as number;
    if (k <= 0) {
      if (k === NO_ENTRIES) return;
      k = this.build(phv.programId);
      if (k === NO_ENTRIES) return;
    }
    const { rows } = this;
    const segment = 2 * phv.pass + gress;
    if (segment >= (rows[k + ROW.segments] as number)) return;
    const made = rows[k + ROW.functions + segment] as number;
    if (made !== NO_FUNCTION) (this.segments[made] as Segment)(phv, rows, k);
  }

  /** Makes the row of a program, and those of its functions that do not exist yet. */
  private build(programId: number): number {
    if (this.wasted > this.rowsEnd / 2) this.compact();
    const entries = this.tables.entriesOf(programId);
    const branchIds = this.tables.branchIds(programId);
    const isGuarded = this.tables.isGuarded(programId);
    const start = entries.length === 0 ? NO_ENTRIES : this.addRow(this.rowOf(entries, branchIds, isGuarded));
    this.rowStart[programId] = start;
    return start;
  }

  private rowOf(entries: readonly RpbEntry[], branchIds: readonly number[], isGuarded: boolean): readonly number[] {
    const segments = 2 * (1 + Math.max(...entries.map(({ pass }) => pass)));
    const functions: number[] = [];
    const constants: number[] = [];
    for (let segment = 0; segment < segments; segment++) {
      const gress = segment % 2;
      const here = entries.filter(
        ({ pass, rpb }) => pass === segment >> 1 && (rpb < this.ingressRpbs ? 0 : 1) === gress,
      );
      const first = ROW.functions + segments + constants.length;
      const code = here.length === 0 ? undefined : segmentCode(here, branchIds, { ...this.context, isGuarded }, first);
      functions.push(code === undefined ? NO_FUNCTION : this.functionFor(code.body));
      constants.push(...(code?.constants ?? []));
    }
    return [ROW.functions + segments + constants.length, segments, ...functions, ...constants];
  }

  private functionFor(body: string): number {
    const known = this.segmentOf.get(body);
    if (known !== undefined) return known;
    const make = new Function('E', 'M', `return function segment(P, K, k) {\n${body}\n};`);
    const made = this.segments.push(make(this.actions, this.memory.words) as Segment) - 1;
    this.segmentOf.set(body, made);
    return made;
  }

  private addRow(row: readonly number[]): number {
    if (this.rowsEnd + row.length > this.rows.length) {
      const grown = new Int32Array(2 * (this.rows.length + row.length));
      grown.set(this.rows);
      this.rows = grown;
    }
    const start = this.rowsEnd;
    this.rows.set(row, start);
    this.rowsEnd += row.length;
    return start;
  }

  private giveUp(programId: number): void {
    const start = this.rowStart[programId] as number;
    if (start > 0) this.wasted += this.rows[start + ROW.length] as number;
  }

  /** Discards all rows and functions; those in use are made again when a packet needs them. */
  private compact(): void {
    for (let id = 0; id < this.rowStart.length; id++) if ((this.rowStart[id] as number) > 0) this.rowStart[id] = STALE;
    this.rowsEnd = 1;
    this.wasted = 0;
    this.segments.length = NO_FUNCTION + 1;
    this.segmentOf.clear();
  }
}
