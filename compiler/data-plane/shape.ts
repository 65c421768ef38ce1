/**
 * The shapes of the parts of a description that a user's JSON replaces or extends: lists, and objects with new names.
 * All other values are merged into a built-in description and so have its types (see extend.ts).
 */
import { must } from './must.js';

/** The type of a JSON value: a plain type, a list, an object by names, or an object with these keys. */
type Shape =
  | 'string'
  | 'number'
  | { readonly list: Shape }
  | { readonly table: Shape }
  | { readonly object: Readonly<Record<string, Shape>>; readonly optional?: Readonly<Record<string, Shape>> };

const FIELD_VALUE: Shape = { object: { field: 'string', value: 'number' } };

const SHAPES: Readonly<Record<string, Shape>> = {
  headers: {
    table: {
      object: { fields: { list: { object: { name: 'string', width: 'number' } } } },
      optional: {
        parts: { table: { object: { field: 'string', bitOffset: 'number', width: 'number' } } },
        lengthWords: 'string',
        valid: { list: { object: { field: 'string', minimum: 'number', maximum: 'number' } } },
      },
    },
  },
  parser: {
    object: {
      start: 'string',
      states: {
        table: {
          object: { extract: { list: 'string' } },
          optional: {
            only: FIELD_VALUE,
            select: {
              object: { field: 'string', next: { list: { object: { value: 'number', state: 'string' } } } },
            },
          },
        },
      },
    },
  },
  intrinsics: { list: { object: { name: 'string', width: 'number', gress: 'string' } } },
  aliases: { table: { object: { field: 'string' }, optional: { protocol: 'number' } } },
};
const FILTERS: Shape = {
  list: {
    object: { name: 'string', path: 'string', requires: 'string', keys: { list: 'string' }, entries: 'number' },
    optional: { unreachable: 'string' },
  },
};
const ACTIONS: Shape = { list: 'string' };

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The problems with the shape of a description merged from JSON; empty when it is valid. */
export function shapeProblems(description: JsonObject): string[] {
  const problems: string[] = [];
  for (const [key, shape] of Object.entries(SHAPES)) checkShape(description[key], shape, key, problems);
  const { init, rpbs } = description;
  if (isObject(init)) checkShape(init['filters'], FILTERS, 'init.filters', problems);
  for (const [number, rpb] of Object.entries(isObject(rpbs) ? rpbs : {})) {
    if (isObject(rpb)) checkShape(rpb['actions'], ACTIONS, `rpbs.${number}.actions`, problems);
  }
  return problems;
}

function checkShape(value: unknown, shape: Shape, path: string, problems: string[]): void {
  if (typeof shape === 'string') {
    if (typeof value !== shape) problems.push(`${path}: a ${shape} is expected`);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) problems.push(`${path}: a list is expected`);
    else for (const [i, item] of value.entries()) checkShape(item, shape.list, `${path}[${i}]`, problems);
  } else if (!isObject(value)) {
    problems.push(`${path}: an object is expected`);
  } else if ('table' in shape) {
    for (const [name, item] of Object.entries(value)) checkShape(item, shape.table, `${path}.${name}`, problems);
  } else {
    const { object, optional = {} } = shape;
    for (const [key, item] of Object.entries(object)) checkShape(value[key], item, `${path}.${key}`, problems);
    for (const [key, item] of Object.entries(value)) {
      if (Object.hasOwn(optional, key))
        checkShape(item, must(optional[key], `shape of ${key}`), `${path}.${key}`, problems);
      else if (!Object.hasOwn(object, key)) problems.push(`${path}.${key}: unknown key`);
    }
  }
}
