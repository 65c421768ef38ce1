/** Fields of a JSON document: what they may be, as a check of a user's document and as its JSON schema. */
import { nearest } from '../../compiler/index.js';
import type { JsonPath } from './json-places.js';

export type Field = { readonly about?: string } & (
  | { readonly type: 'number'; readonly whole: boolean; readonly least: number; readonly most: number }
  | { readonly type: 'text' }
  | { readonly type: 'constant'; readonly value: string }
  | { readonly type: 'list'; readonly items: Field; readonly length?: number }
  /** By names of the document's own. */
  | { readonly type: 'table'; readonly values: Field; readonly names: RegExp; readonly namesText: string }
  | ObjectField
  | { readonly type: 'either'; readonly of: readonly Field[] }
);

export interface ObjectField {
  readonly type: 'object';
  readonly about?: string;
  readonly required: Readonly<Record<string, Field>>;
  readonly optional: Readonly<Record<string, Field>>;
}

/** Something wrong with a document. */
export interface Mistake {
  readonly path: JsonPath;
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 9 });

const KINDS: Readonly<Record<Field['type'], string>> = {
  number: 'a number',
  text: 'a text',
  constant: 'a text',
  list: 'a list',
  table: 'an object',
  object: 'an object',
  either: 'a value',
};

/** What a field takes, for a sentence. */
function expected(field: Field): string {
  switch (field.type) {
    case 'number':
      return `a ${field.whole ? 'whole ' : ''}number from ${number(field.least)} to ${number(field.most)}`;
    case 'constant':
      return `"${field.value}"`;
    case 'list':
      return field.length === undefined ? 'a list' : `a list of ${field.length}`;
    case 'either':
      return field.of.map(expected).join(' or ');
    default:
      return KINDS[field.type];
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return 'a number beyond all bounds';
  const text = JSON.stringify(value);
  const MOST = 40;
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

/** Whether a value is of the field's kind, apart from what is in it. */
function accepts(value: unknown, field: Field): boolean {
  switch (field.type) {
    case 'number':
      return (
        typeof value === 'number' &&
        value >= field.least &&
        value <= field.most &&
        (!field.whole || Number.isInteger(value))
      );
    case 'text':
      return typeof value === 'string';
    case 'constant':
      return value === field.value;
    case 'list':
      return Array.isArray(value) && (field.length === undefined || value.length === field.length);
    case 'table':
    case 'object':
      return isObject(value);
    case 'either':
      return field.of.some((one) => accepts(value, one));
  }
}

/** Adds all that is wrong with a value to a list. */
export function checkField(value: unknown, field: Field, path: JsonPath, mistakes: Mistake[]): void {
  if (!accepts(value, field)) {
    mistakes.push({ path, message: `found ${shown(value)}, expected ${expected(field)}` });
    return;
  }
  if (field.type === 'list' && Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkField(item, field.items, [...path, i], mistakes);
  }
  if (field.type === 'table' && isObject(value)) checkTable(value, field, path, mistakes);
  if (field.type === 'object' && isObject(value)) checkObject(value, field, path, mistakes);
  if (field.type === 'either') {
    const one = field.of.find((each) => accepts(value, each));
    if (one !== undefined) checkField(value, one, path, mistakes);
  }
}

function checkTable(
  value: JsonObject,
  { values, names, namesText }: Field & { readonly type: 'table' },
  path: JsonPath,
  mistakes: Mistake[],
): void {
  for (const [name, item] of Object.entries(value)) {
    const at = [...path, name];
    if (!names.test(name)) mistakes.push({ path: at, message: `found the key ${shown(name)}, expected ${namesText}` });
    else checkField(item, values, at, mistakes);
  }
}

function checkObject(
  value: JsonObject,
  { required, optional }: ObjectField,
  path: JsonPath,
  mistakes: Mistake[],
): void {
  const known = { ...required, ...optional };
  for (const [key, field] of Object.entries(required)) {
    if (Object.hasOwn(value, key)) continue;
    mistakes.push({ path, message: `"${key}" is missing`, hint: `add "${key}": ${expected(field)}` });
  }
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, key];
    const field = Object.hasOwn(known, key) ? known[key] : undefined;
    if (field !== undefined) checkField(item, field, at, mistakes);
    else mistakes.push({ path: at, message: `unknown key "${key}"`, hint: nameHint(key, Object.keys(known)) });
  }
}

/** The name that a misspelt one is nearest to, or all names. */
export function nameHint(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near !== undefined) return `did you mean "${near}"?`;
  return names.length === 0 ? 'there are none' : `known are ${names.join(', ')}`;
}

type Schema = { readonly [key: string]: unknown };

/** The JSON schema (draft 2020-12) of a field. */
export function schemaOf(field: Field): Schema {
  const about = field.about === undefined ? {} : { description: field.about };
  switch (field.type) {
    case 'number':
      return { ...about, type: field.whole ? 'integer' : 'number', minimum: field.least, maximum: field.most };
    case 'text':
      return { ...about, type: 'string' };
    case 'constant':
      return { ...about, const: field.value };
    case 'list': {
      const { length } = field;
      const bounds = length === undefined ? {} : { minItems: length, maxItems: length };
      return { ...about, type: 'array', items: schemaOf(field.items), ...bounds };
    }
    case 'table':
      return {
        ...about,
        type: 'object',
        propertyNames: { pattern: field.names.source },
        additionalProperties: schemaOf(field.values),
      };
    case 'object': {
      const all = Object.entries({ ...field.required, ...field.optional });
      return {
        ...about,
        type: 'object',
        properties: Object.fromEntries(all.map(([key, value]) => [key, schemaOf(value)])),
        required: Object.keys(field.required),
        additionalProperties: false,
      };
    }
    case 'either':
      return { ...about, anyOf: field.of.map(schemaOf) };
  }
}
