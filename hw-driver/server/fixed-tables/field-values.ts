/** Encoding and decoding of values of fixed tables as fields of messages. */

import { status } from '@grpc/grpc-js';
import { must } from '../../../compiler/data-plane/must.js';
import type * as wire from '../../bfruntime/messages.js';
import { RpcError } from '../../bfruntime/rpc-error.js';
import { bytesToValue, valueToBytes } from '../../bfruntime/values.js';
import type { FieldType, FixedField, FixedTable } from './fixed-schema.js';

export type FixedValue = string | number | boolean;

/** Bits of numbers that are sent as bytes; of 64 bits, the counters use 48. */
const BITS: Partial<Record<FieldType, number>> = { uint8: 8, uint16: 16, uint32: 32, int32: 32, uint64: 64 };
const MAX_BITS = 48;

const invalid = (message: string): RpcError => new RpcError(status.INVALID_ARGUMENT, message);

export function encodeField(field: FixedField, value: FixedValue | readonly FixedValue[]): wire.DataField {
  const { id: field_id, type } = field;
  if (typeof value === 'object') {
    return type === 'bool'
      ? { field_id, bool_arr_val: { val: value.map(Boolean) } }
      : { field_id, int_arr_val: { val: value.map(Number) } };
  }
  if (typeof value === 'string') return { field_id, str_val: value };
  if (typeof value === 'boolean') return { field_id, bool_val: value };
  return type === 'float' ? { field_id, float_val: value } : { field_id, stream: numberBytes(type, value) };
}

function numberBytes(type: FieldType, value: number): Uint8Array {
  const bits = must(BITS[type], `width of type ${type}`);
  const unsigned = value < 0 ? value + 2 ** bits : value;
  const bytes = new Uint8Array(bits / 8);
  const low = valueToBytes(unsigned, Math.min(bits, MAX_BITS));
  bytes.set(low, bytes.length - low.length);
  return bytes;
}

/** @throws {RpcError} for a value of another type, or one that the field cannot have */
export function decodeField(field: FixedField, sent: wire.DataField): FixedValue {
  const { name, type, choices } = field;
  switch (type) {
    case 'string':
      if (sent.value !== 'str_val' || sent.str_val === undefined) throw invalid(`${name} takes a text`);
      if (choices !== undefined && !choices.includes(sent.str_val)) {
        throw invalid(`${name} takes ${choices.join(', ')}, not ${sent.str_val}`);
      }
      return sent.str_val;
    case 'bool':
      if (sent.value !== 'bool_val' || sent.bool_val === undefined) throw invalid(`${name} takes a truth value`);
      return sent.bool_val;
    case 'float':
      if (sent.value !== 'float_val' || sent.float_val === undefined) throw invalid(`${name} takes a float`);
      return sent.float_val;
    default:
      if (sent.value !== 'stream' || sent.stream === undefined) throw invalid(`${name} takes a number, as bytes`);
      return numberIn(field, sent.stream);
  }
}

function numberIn({ name, type }: FixedField, bytes: Uint8Array): number {
  const bits = must(BITS[type], `width of type ${type}`);
  const spare = Math.max(0, bits - MAX_BITS) / 8;
  const low = bytes.subarray(spare);
  const value = bytes.subarray(0, spare).every((byte) => byte === 0)
    ? bytesToValue(low, Math.min(bits, MAX_BITS))
    : undefined;
  if (value === undefined) throw invalid(`${name} takes ${bits} bits, not ${bytes.length} bytes of this value`);
  return type === 'int32' && value >= 2 ** 31 ? value - 2 ** 32 : value;
}

