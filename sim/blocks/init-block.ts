/** The initialisation block: default forwarding by ingress port, and the filters that give a packet its program. */
import { must } from '../../compiler/data-plane/must.js';
import { type DataPlane, FIXED_NAMES, type KeyField, NO_ACTION, type TableEntry } from '../../compiler/for-switches.js';
import { TargetError } from '../target/target.js';
import { exactKey, type MaskedValue, parameterValues, refuseUnknownKeys, ternaryValue } from './entry-values.js';
import type { MaskGroup } from './mask-group.js';
import { type PacketVector, SLOT } from './packet-vector.js';
import { NO_PORT, type Phv } from './phv.js';
import { type LookupMaker, TernaryTable, type VectorLookup } from './ternary-table.js';

/** Stands for "no program" in a filter that matches: no further filter is looked up. Larger than any program id. */
const NO_PROGRAM = 2 ** 30;

const FORWARD_KEYS: ReadonlySet<string> = new Set([FIXED_NAMES.forwardKey]);

export class InitBlock {
  private readonly filters: readonly TernaryTable[];
  private readonly filterIndex: ReadonlyMap<string, number>;
  private readonly used: Int32Array;
  /** By ingress port: the egress port of default forwarding. */
  readonly forward: Int32Array;
  /** Egress port of packets from ports that have no entry of default forwarding. */
  private readonly nowhere: number;
  private forwardUsed = 0;
  /** The filter tables that have entries and that packets of this data plane can reach, in order. */
  private inUse: readonly TernaryTable[] = [];
  /** Made before the next vector when filters have changed; null if there is none. */
  private findInVector: VectorLookup | null | undefined;
  private groupsInUse: readonly MaskGroup[] = [];

  /** @param lookups makes look-ups of filter tables; they are interpreted where it is left out or makes none */
  constructor(
    private readonly dataPlane: DataPlane,
    private readonly lookups?: LookupMaker,
  ) {
    this.filters = dataPlane.filterTables.map((table) => new TernaryTable(table, lookups));
    this.filterIndex = new Map(dataPlane.filterTables.map(({ table, index }) => [table, index]));
    this.used = new Int32Array(this.filters.length);
    this.nowhere = dataPlane.discardPort ?? NO_PORT;
    this.forward = new Int32Array(2 ** dataPlane.description.ports.width).fill(this.nowhere);
  }

  /** Sets the packet's program and, by its ingress port, the egress port of default forwarding. */
  run(phv: Phv): void {
    this.forwardByPort(phv, phv.ingressPort);
    phv.programId = this.classify(phv);
  }

  forwardByPort(phv: Phv, port: number): void {
    phv.egressPort = port < this.forward.length ? (this.forward[port] as number) : this.nowhere;
  }

  /** The id of the program that a packet runs, 0 for none: of the first filter table, in order, that has a match. */
  classify(phv: Phv): number {
    const { inUse } = this;
    for (let i = 0; i < inUse.length; i++) {
      const filter = inUse[i] as TernaryTable;
      if ((phv.headerStart[filter.requires] as number) < 0) continue;
      const programId = filter.lookup(phv);
      if (programId !== 0) return programId === NO_PROGRAM ? 0 : programId;
    }
    return 0;
  }

  /**
   * Sets the programs, which are 0 so far, of all packets that have a layout.
   * @returns false if there is no look-up for vectors; then nothing is set
   */
  classifyVector(vector: PacketVector): boolean {
    if (this.findInVector === undefined) {
      this.findInVector = this.lookups?.forVectors(this.inUse) ?? null;
      this.groupsInUse = this.inUse.flatMap(({ order }) => order);
    }
    if (this.findInVector === null) return false;
    this.findInVector(vector, this.groupsInUse);
    if (!this.dataPlane.description.init.onEveryPass) return true;
    const { slots, count } = vector;
    for (let at: number = SLOT.program; at < count * SLOT.words; at += SLOT.words) {
      if (slots[at] === NO_PROGRAM) slots[at] = 0;
    }
    return true;
  }

