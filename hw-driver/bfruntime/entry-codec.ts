/** Encoding and decoding of entries as messages of BF Runtime, by the schema of a switch. */
import { must } from '../../compiler/data-plane/must.js';
import { and48, type EntryKey, type KeyField, ones, type TableEntry } from '../../compiler/index.js';
import { TargetError } from '../../sim/index.js';
import type * as wire from './messages.js';
import {
  packetCounter,
  type SchemaAction,
  type SchemaField,
  type SchemaKey,
  type SchemaTable,
  shortName,
  type TableSchema,
} from './table-schema.js';
import { bytesToValue, isBelowWidth, valueToBytes } from './values.js';

/** @throws {TargetError} unknown-table */
export function matchTable(schema: TableSchema, name: string): SchemaTable {
  const table = schema.table(name);
  if (table?.kind !== 'match') throw new TargetError('unknown-table', `there is no table ${name}`);
  return table;
}

/** @throws {TargetError} for names that the table does not have, and values that do not fit */
export function encodeEntry(schema: TableSchema, entry: TableEntry): wire.TableEntry {
  const table = matchTable(schema, entry.table);
  const action = indexOf(table).actionByName.get(entry.action);
  if (action === undefined) throw new TargetError('unknown-action', `${entry.table} has no action ${entry.action}`);
  const { table_id, key } = encodeKey(table, entry);
  return { table_id, key, data: { action_id: action.id, fields: encodeParameters(action, entry) } };
}

/** Table and key of an entry. @throws {TargetError} as {@link encodeEntry} */
export function encodeKey(table: SchemaTable, entry: EntryKey): Required<Pick<wire.TableEntry, 'table_id' | 'key'>> {
  for (const { name } of entry.key) {
    if (named(table.keys, name) === undefined) {
      throw new TargetError('unknown-field', `${entry.table} has no key ${name}`);
    }
  }
  const { anyFields } = indexOf(table);
  const fields = table.keys.map((key, i) => {
    const field = named(entry.key, key.name);
    return (matchesAny(field) ? anyFields[i] : undefined) ?? encodeKeyField(key, field, entry.table);
  });
  if (table.priority !== undefined) {
    const { id, name, width } = table.priority;
    fields.push({ field_id: id, exact: { value: fitting(entry.priority, width, entry.table, name) } });
  }
  return { table_id: table.id, key: { fields } };
}

/** Whether a field of a ternary table matches any value, as most do. */
const matchesAny = (field: KeyField | undefined): boolean =>
  field === undefined || (field.match === 'ternary' && field.mask === 0 && field.value === 0);

function encodeKeyField(key: SchemaKey, field: KeyField | undefined, table: string): wire.KeyField {
  const { id, name, width } = key;
  if (key.match === 'ternary') {
    const mask = field === undefined ? 0 : field.match === 'ternary' ? field.mask : ones(width);
    const value = field === undefined ? 0 : field.value;
    return {
      field_id: id,
      ternary: { value: fitting(value, width, table, name), mask: fitting(mask, width, table, name) },
    };
  }
  if (field === undefined) throw new TargetError('unknown-field', `${table} needs the key ${name}`);
  if (field.match === 'ternary' && field.mask !== ones(width)) {
    throw new TargetError('unknown-field', `${table} has no ternary key ${name}`);
  }
  return { field_id: id, exact: { value: fitting(field.value, width, table, name) } };
}

function encodeParameters(action: SchemaAction, entry: TableEntry): wire.DataField[] {
  for (const { name } of entry.parameters) {
    if (named(action.parameters, name) === undefined) {
      throw new TargetError('unknown-field', `${entry.action} has no parameter ${name}`);
    }
  }
  return action.parameters.map(({ id, name, width }) => {
    const argument = named(entry.parameters, name);
    if (argument === undefined) throw new TargetError('unknown-field', `${entry.action} needs the parameter ${name}`);
    return { field_id: id, stream: fitting(argument.value, width, entry.action, name) };
  });
}

