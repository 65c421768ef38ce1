/**
 * The tables of all RPBs, organised for look-up. An entry matches one program and one recirculation id exactly, so each
 * program has a table of its own; within it, pass and branch id select a short list of entries for each RPB, mostly of
 * one, and RPBs in which a branch has no entry are skipped altogether. See program-code.ts.
 */
import { must } from '../../compiler/data-plane/must.js';
import {
  type Action,
  type DataPlane,
  NO_ACTION,
  RPB_KEYS,
  type Rpb,
  type TableEntry,
} from '../../compiler/for-switches.js';
import { TargetError } from '../target/target.js';
import { exactKey, parameterValues, refuseUnknownKeys, ternaryKey } from './entry-values.js';
import { decodeRegisterMatch, type Instruction, InstructionDecoder, NOTHING } from './instructions/decode.js';
import type { FieldOperands } from './instructions/field-operands.js';
import type { MemoryOwners } from './memory-owners.js';
import type { Phv } from './phv.js';
import { accessesMemory, branchIdsOf, buildProgramCode, type RpbEntry, setsBranch } from './program-code.js';

interface ProgramTable {
  readonly entries: Set<RpbEntry>;
  /** Built before the next packet when entries have changed. */
  code: Int32Array | undefined;
}

const KNOWN_KEYS: ReadonlySet<string> = new Set(Object.values(RPB_KEYS));

export class RpbTables {
  private readonly programs: (ProgramTable | undefined)[] = [];
  private readonly used: Int32Array;
  private readonly byTable: ReadonlyMap<string, Rpb>;
  /** By RPB index, the actions by the name that the driver sends. */
  private readonly actions: readonly ReadonlyMap<string, Action>[];
  private readonly decoder: InstructionDecoder;
  private readonly rpbCount: number;
  private sequence = 0;
  /** By program id: branch ids that deleted entries have set on packets that may be in flight. */
  private readonly retired = new Map<number, Set<number>>();
  /** Whether packets are in flight while entries change, so that a branch id outlives the entry that sets it. */
  keepsBranchIds = false;
  private readonly listeners: ((programId: number) => void)[] = [];

  /** @param before tables of the switch from which packets come with their state, in a chain */
  constructor(
    private readonly dataPlane: DataPlane,
    operands: FieldOperands,
    private readonly owners: MemoryOwners,
    private readonly before?: RpbTables,
  ) {
    before?.whenChanged((programId) => this.changed(programId));
    this.rpbCount = dataPlane.rpbCount;
    this.used = new Int32Array(dataPlane.rpbCount);
    this.byTable = new Map(dataPlane.rpbs.map((rpb) => [rpb.table, rpb]));
    this.actions = dataPlane.rpbs.map(
      ({ actions }) => new Map([...actions.values()].map((each) => [each.control, each])),
    );
    this.decoder = new InstructionDecoder(operands);
  }

  isRpbTable(table: string): boolean {
    return this.byTable.has(table);
  }

  entryCount(table: string): number {
    return must(this.used[must(this.byTable.get(table), `RPB table ${table}`).index], `count of entries of ${table}`);
  }

  /**
   * Adds an entry; the result removes it.
   * @throws {TargetError} for a full table, an unknown action, or values too wide
   */
  insert(entry: TableEntry): () => void {
    const rpb = this.byTable.get(entry.table);
    if (rpb === undefined) throw new TargetError('unknown-table', `there is no table ${entry.table}`);
    if ((this.used[rpb.index] as number) >= rpb.entries) {
      throw new TargetError('no-space', `${entry.table} is full (${rpb.entries} entries)`);
    }
    const { programId, pass, branch } = this.decodeKey(entry);
    const stored: RpbEntry = {
      rpb: rpb.index,
      pass,
      branchValue: branch.value & branch.mask,
      branchMask: branch.mask,
      priority: entry.priority,
      sequence: this.sequence++,
      instruction: this.instruction(rpb, entry),
      match: decodeRegisterMatch(entry),
      source: entry,
    };
    const table = this.programs[programId] ?? { entries: new Set(), code: undefined };
    this.programs[programId] = table;
    table.entries.add(stored);
    table.code = undefined;
    this.tell(programId);
    this.used[rpb.index] = (this.used[rpb.index] as number) + 1;
    return () => {
      table.entries.delete(stored);
      if (this.keepsBranchIds && setsBranch(stored)) this.retire(programId, stored.instruction.immediate);
      table.code = undefined;
      this.tell(programId);
      this.used[rpb.index] = (this.used[rpb.index] as number) - 1;
      if (table.entries.size === 0 && this.programs[programId] === table) this.programs[programId] = undefined;
    };
  }

