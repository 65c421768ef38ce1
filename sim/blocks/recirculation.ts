/** The recirculation block: by program and recirculation id, whether the packet recirculates. */
import { type DataPlane, FIXED_NAMES, RPB_KEYS, type TableEntry } from '../../compiler/for-switches.js';
import { TargetError } from '../target/target.js';
import { exactKey, parameterValues, refuseUnknownKeys } from './entry-values.js';

const AGAIN: ReadonlyMap<string, boolean> = new Map([
  [FIXED_NAMES.firstRecirculate, true],
  [FIXED_NAMES.middleRecirculate, true],
  [FIXED_NAMES.lastRecirculate, false],
  [FIXED_NAMES.setEgressPort, false],
]);

const KNOWN_KEYS: ReadonlySet<string> = new Set([RPB_KEYS.program, RPB_KEYS.recirculation]);

export class RecirculationTable {
  /** By program id: bit p is set if the packet recirculates after pass p. */
  private readonly again: Uint32Array;
  private used = 0;
  private listener: (programId: number) => void = () => undefined;

  constructor(private readonly dataPlane: DataPlane) {
    this.again = new Uint32Array(2 ** dataPlane.description.state.programIdBits);
  }

  get entryCount(): number {
    return this.used;
  }

  /** Adds an entry; the result removes it. @throws {TargetError} */
  insert(entry: TableEntry): () => void {
    const { entries } = this.dataPlane.description.recirculation;
    if (this.used >= entries) throw new TargetError('no-space', `${entry.table} is full (${entries} entries)`);
    const again = AGAIN.get(entry.action);
    if (again === undefined) {
      throw new TargetError('unknown-action', `${entry.table} has no action ${entry.action}`);
    }
    const { programIdBits, recirculationIdBits } = this.dataPlane.description.state;
    refuseUnknownKeys(entry, KNOWN_KEYS);
    parameterValues(entry, []);
    const programId = exactKey(entry, RPB_KEYS.program, programIdBits);
    const pass = exactKey(entry, RPB_KEYS.recirculation, recirculationIdBits);
    if (pass > MAX_PASS)
      throw new TargetError('wrong-width', `${RPB_KEYS.recirculation} = ${pass}: the maximum is ${MAX_PASS}`);
    const bit = again ? 2 ** pass : 0;
    this.again[programId] = (this.again[programId] as number) | bit;
    this.used++;
    this.listener(programId);
    return () => {
      this.again[programId] = (this.again[programId] as number) & ~bit;
      this.listener(programId);
      this.used--;
    };
  }

  /** @param listener called for each program whose entries have changed, before its next packet */
  whenChanged(listener: (programId: number) => void): void {
    this.listener = listener;
  }

  /** How often packets of a program recirculate that are not dropped. */
  recirculations(programId: number): number {
    let pass = 0;
    while (this.recirculates(programId, pass)) pass++;
    return pass;
  }

  /** Whether a packet of this program recirculates after this pass, from 0. */
  recirculates(programId: number, pass: number): boolean {
    return pass <= MAX_PASS && (((this.again[programId] as number) >>> pass) & 1) === 1;
  }
}

/** The last pass, from 0, after which a packet can recirculate: each pass is one bit of a 32-bit word. */
const MAX_PASS = 31;