  isInitTable(table: string): boolean {
    return table === FIXED_NAMES.forwardTable || this.filterIndex.has(table);
  }

  entryCount(table: string): number {
    const index = this.filterIndex.get(table);
    return index === undefined ? this.forwardUsed : (this.used[index] as number);
  }

  /** Adds an entry; the result removes it. @throws {TargetError} */
  insert(entry: TableEntry): () => void {
    return entry.table === FIXED_NAMES.forwardTable ? this.insertForward(entry) : this.insertFilter(entry);
  }

  private insertForward(entry: TableEntry): () => void {
    const { init, ports } = this.dataPlane.description;
    if (this.forwardUsed >= init.forwardEntries) throw new TargetError('no-space', `${entry.table} is full`);
    const forwards = entry.action === FIXED_NAMES.forward;
    if (!forwards && entry.action !== FIXED_NAMES.forwardDrop) {
      throw new TargetError('unknown-action', `${entry.table} has no action ${entry.action}`);
    }
    refuseUnknownKeys(entry, FORWARD_KEYS);
    const ingress = exactKey(entry, FIXED_NAMES.forwardKey, ports.width);
    const [egress = this.nowhere] = parameterValues(entry, forwards ? [{ name: 'port', width: ports.width }] : []);
    this.forward[ingress] = egress;
    this.forwardUsed++;
    return () => {
      this.forward[ingress] = this.nowhere;
      this.forwardUsed--;
    };
  }

  private insertFilter(entry: TableEntry): () => void {
    const index = must(this.filterIndex.get(entry.table), `filter table ${entry.table}`);
    const filter = this.filters[index] as TernaryTable;
    const description = this.dataPlane.filterTables[index];
    if ((this.used[index] as number) >= must(description?.entries, `filter table ${entry.table}`)) {
      throw new TargetError('no-space', `${entry.table} is full (${description?.entries} entries)`);
    }
    const programId = this.filteredProgram(entry);
    const fields = new Map(entry.key.map((field) => [field.name, this.maskedField(entry.table, field, index)]));
    const remove = filter.insert(filter.keyOf(fields), entry.priority, programId);
    this.countFilters(index, 1);
    return () => {
      remove();
      this.countFilters(index, -1);
    };
  }

  /** The program id that a filter gives to packets, or {@link NO_PROGRAM} if its action is NoAction. */
  private filteredProgram(entry: TableEntry): number {
    const { state, init } = this.dataPlane.description;
    const width = state.programIdBits;
    if (entry.action === FIXED_NAMES.setProgram) {
      const [programId = 0] = parameterValues(entry, [{ name: FIXED_NAMES.programParameter, width }]);
      return programId;
    }
    // On other data planes NoAction is the default action of filter tables, which no entry can have.
    if (entry.action !== NO_ACTION || !init.onEveryPass) {
      throw new TargetError('unknown-action', `no filter of ${entry.table} can have the action ${entry.action}`);
    }
    parameterValues(entry, []);
    return NO_PROGRAM;
  }

  private countFilters(index: number, change: number): void {
    const before = this.used[index] as number;
    this.used[index] = before + change;
    this.findInVector = undefined;
    if (before > 0 && before + change > 0) return;
    const isReached = (i: number): boolean => this.dataPlane.filterTables[i]?.unreachable === undefined;
    this.inUse = this.filters.filter((_, i) => (this.used[i] as number) > 0 && isReached(i));
  }

  private maskedField(table: string, field: KeyField, index: number): MaskedValue {
    const known = this.dataPlane.filterTables[index]?.keys.find(({ name }) => name === field.name);
    if (known === undefined) throw new TargetError('unknown-field', `${table} has no key ${field.name}`);
    return ternaryValue(field, known.width);
  }
}
