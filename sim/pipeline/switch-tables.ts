/**
 * All look-up tables of a switch, without packets: filters and default forwarding, RPB tables, the recirculation block.
 * For callers that ask what a packet would find but take none through a switch.
 */
import {
  type DataPlane,
  type EntryKey,
  FIXED_NAMES,
  type Operation,
  type TableEntry,
} from '../../compiler/for-switches.js';
import { checkPriority } from '../blocks/entry-values.js';
import { InitBlock } from '../blocks/init-block.js';
import { FieldOperands } from '../blocks/instructions/field-operands.js';
import { MemoryOwners } from '../blocks/memory-owners.js';
import { RecirculationTable } from '../blocks/recirculation.js';
import { ReplicationEngine } from '../blocks/replication-engine.js';
import { RpbTables } from '../blocks/rpb-tables.js';
import type { LookupMaker } from '../blocks/ternary-table.js';
import { TargetError } from '../target/target.js';
import { InstalledEntries, isSameEntry } from './installed-entries.js';

/** An operation on tables: not one on register arrays or packets in flight. */
export type TableOperation = Exclude<Operation, { readonly kind: 'drain' | 'resetMemory' }>;

export const isTableOperation = (operation: Operation): operation is TableOperation =>
  operation.kind !== 'drain' && operation.kind !== 'resetMemory';

/** The lookup tables of a switch. */
export class SwitchTables {
  readonly init: InitBlock;
  readonly rpbs: RpbTables;
  readonly recirculation: RecirculationTable;
  /** The memory blocks that were declared for each program. */
  readonly owners: MemoryOwners;
  /** Groups to which packets are copied. */
  readonly replication: ReplicationEngine;
  private readonly installed = new InstalledEntries();

  /**
   * @param operands the fields that actions read and write
   * @param lookups makes look-ups of filter tables; they are interpreted if it is left out
   * @param before tables of the switch from which packets come with their state, in a chain
   */
  constructor(
    dataPlane: DataPlane,
    operands: FieldOperands = new FieldOperands(dataPlane),
    lookups?: LookupMaker,
    before?: SwitchTables,
  ) {
    this.init = new InitBlock(dataPlane, lookups);
    this.owners = new MemoryOwners(dataPlane);
    this.rpbs = new RpbTables(dataPlane, operands, this.owners, before?.rpbs);
    this.recirculation = new RecirculationTable(dataPlane);
    this.replication = new ReplicationEngine(dataPlane);
  }

  /** Makes one change. @throws {TargetError} and changes nothing */
  apply(operation: TableOperation): void {
    switch (operation.kind) {
      case 'insertEntry':
        return this.insert(operation.entry);
      case 'deleteEntry':
        return this.delete(operation.entry);
      case 'replaceEntry':
        return this.replace(operation.before, operation.entry);
      case 'declareMemory':
        this.owners.declare(operation.programId, operation.blocks);
        this.rpbs.changed(operation.programId);
        return;
      case 'insertGroup':
        return this.replication.insert(operation.group);
      case 'deleteGroup':
        return this.replication.delete(operation.group);
    }
  }

  /** All entries, in the order of their insertion: inserted so into other tables, they make equal ones. */
  entries(): TableEntry[] {
    return this.installed.list();
  }

  /** The entry of this key and priority. */
  entryLike(key: EntryKey): TableEntry | undefined {
    return this.installed.find(key)?.entry;
  }

  /** Entries in a table now. @throws {TargetError} unknown-table */
  entryCount(table: string): number {
    if (this.rpbs.isRpbTable(table)) return this.rpbs.entryCount(table);
    if (this.init.isInitTable(table)) return this.init.entryCount(table);
    if (table === FIXED_NAMES.recirculationTable) return this.recirculation.entryCount;
    throw new TargetError('unknown-table', `there is no table ${table}`);
  }

  private insert(entry: TableEntry): void {
    if (this.installed.find(entry) !== undefined) {
      throw new TargetError('already-exists', `${entry.table} already has an entry with this key and priority`);
    }
    checkPriority(entry);
    this.installed.add({ entry, remove: this.insertInto(entry) });
  }

  /** Tables that refuse the new entry keep the old one. */
  private replace(before: TableEntry, after: TableEntry): void {
    if (!isSameEntry(before, after)) {
      throw new TargetError('not-found', `${before.table}: an entry can only be replaced by one of the same key`);
    }
    this.delete(before);
    try {
      this.insert(after);
    } catch (error) {
      this.insert(before);
      throw error;
    }
  }

  private insertInto(entry: TableEntry): () => void {
    if (this.init.isInitTable(entry.table)) return this.init.insert(entry);
    if (entry.table === FIXED_NAMES.recirculationTable) return this.recirculation.insert(entry);
    return this.rpbs.insert(entry);
  }

  private delete(entry: TableEntry): void {
    const found = this.installed.find(entry);
    if (found === undefined) throw new TargetError('not-found', `${entry.table} has no such entry`);
    found.remove();
    this.installed.delete(found);
  }
}
