/** bf-rt.json, the document in which a switch describes its tables: written from a schema, and read into one. */
import { DomainError } from '../../compiler/index.js';
import {
  PRIORITY,
  type SchemaField,
  type SchemaKey,
  type SchemaTable,
  SYNC_COUNTERS,
  schemaOf,
  type TableSchema,
} from './table-schema.js';

const SCHEMA_VERSION = '1.0.0';
const DEFAULT_ONLY = 'DefaultOnly';
const COUNTED_PACKETS = [{ name: '$bfrt_field_class', value: 'counter_spec_data' }] as const;

/** The bf-rt.json of a program. */
export function bfRtJson({ tables }: TableSchema): string {
  return JSON.stringify({
    schema_version: SCHEMA_VERSION,
    tables: tables.map((table) => (table.kind === 'match' ? matchJson(table) : registerJson(table))),
    learn_filters: [],
  });
}

const bytesType = (width: number) => ({ type: 'bytes', width });
const UINT32 = { type: 'uint32' };

function keyJson({ id, name, match, width }: SchemaKey, type: object = bytesType(width), mandatory = false) {
  const match_type = match === 'exact' ? 'Exact' : 'Ternary';
  return { id, name, repeated: false, annotations: [], mandatory, match_type, type };
}

function dataJson({ id, name, width }: SchemaField, annotations: readonly object[] = []) {
  return { id, name, repeated: false, mandatory: true, read_only: false, annotations, type: bytesType(width) };
}

function matchJson({ id, name, size, keys, priority, actions, data }: SchemaTable) {
  return {
    name,
    id,
    table_type: 'MatchAction_Direct',
    size,
    annotations: [],
    depends_on: [],
    has_const_default_action: true,
    key: [...keys.map((key) => keyJson(key)), ...(priority ? [keyJson({ ...priority, match: 'exact' }, UINT32)] : [])],
    action_specs: actions.map((action) => ({
      id: action.id,
      name: action.name,
      action_scope: action.defaultOnly ? DEFAULT_ONLY : 'TableAndDefault',
      annotations: action.defaultOnly ? [{ name: '@defaultonly' }] : [],
      data: action.parameters.map((parameter) => dataJson(parameter)),
    })),
    data: data.map((field) => {
      const { mandatory: _, read_only, ...singleton } = dataJson(field, COUNTED_PACKETS);
      return { mandatory: false, read_only, singleton: { ...singleton, type: { type: 'uint64', default_value: 0 } } };
    }),
    supported_operations: data.length > 0 ? [SYNC_COUNTERS] : [],
    attributes: ['EntryScope'],
  };
}

function registerJson({ id, name, size, keys, data }: SchemaTable) {
  const word = [{ name: '$bfrt_field_class', value: 'register_data' }];
  return {
    name,
    id,
    table_type: 'Register',
    size,
    annotations: [],
    depends_on: [],
    key: keys.map((key) => keyJson(key, UINT32, true)),
    data: data.map((field) => {
      const { mandatory, read_only, ...singleton } = dataJson(field, word);
      return { mandatory, read_only, singleton };
    }),
    supported_operations: ['Sync'],
    attributes: [],
  };
}

/** A document that is not a bf-rt.json; the message is the end of a sentence. */
export class BfRtJsonError extends DomainError {
  override readonly name = 'BfRtJsonError';
  readonly code = 'not-a-schema';
  readonly ends = 'bad-input';
}

/** Reads match tables and registers; other kinds of tables are ignored. @throws {BfRtJsonError} */
export function readBfRtJson(text: string): TableSchema {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new BfRtJsonError(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return schemaOf(list(field(document, 'tables'), 'tables').flatMap(tableOf));
}

function tableOf(json: unknown): SchemaTable[] {
  const kind = KINDS.get(text(field(json, 'table_type'), 'table_type'));
  if (kind === undefined) return [];
  const name = text(field(json, 'name'), 'name');
  const keys = list(field(json, 'key'), `keys of ${name}`).map(keyOf);
  const actions = kind === 'register' ? [] : list(field(json, 'action_specs'), `actions of ${name}`);
  const data = list(field(json, 'data'), `data of ${name}`);
  return [
    {
      id: number(field(json, 'id'), `id of ${name}`),
      name,
      kind,
      size: number(field(json, 'size'), `size of ${name}`),
      keys: keys.filter((key) => key.name !== PRIORITY.name),
      priority: keys.find((key) => key.name === PRIORITY.name),
      actions: actions.map((action) => ({
        id: number(field(action, 'id'), `id of an action of ${name}`),
        name: text(field(action, 'name'), `name of an action of ${name}`),
        parameters: list(field(action, 'data'), `parameters of an action of ${name}`).map(fieldOf),
        defaultOnly: field(action, 'action_scope') === DEFAULT_ONLY,
      })),
      data: data.flatMap((item) => {
        const singleton = field(item, 'singleton');
        // Data of match tables may be a choice of several, which nothing here uses.
        return singleton === undefined && kind === 'match' ? [] : [fieldOf(singleton)];
      }),
    },
  ];
}

const KINDS: ReadonlyMap<string, SchemaTable['kind']> = new Map([
  ['MatchAction_Direct', 'match'],
  ['Register', 'register'],
]);

const WIDTHS: ReadonlyMap<string, number> = new Map([
  ['uint8', 8],
  ['uint16', 16],
  ['uint32', 32],
  ['uint64', 64],
]);

function fieldOf(json: unknown): SchemaField {
  const name = text(field(json, 'name'), 'name of a field');
  const type = field(json, 'type');
  const typeName = text(field(type, 'type'), `type of ${name}`);
  const width = typeName === 'bytes' ? number(field(type, 'width'), `width of ${name}`) : (WIDTHS.get(typeName) ?? 0);
  return { id: number(field(json, 'id'), `id of ${name}`), name, width };
}

function keyOf(json: unknown): SchemaKey {
  const match = text(field(json, 'match_type'), 'match_type');
  if (match !== 'Exact' && match !== 'Ternary') throw new BfRtJsonError(`has a key of match type ${match}`);
  return { ...fieldOf(json), match: match === 'Exact' ? 'exact' : 'ternary' };
}

/** An own property of an object; undefined if there is none. */
function field(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, name)
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new BfRtJsonError(`has no ${what}`);
  return value;
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new BfRtJsonError(`has no ${what}`);
  return value;
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new BfRtJsonError(`has no ${what}`);
  return value;
}