/** @param owner the table or action of the field; it is joined with the name only for the error message */
function fitting(value: number, width: number, owner: string, name: string): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || !isBelowWidth(value, width)) {
    throw new TargetError('wrong-width', `${owner}: ${name} = ${value} does not fit ${width} bits`);
  }
  return valueToBytes(value, width);
}

/** @throws {TargetError} for ids that the table does not have, and values of another width */
export function decodeEntry(table: SchemaTable, message: wire.TableEntry): TableEntry {
  const { table: name, key, priority } = decodeKey(table, message);
  const { action, parameters } = decodeAction(table, message);
  return { table: name, key, priority, action, parameters };
}

/**
 * Action and parameters of an entry.
 * @param before the entry whose parameters are kept where none are given, if it has the same action
 * @throws {TargetError} as {@link decodeEntry}
 */
export function decodeAction(
  table: SchemaTable,
  message: wire.TableEntry,
  before?: TableEntry,
): Pick<TableEntry, 'action' | 'parameters'> {
  const { action_id: id = 0, fields } = message.data ?? { fields: [] };
  const index = indexOf(table);
  const action = index.actionById.get(id);
  if (action === undefined) throw new TargetError('unknown-action', `${index.name} has no action of id ${id}`);
  if (action.defaultOnly) {
    const message = `${action.name} is the default action of ${index.name}, which entries cannot have`;
    throw new TargetError('unknown-action', message);
  }
  requireKnown(fields, action.parameters, table.data, action.name);
  const kept = before?.action === action.name ? before.parameters : [];
  return {
    action: action.name,
    parameters: action.parameters.map(({ id: parameter, name, width }) => {
      const field = fieldOf(fields, parameter);
      const before = kept.find((candidate) => candidate.name === name);
      if (field === undefined && before !== undefined) return before;
      if (field === undefined) throw new TargetError('unknown-field', `${action.name} needs the parameter ${name}`);
      return { name, value: valueIn(field.stream ?? NO_BYTES, width, action.name, name) };
    }),
  };
}

/** The packets that have hit an entry; undefined where the message does not say. @throws {TargetError} wrong-width */
export function countedPackets(table: SchemaTable, { data }: wire.TableEntry): number | undefined {
  const counter = packetCounter(table);
  const field = counter && data ? fieldOf(data.fields, counter.id) : undefined;
  if (counter === undefined || field === undefined) return undefined;
  return valueIn(field.stream ?? NO_BYTES, counter.width, shortName(table.name), counter.name);
}

/** The field of a message that says how many packets have hit an entry. */
export const packetCount = ({ id, width }: SchemaField, packets: number): wire.DataField => ({
  field_id: id,
  stream: valueToBytes(packets, width),
});

/**
 * A bucket of a register array: a word or, in an array of pairs, two. @param values one bucket for each pipe; to be
 * written, one for all pipes
 */
export function registerEntry(
  table: SchemaTable,
  index: number,
  ...values: readonly ArrayLike<number>[]
): wire.TableEntry {
  const [key] = table.keys;
  if (key === undefined || table.data.length === 0) throw new Error(`${table.name} is no register`);
  return {
    table_id: table.id,
    key: { fields: [{ field_id: key.id, exact: { value: valueToBytes(index, 32) } }] },
    data: {
      fields: table.data.flatMap(({ id }, word) =>
        values.map((bucket) => ({
          field_id: id,
          stream: valueToBytes(must(bucket[word], `word ${word} of ${table.name}`), 32),
        })),
      ),
    },
  };
}

const NO_BYTES = new Uint8Array(0);

/**
 * The key of an entry: all fields in the order of the table, with masked values, so that entries with the same match
 * are equal.
 * @throws {TargetError}
 */
export function decodeKey(table: SchemaTable, { key }: wire.TableEntry): EntryKey {
  const { name, anyKeys } = indexOf(table);
  const fields = key?.fields ?? [];
  requireKnown(fields, table.keys, table.priority === undefined ? NO_FIELDS : [table.priority], name);
  const priority = table.priority && fieldOf(fields, table.priority.id);
  return {
    table: name,
    key: table.keys.map((field, i) => decodeKeyField(field, fieldOf(fields, field.id), name, anyKeys[i])),
    priority: priority === undefined ? 0 : valueIn(priority.exact?.value ?? NO_BYTES, 32, name, '$MATCH_PRIORITY'),
  };
}

