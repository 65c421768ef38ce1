/**
 * The tables of an emulated switch in BF Runtime: single updates and reads, without batches and sessions.
 */
import { status } from '@grpc/grpc-js';
import { type EntryKey, matchTables, type TableEntry } from '../../compiler/index.js';
import type { Switch } from '../../sim/index.js';
import { TargetError } from '../../sim/index.js';
import {
  countedPackets,
  decodeAction,
  decodeKey,
  encodeEntry,
  encodeKey,
  packetCount,
} from '../bfruntime/entry-codec.js';
import * as wire from '../bfruntime/messages.js';
import { RpcError } from '../bfruntime/rpc-error.js';
import {
  keyFields,
  PIPE,
  packetCounter,
  type SchemaTable,
  SYNC_COUNTERS,
  schemaOfDataPlane,
  shortName,
  type TableSchema,
} from '../bfruntime/table-schema.js';
import { EntryHandles } from './entry-handles.js';
import { EntryScopes } from './entry-scopes.js';
import { ServedRegisters } from './served-registers.js';
import type { Undo } from './write-updates.js';

export class ServedTables {
  readonly schema: TableSchema;
  private readonly registers: ServedRegisters;
  private readonly defaults: ReadonlyMap<string, string>;
  private readonly handles = new EntryHandles();
  private readonly scopes = new EntryScopes();
  /** The entries at the start. */
  private readonly first: readonly TableEntry[];

  constructor(private readonly emulator: Switch) {
    this.first = emulator.entries();
    const { dataPlane } = emulator;
    this.schema = schemaOfDataPlane(dataPlane, { countsHits: emulator.hits !== undefined });
    this.registers = new ServedRegisters(emulator, this.schema);
    this.defaults = new Map(matchTables(dataPlane).map(({ name, defaultAction }) => [PIPE + name, defaultAction]));
  }

  /**
   * Makes one update.
   * @returns a function that undoes it
   * @throws {TargetError} {@link RpcError}, and changes nothing
   */
  update({ type, entity }: wire.Update): Undo {
    if (entity?.table_operation) return this.operate(entity.table_operation);
    if (entity?.table_attribute) {
      this.requireMatchTable(this.tableOf(entity.table_attribute.table_id));
      return this.scopes.set(entity.table_attribute);
    }
    const message = entity?.table_entry;
    if (!message) throw new RpcError(status.UNIMPLEMENTED, 'only entries and attributes of tables can be written');
    const table = this.tableOf(message.table_id);
    if (message.is_default_entry) return this.updateDefault(table, type, message);
    return table.kind === 'register'
      ? this.registers.update(table, type, message)
      : this.updateEntry(table, type, message);
  }

  /** Whether the entry of an update exists. @throws {TargetError} {@link RpcError} */
  isThere({ entity }: wire.Update): boolean {
    const message = entity?.table_entry;
    if (!message) return false;
    const table = this.tableOf(message.table_id);
    return table.kind === 'register' || this.emulator.entryLike(this.keyOf(table, message)) !== undefined;
  }

  /** Answers one entity with one or several. @throws {TargetError} {@link RpcError} */
  *read(entity: wire.Entity): Generator<wire.Entity> {
    if (entity.table_entry) yield* this.readEntries(entity.table_entry);
    else if (entity.table_usage) {
      const table = this.tableOf(entity.table_usage.table_id);
      this.requireMatchTable(table);
      yield { table_usage: { table_id: table.id, usage: this.emulator.entryCount(shortName(table.name)) } };
    } else if (entity.handle) {
      const table = this.tableOf(entity.handle.table_id);
      this.requireMatchTable(table);
      yield { handle: { table_id: table.id, handle_id: this.handles.of(this.found(table, entity.handle)) } };
    } else if (entity.table_attribute) {
      this.requireMatchTable(this.tableOf(entity.table_attribute.table_id));
      yield { table_attribute: this.scopes.get(entity.table_attribute) };
    } else if (entity.object_id)
      yield { object_id: { ...entity.object_id, id: this.idOf(entity.object_id.table_object) } };
    else throw new RpcError(status.UNIMPLEMENTED, 'only entries, attributes, handles, usage and ids can be read');
  }

  /** Restores the state at the start: its entries, and empty memory. */
  restart(): void {
    for (const entry of this.emulator.entries()) this.remove(entry);
    for (const entry of this.first) this.insert(entry);
    this.registers.clear();
    this.scopes.clear();
  }

