/**
 * The fixed tables of an emulated switch: those of its ports and of its groups work; those of functions that it does not have stay empty.
 */
import { status } from '@grpc/grpc-js';
import { must } from '../../../compiler/data-plane/must.js';
import { type Switch, TargetError } from '../../../sim/index.js';
import * as wire from '../../bfruntime/messages.js';
import { RpcError } from '../../bfruntime/rpc-error.js';
import type { FrontPorts } from '../ports/front-ports.js';
import type { Undo } from '../write-updates.js';
import { absentTables } from './absent-schema.js';
import { type FixedTable, fixedJson } from './fixed-schema.js';
import { PORT_TABLES, PortTables } from './port-tables.js';
import { REPLICATION_TABLES } from './replication-schema.js';
import { ReplicationTables } from './replication-tables.js';

const TABLES: readonly FixedTable[] = [...PORT_TABLES, ...absentTables(false).map(({ table }) => table)];
const BY_ID = new Map(TABLES.map((table) => [table.id, table]));
const BY_NAME = new Map(TABLES.map((table) => [table.name, table]));

export class FixedTables {
  private readonly ports: PortTables;
  /** Undefined for a data plane without groups. */
  private readonly replication: ReplicationTables | undefined;
  private readonly reasons: ReadonlyMap<FixedTable, string>;

  constructor(emulator: Switch, ports: FrontPorts) {
    this.ports = new PortTables(ports);
    const hasGroups = emulator.dataPlane.description.replication !== undefined;
    this.replication = hasGroups ? new ReplicationTables(emulator) : undefined;
    this.reasons = new Map(absentTables(hasGroups).map(({ table, reason }) => [table, reason]));
  }

  private tablesOf(table: FixedTable): PortTables | ReplicationTables {
    const isReplication = this.replication !== undefined && REPLICATION_TABLES.includes(table);
    return isReplication ? must(this.replication, 'tables of groups') : this.ports;
  }

  /** The non-P4 part of bf-rt.json. */
  json(): string {
    return fixedJson(TABLES);
  }

  /** Leaves no groups and nodes, as a restart of the switch does. */
  restart(): void {
    this.replication?.clear();
  }

  /** Whether an entity concerns one of these tables. */
  owns(entity: wire.Entity | null): boolean {
    return fixedTableOf(entity) !== undefined;
  }

  /**
   * Makes one update.
   * @returns a function that undoes it
   * @throws {TargetError} {@link RpcError}, and changes nothing
   */
  update({ type, entity }: wire.Update): Undo {
    const table = requireTable(entity);
    const message = entity?.table_entry;
    if (!message || message.is_default_entry || message.handle_id) {
      throw new RpcError(status.UNIMPLEMENTED, `${table.name} has neither default entries nor handles`);
    }
    const reason = this.reasons.get(table);
    if (reason === undefined) return this.tablesOf(table).update(table, type, message);
    if (type !== wire.UPDATE.delete) throw new RpcError(status.UNIMPLEMENTED, `${table.name}: ${reason}`);
    if (message.key) throw new TargetError('not-found', `${table.name} has no entries`);
    return () => undefined;
  }

  /** Whether the entry of an update exists. @throws {TargetError} {@link RpcError} */
  isThere({ entity }: wire.Update): boolean {
    const table = requireTable(entity);
    const message = entity?.table_entry;
    return message != null && !this.reasons.has(table) && this.tablesOf(table).isThere(table, message);
  }

  /** Answers one entity. @throws {TargetError} {@link RpcError} */
  *read(entity: wire.Entity): Generator<wire.Entity> {
    const table = requireTable(entity);
    const isAbsent = this.reasons.has(table);
    if (entity.object_id) yield { object_id: { ...entity.object_id, id: idIn(table, entity.object_id.table_object) } };
    else if (entity.table_usage) {
      yield { table_usage: { table_id: table.id, usage: isAbsent ? 0 : this.tablesOf(table).usage(table) } };
    } else if (!entity.table_entry || entity.table_entry.is_default_entry || entity.table_entry.handle_id) {
      throw new RpcError(status.UNIMPLEMENTED, `only entries, usage and ids of ${table.name} can be read`);
    } else if (!isAbsent) yield* this.tablesOf(table).read(table, entity.table_entry);
    else if (entity.table_entry.key) throw new TargetError('not-found', `${table.name} has no entries`);
  }
}

function fixedTableOf(entity: wire.Entity | null): FixedTable | undefined {
  const { table_entry, table_usage, table_attribute, table_operation, handle, object_id } = entity ?? {};
  if (object_id) return BY_NAME.get(object_id.table_object?.table_name ?? '');
  const id = (table_entry ?? table_usage ?? table_attribute ?? table_operation ?? handle)?.table_id;
  return id === undefined ? undefined : BY_ID.get(id);
}

function requireTable(entity: wire.Entity | null): FixedTable {
  const table = fixedTableOf(entity);
  if (table === undefined) throw new RpcError(status.NOT_FOUND, 'there is no fixed table of this id or name');
  return table;
}

function idIn(table: FixedTable, asked: wire.TableObject | null | undefined): number {
  const { action_name, key_field_name, data_field_name } = asked ?? {};
  const action = table.actions?.find(({ name }) => name === (action_name ?? data_field_name)?.action);
  const found = key_field_name
    ? table.keys.find(({ name }) => name === key_field_name.field)
    : action_name
      ? action
      : data_field_name
        ? [...(action?.data ?? []), ...table.data].find(({ name }) => name === data_field_name.field)
        : table;
  if (found === undefined) throw new RpcError(status.NOT_FOUND, `${table.name} has no action or field of this name`);
  return found.id;
}