/** @param any what it is for a ternary field that matches any value */
function decodeKeyField(
  key: SchemaKey,
  field: wire.KeyField | undefined,
  table: string,
  any: KeyField | undefined,
): KeyField {
  const { name, width } = key;
  if (key.match === 'exact') {
    // As on switches, a missing field is 0.
    if (field === undefined) return { name, match: 'exact', value: 0 };
    if (!field.exact) throw new TargetError('unknown-field', `${table}: ${name} is matched exactly`);
    return { name, match: 'exact', value: valueIn(field.exact.value, width, table, name) };
  }
  if (field === undefined) return { name, match: 'ternary', value: 0, mask: 0 };
  if (!field.ternary) throw new TargetError('unknown-field', `${table}: ${name} takes a value and a mask`);
  const mask = valueIn(field.ternary.mask, width, table, name);
  const value = and48(valueIn(field.ternary.value, width, table, name), mask);
  return mask === 0 && any !== undefined ? any : { name, match: 'ternary', value, mask };
}

interface WithId {
  readonly field_id: number;
}

function fieldOf<Field extends WithId>(fields: readonly Field[], id: number): Field | undefined {
  for (const field of fields) if (field.field_id === id) return field;
  return undefined;
}

function named<Item extends { readonly name: string }>(items: readonly Item[], name: string): Item | undefined {
  for (const item of items) if (item.name === name) return item;
  return undefined;
}

/** What entries and their messages name in a table. */
interface TableIndex {
  /** As in the compiler. */
  readonly name: string;
  readonly actionByName: ReadonlyMap<string, SchemaAction>;
  readonly actionById: ReadonlyMap<number, SchemaAction>;
  /** By place of the key: the field of a message that matches any value; undefined for an exact one. */
  readonly anyFields: readonly (wire.KeyField | undefined)[];
  /** The same as fields of entries. */
  readonly anyKeys: readonly (KeyField | undefined)[];
}

const indexes = new WeakMap<SchemaTable, TableIndex>();

function indexOf(table: SchemaTable): TableIndex {
  const known = indexes.get(table);
  if (known !== undefined) return known;
  // Of two with one name or id, the first counts.
  const actions = table.actions.toReversed();
  const index: TableIndex = {
    name: shortName(table.name),
    actionByName: new Map(actions.map((action) => [action.name, action])),
    actionById: new Map(actions.map((action) => [action.id, action])),
    anyFields: table.keys.map((key) => (key.match === 'ternary' ? encodeKeyField(key, undefined, '') : undefined)),
    anyKeys: table.keys.map(({ name, match }) =>
      match === 'ternary' ? { name, match, value: 0, mask: 0 } : undefined,
    ),
  };
  indexes.set(table, index);
  return index;
}

const NO_FIELDS: readonly SchemaField[] = [];

const hasId = (known: readonly SchemaField[], id: number): boolean => {
  for (const field of known) if (field.id === id) return true;
  return false;
};

/** @throws {TargetError} for a field that is in neither list or given twice */
function requireKnown(
  fields: readonly WithId[],
  known: readonly SchemaField[],
  alsoKnown: readonly SchemaField[],
  what: string,
): void {
  for (const field of fields) {
    const { field_id: id } = field;
    if (!hasId(known, id) && !hasId(alsoKnown, id))
      throw new TargetError('unknown-field', `${what} has no field ${id}`);
    if (fieldOf(fields, id) !== field) throw new TargetError('unknown-field', `${what}: a field is given twice`);
  }
}

function valueIn(bytes: Uint8Array, width: number, owner: string, name: string): number {
  const value = bytesToValue(bytes, width);
  if (value === undefined)
    throw new TargetError('wrong-width', `${owner}: ${name} takes ${width} bits, not ${bytes.length} bytes`);
  return value;
}
