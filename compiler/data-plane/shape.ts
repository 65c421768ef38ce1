/** Holds what a user's JSON made of a description against its shape (see extend.ts). */
import { DESCRIPTION_SHAPE, type ObjectShape, type Shape } from './description-shape.js';
import { must } from './must.js';
import { valueText } from './thrown-text.js';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The problems with the shape of a description merged from JSON; empty when it is valid. */
export function shapeProblems(description: JsonObject): string[] {
  const problems: string[] = [];
  checkShape(description, DESCRIPTION_SHAPE, '', problems);
  return problems;
}

/** The keys that may be at a path of a description (`rpbs.3`), besides those that must be. */
export function optionalKeys(path: string): readonly string[] {
  const steps = path === '' ? [] : path.split('.');
  const shape = steps.reduce<Shape | undefined>(shapeBelow, DESCRIPTION_SHAPE);
  return shape?.type === 'object' ? Object.keys(shape.optional) : [];
}

function shapeBelow(shape: Shape | undefined, key: string): Shape | undefined {
  if (shape?.type === 'table') return shape.values;
  if (shape?.type !== 'object') return undefined;
  const { required, optional } = shape;
  return Object.hasOwn(required, key) ? required[key] : Object.hasOwn(optional, key) ? optional[key] : undefined;
}

const PLAIN = { text: 'string', flag: 'boolean', number: 'number' } as const;

function checkShape(value: unknown, shape: Shape, path: string, problems: string[]): void {
  switch (shape.type) {
    case 'text':
    case 'flag':
    case 'number':
      if (typeof value !== PLAIN[shape.type]) problems.push(`${path}: a ${PLAIN[shape.type]} is expected`);
      return;
    case 'choice':
      if (typeof value !== 'string' || !shape.of.includes(value)) {
        problems.push(`${path}: ${valueText(value)} is not ${choiceText(shape.of)}`);
      }
      return;
    case 'list':
      if (!Array.isArray(value)) problems.push(`${path}: a list is expected`);
      else for (const [i, item] of value.entries()) checkShape(item, shape.items, `${path}[${i}]`, problems);
      return;
    case 'table':
    case 'object':
      if (!isObject(value)) problems.push(`${path}: an object is expected`);
      else if (shape.type === 'object') checkObject(value, shape, path, problems);
      else
        for (const [name, item] of Object.entries(value)) checkShape(item, shape.values, `${path}.${name}`, problems);
  }
}

const choiceText = (names: readonly string[]): string =>
  names.length === 1 ? `'${String(names[0])}'` : `one of ${names.join(', ')}`;

function checkObject(value: JsonObject, shape: ObjectShape, path: string, problems: string[]): void {
  const { required, optional } = shape;
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  for (const [key, item] of Object.entries(required)) checkShape(value[key], item, at(key), problems);
  for (const [key, item] of Object.entries(value)) {
    if (Object.hasOwn(optional, key)) checkShape(item, must(optional[key], `shape of ${key}`), at(key), problems);
    else if (!Object.hasOwn(required, key)) {
      const known = [...Object.keys(required), ...Object.keys(optional)];
      problems.push(`${at(key)}: unknown key; known are ${known.join(', ')}`);
    }
  }
}