  /** @param listener called for each program whose entries have changed, before its next packet */
  whenChanged(listener: (programId: number) => void): void {
    this.listeners.push(listener);
  }

  private tell(programId: number): void {
    for (const listener of this.listeners) listener(programId);
  }

  hasEntries(programId: number): boolean {
    return this.programs[programId] !== undefined;
  }

  entriesOf(programId: number): readonly RpbEntry[] {
    return [...(this.programs[programId]?.entries ?? [])];
  }

  /** The code of a program; undefined if it has no entries. */
  codeOf(programId: number): Int32Array | undefined {
    const table = this.programs[programId];
    if (table === undefined) return undefined;
    table.code ??= buildProgramCode(
      [...table.entries],
      this.branchIds(programId),
      this.rpbCount,
      this.isGuarded(programId),
    );
    return table.code;
  }

  /**
   * Whether memory accesses of a program have to be checked, as its entries are not proven to keep to its blocks. Behind
   * another switch they never are, as packets come with registers that these entries do not tell.
   */
  isGuarded(programId: number): boolean {
    const comeWithState = this.keepsBranchIds || this.before !== undefined;
    return this.owners.needsGuard(programId, this.entriesOf(programId), comeWithState);
  }

  /**
   * Whether the order of a program's packets and those of other programs can make a difference: unless its accesses are
   * proven to lie within blocks that no other program has.
   * @param isGuarded of {@link isGuarded}
   */
  sharesMemory(programId: number, isGuarded: boolean): boolean {
    const entries = this.entriesOf(programId);
    if (!entries.some(accessesMemory)) return false;
    return isGuarded || !this.owners.isSoleOwner(programId, (other) => this.hasEntries(other));
  }

  /** To be called when a program's memory blocks have changed: its code is built again. */
  changed(programId: number): void {
    const table = this.programs[programId];
    if (table !== undefined) table.code = undefined;
    this.tell(programId);
  }

  /** The branch ids that packets of a program can have, in order. */
  branchIds(programId: number): number[] {
    const others = [...(this.retired.get(programId) ?? []), ...(this.before?.branchIds(programId) ?? [])];
    return branchIdsOf(this.entriesOf(programId), others);
  }

  /** To be called when no packet is in flight that entered before the last deletion. */
  forgetRetiredBranchIds(): void {
    this.retired.clear();
  }

  private retire(programId: number, branchId: number): void {
    const retired = this.retired.get(programId) ?? new Set();
    this.retired.set(programId, retired.add(branchId));
  }

  /** The entry that matches a packet in an RPB, by a search of all entries of its program. @param rpb from 0 */
  entryFor(phv: Phv, rpb: number): RpbEntry | undefined {
    let best: RpbEntry | undefined;
    for (const entry of this.programs[phv.programId]?.entries ?? []) {
      if (entry.rpb !== rpb || entry.pass !== phv.pass) continue;
      if ((phv.branch & entry.branchMask) !== entry.branchValue) continue;
      const matches = entry.match.every(
        ([value, mask], i) => ((must(phv.registers[i], `register ${i}`) & mask) ^ value) === 0,
      );
      if (matches && (best === undefined || comesBefore(entry, best))) best = entry;
    }
    return best;
  }

  private instruction(rpb: Rpb, entry: TableEntry): Instruction {
    const action = this.actions[rpb.index]?.get(entry.action);
    if (action !== undefined) return this.decoder.decode(entry, action);
    if (entry.action !== NO_ACTION) {
      throw new TargetError('unknown-action', `${entry.table} has no action ${entry.action}`);
    }
    parameterValues(entry, []);
    return NOTHING;
  }

  private decodeKey(entry: TableEntry) {
    const { programIdBits, branchIdBits, recirculationIdBits, branchMatch } = this.dataPlane.description.state;
    refuseUnknownKeys(entry, KNOWN_KEYS);
    if (branchMatch === 'exact') exactKey(entry, RPB_KEYS.branch, branchIdBits);
    return {
      programId: exactKey(entry, RPB_KEYS.program, programIdBits),
      pass: exactKey(entry, RPB_KEYS.recirculation, recirculationIdBits),
      branch: ternaryKey(entry, RPB_KEYS.branch, branchIdBits),
    };
  }
}

const comesBefore = (a: RpbEntry, b: RpbEntry): boolean =>
  a.priority < b.priority || (a.priority === b.priority && a.sequence < b.sequence);