  private tableOf(id: number): SchemaTable {
    const table = this.schema.tableOfId(id);
    if (table === undefined) throw new RpcError(status.NOT_FOUND, `there is no table of id ${id}`);
    return table;
  }

  private requireMatchTable(table: SchemaTable): void {
    if (table.kind !== 'match') throw new RpcError(status.UNIMPLEMENTED, `${table.name} is not a match table`);
  }

  // Match tables

  private updateEntry(table: SchemaTable, type: number, message: wire.TableEntry): Undo {
    const isOne = message.key || message.handle_id;
    if (type === wire.UPDATE.delete) return isOne ? this.remove(this.found(table, message)) : this.clear(table);
    if (type === wire.UPDATE.insert && message.handle_id) {
      throw new RpcError(
        status.INVALID_ARGUMENT,
        'an entry is inserted by its key: a handle refers to an existing entry',
      );
    }
    const kept = type === wire.UPDATE.modifyIncrement ? this.found(table, message) : undefined;
    const { table: name, key, priority } = this.keyOf(table, message);
    const { action, parameters } = decodeAction(table, message, kept);
    const entry = { table: name, key, priority, action, parameters };
    const undo = this.make(type, table, message, entry);
    const packets = countedPackets(table, message);
    if (packets === undefined) return undo;
    const undoCount = this.setCount(entry, packets);
    return () => {
      undoCount();
      undo();
    };
  }

  private make(type: number, table: SchemaTable, message: wire.TableEntry, entry: TableEntry): Undo {
    switch (type) {
      case wire.UPDATE.insert:
        return this.insert(entry);
      case wire.UPDATE.modify:
      case wire.UPDATE.modifyIncrement:
        return this.replace(this.found(table, message), entry);
      case wire.UPDATE.insertOrModify: {
        const before = this.emulator.entryLike(entry);
        return before === undefined ? this.insert(entry) : this.replace(before, entry);
      }
      default:
        throw new RpcError(status.UNIMPLEMENTED, `match tables do not take updates of type ${type}`);
    }
  }

  /** @throws {TargetError} not-found, for a handle that was not assigned */
  private keyOf(table: SchemaTable, message: wire.TableEntry | wire.HandleId): EntryKey {
    if (!message.handle_id) return decodeKey(table, message);
    const key = this.handles.keyOf(shortName(table.name), message.handle_id);
    if (key !== undefined) return key;
    throw new TargetError('not-found', `${shortName(table.name)} has no entry of handle ${message.handle_id}`);
  }

  /** @throws {TargetError} not-found */
  private found(table: SchemaTable, message: wire.TableEntry | wire.HandleId): TableEntry {
    const entry = this.emulator.entryLike(this.keyOf(table, message));
    if (entry === undefined) throw new TargetError('not-found', `${shortName(table.name)} has no such entry`);
    return entry;
  }

  private insert(entry: TableEntry): Undo {
    this.emulator.apply({ kind: 'insertEntry', entry });
    return () => void this.remove(entry);
  }

  private setCount(entry: TableEntry, packets: number): Undo {
    const { hits } = this.emulator;
    const held = this.emulator.entryLike(entry);
    if (hits === undefined || held === undefined) return () => undefined;
    const before = hits.of(held);
    hits.set(held, packets);
    return () => hits.set(held, before);
  }

  private remove(entry: TableEntry): Undo {
    const { hits } = this.emulator;
    const held = this.emulator.entryLike(entry);
    const packets = held && hits?.of(held);
    this.emulator.apply({ kind: 'deleteEntry', entry });
    return () => {
      this.insert(entry);
      if (packets !== undefined) hits?.set(entry, packets);
    };
  }

  private replace(before: TableEntry, entry: TableEntry): Undo {
    this.emulator.apply({ kind: 'replaceEntry', before, entry });
    return () => void this.replace(entry, before);
  }

  private clear(table: SchemaTable): Undo {
    const undos = this.entriesOf(table).map((entry) => this.remove(entry));
    return () => {
      for (const undo of undos.reverse()) undo();
    };
  }

  private entriesOf(table: SchemaTable): TableEntry[] {
    const name = shortName(table.name);
    return this.emulator.entries().filter((entry) => entry.table === name);
  }