/** The values of a key in the order of the table. @throws {RpcError} */
export function decodeKey(table: FixedTable, message: wire.TableEntry): FixedValue[] {
  const fields = message.key?.fields ?? [];
  const unknown = fields.find(({ field_id }) => !table.keys.some(({ id }) => id === field_id));
  if (unknown !== undefined) throw invalid(`${table.name} has no key ${unknown.field_id}`);
  return table.keys.map((key) => {
    const bytes = fields.find(({ field_id }) => field_id === key.id)?.exact?.value;
    if (bytes === undefined) throw invalid(`${table.name} needs the key ${key.name}`);
    return key.type === 'string' ? Buffer.from(bytes).toString('utf8') : numberIn(key, bytes);
  });
}

export function encodeKey(table: FixedTable, values: readonly FixedValue[]): NonNullable<wire.TableEntry['key']> {
  const fields = table.keys.map(({ id, type }, i) => {
    const value = values[i];
    const bytes = typeof value === 'number' ? numberBytes(type, value) : Buffer.from(String(value));
    return { field_id: id, exact: { value: bytes } };
  });
  return { fields };
}

/**
 * The values of an update by the names of fields.
 * @throws {RpcError} for fields that are unknown, read only or given twice
 */
export function decodeData(table: FixedTable, message: wire.TableEntry): Map<string, FixedValue> {
  const values = new Map<string, FixedValue>();
  for (const sent of message.data?.fields ?? []) {
    const field = table.data.find(({ id }) => id === sent.field_id);
    if (field === undefined) throw invalid(`${table.name} has no field ${sent.field_id}`);
    if (field.readOnly) throw invalid(`${field.name} can only be read`);
    if (values.has(field.name)) throw invalid(`${field.name} is given twice`);
    values.set(field.name, decodeField(field, sent));
  }
  return values;
}

/**
 * As {@link decodeData}, of tables with lists: each value as a list.
 * @throws {RpcError}
 */
export function decodeLists(table: FixedTable, message: wire.TableEntry): Map<string, readonly FixedValue[]> {
  const values = new Map<string, readonly FixedValue[]>();
  for (const sent of message.data?.fields ?? []) {
    const field = table.data.find(({ id }) => id === sent.field_id);
    if (field === undefined) throw invalid(`${table.name} has no field ${sent.field_id}`);
    if (values.has(field.name)) throw invalid(`${field.name} is given twice`);
    values.set(field.name, field.repeated === true ? listIn(field, sent) : [decodeField(field, sent)]);
  }
  return values;
}

function listIn({ name, type }: FixedField, sent: wire.DataField): readonly FixedValue[] {
  if (type === 'bool') {
    if (sent.value !== 'bool_arr_val') throw invalid(`${name} takes a list of truth values`);
    return sent.bool_arr_val?.val ?? [];
  }
  if (sent.value !== 'int_arr_val') throw invalid(`${name} takes a list of numbers`);
  const bits = must(BITS[type], `width of type ${type}`);
  const list = sent.int_arr_val?.val ?? [];
  const wide = list.find((value) => value >= 2 ** bits);
  if (wide !== undefined) throw invalid(`${name} takes numbers of ${bits} bits, not ${wide}`);
  return list;
}

/** An entry with the requested fields; by default all. @throws {RpcError} */
export function encodeEntry(
  table: FixedTable,
  asked: wire.TableEntry,
  key: readonly FixedValue[],
  valueIn: (field: FixedField) => FixedValue | readonly FixedValue[],
): wire.Entity {
  const wanted = (asked.data?.fields ?? []).map(({ field_id }) => field_id);
  const unknown = wanted.find((id) => !table.data.some((field) => field.id === id));
  if (unknown !== undefined) throw invalid(`${table.name} has no field ${unknown}`);
  const keyOnly = asked.table_flags?.key_only === true || asked.table_read_flag?.key_only === true;
  const fields = table.data.filter(({ id }) => !keyOnly && (wanted.length === 0 || wanted.includes(id)));
  return {
    table_entry: {
      table_id: table.id,
      key: encodeKey(table, key),
      ...(keyOnly ? {} : { data: { fields: fields.map((field) => encodeField(field, valueIn(field))) } }),
    },
  };
}