  /** Default actions are fixed by the program: an update may only reset them, or set the same action. */
  private updateDefault(table: SchemaTable, type: number, message: wire.TableEntry): Undo {
    const action = this.defaultAction(table);
    const resets = type === wire.UPDATE.reset || type === wire.UPDATE.delete;
    if (!resets && message.data?.action_id !== action.id) {
      throw new RpcError(
        status.UNIMPLEMENTED,
        `the default action of ${table.name} is ${action.name} and cannot be changed`,
      );
    }
    return () => undefined;
  }

  private defaultAction(table: SchemaTable) {
    const action = table.actions.find(({ name }) => name === this.defaults.get(table.name));
    if (action === undefined) throw new RpcError(status.UNIMPLEMENTED, `${table.name} has no default entry`);
    return action;
  }

  private *readEntries(message: wire.TableEntry): Generator<wire.Entity> {
    const table = this.tableOf(message.table_id);
    if (message.is_default_entry) {
      const data = { action_id: this.defaultAction(table).id, fields: [] };
      yield { table_entry: { table_id: table.id, is_default_entry: true, data } };
    } else if (table.kind === 'register') yield* this.registers.read(table, message);
    else {
      const isOne = message.key || message.handle_id;
      const entries = isOne ? [this.found(table, message)] : this.entriesOf(table);
      const keyOnly = message.table_flags?.key_only === true || message.table_read_flag?.key_only === true;
      for (const entry of entries) {
        if (keyOnly) {
          yield { table_entry: { ...encodeKey(table, entry), entry_tgt: { pipe_id: wire.ALL_PIPES } } };
          continue;
        }
        const wanted = wantedOf(this.encoded(table, entry), message.data);
        if (wanted !== undefined) yield { table_entry: wanted };
        else if (isOne)
          throw new TargetError('not-found', `the entry has action ${entry.action}, not the requested one`);
      }
    }
  }

  /** An entry as a message, with its counter if it has one. */
  private encoded(table: SchemaTable, entry: TableEntry): wire.TableEntry {
    const message = encodeEntry(this.schema, entry);
    const counter = packetCounter(table);
    const { hits } = this.emulator;
    if (counter === undefined || hits === undefined || !message.data) return message;
    return {
      ...message,
      data: { ...message.data, fields: [...message.data.fields, packetCount(counter, hits.of(entry))] },
    };
  }

  private operate({ table_id, table_operations_type }: NonNullable<wire.Entity['table_operation']>): Undo {
    const table = this.tableOf(table_id);
    // Counters are read as they are: there is no shadow that would have to be brought up to date.
    if (table_operations_type === SYNC_COUNTERS && packetCounter(table) !== undefined) return () => undefined;
    if (table_operations_type !== 'Sync' || table.kind !== 'register') {
      throw new RpcError(status.UNIMPLEMENTED, `${table.name} has no operation ${table_operations_type}`);
    }
    this.registers.sync(table);
    return () => undefined;
  }

  // Names

  private idOf(asked: wire.TableObject | null | undefined): number {
    const table = asked && this.schema.table(asked.table_name);
    if (!table) throw new RpcError(status.NOT_FOUND, `there is no table ${asked?.table_name ?? ''}`);
    const { action_name, key_field_name, data_field_name } = asked;
    const action = table.actions.find(({ name }) => name === (action_name ?? data_field_name)?.action);
    const found = key_field_name
      ? keyFields(table).find(({ name }) => name === key_field_name.field)
      : action_name
        ? action
        : data_field_name
          ? (action?.parameters ?? table.data).find(({ name }) => name === data_field_name.field)
          : table;
    if (found === undefined) throw new RpcError(status.NOT_FOUND, `${table.name} has no action or field of this name`);
    return found.id;
  }
}

/** An entry with the requested parameters; undefined if it has another action than the requested one. */
function wantedOf(entry: wire.TableEntry, wanted: wire.TableData | null | undefined): wire.TableEntry | undefined {
  const { action_id: action = 0, fields = [] } = wanted ?? {};
  if (action !== 0 && action !== entry.data?.action_id) return undefined;
  if (!entry.data || fields.length === 0) return entry;
  const parameters = entry.data.fields.filter(({ field_id }) => fields.some((field) => field.field_id === field_id));
  return { ...entry, data: { ...entry.data, fields: parameters } };
}
