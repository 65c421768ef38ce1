/** The data planes that ship, and the loader of descriptions that extend them. */
import { ADD_ACTIONS, withAddedActions } from './add-actions.js';
import { DataPlane } from './data-plane.js';
import { DEFAULT_DESCRIPTION } from './default.js';
import type { DataPlaneDescription } from './description.js';
import { EXTENDED_DESCRIPTION } from './extended.js';
import { PUBLISHED_DESCRIPTION } from './published.js';
import { optionalKeys, shapeProblems } from './shape.js';
import { TOFINO1_DESCRIPTION } from './tofino1.js';
import { TOFINO2_DESCRIPTION } from './tofino2.js';
import { DataPlaneError } from './validate.js';

const BUILT_IN: Readonly<Record<string, DataPlaneDescription>> = {
  default: DEFAULT_DESCRIPTION,
  published: PUBLISHED_DESCRIPTION,
  tofino1: TOFINO1_DESCRIPTION,
  extended: EXTENDED_DESCRIPTION,
  tofino2: TOFINO2_DESCRIPTION,
};

/** The names for {@link builtInDataPlane}. */
export const BUILT_IN_DATA_PLANES: readonly string[] = Object.keys(BUILT_IN);

const resolved = new Map<string, DataPlane>();

/** A data plane that ships, or undefined for an unknown name. */
export function builtInDataPlane(name: string): DataPlane | undefined {
  // A name such as `constructor` is no key of its own.
  const description = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (description === undefined) return undefined;
  const known = resolved.get(name) ?? new DataPlane(description);
  resolved.set(name, known);
  return known;
}

/** The names of the data planes that ship of which this is so. */
export const planesWhere = (holds: (dataPlane: DataPlane) => boolean): readonly string[] =>
  BUILT_IN_DATA_PLANES.filter((name) => {
    const dataPlane = builtInDataPlane(name);
    return dataPlane !== undefined && holds(dataPlane);
  });

/** The data plane that is used by default. */
export function defaultDataPlane(): DataPlane {
  return builtInDataPlane('default') ?? new DataPlane(DEFAULT_DESCRIPTION);
}

/** Keys of a data plane file that no description has. */
const FILE_KEYS = ['extends', ADD_ACTIONS, '$schema'] as const;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const isObject = (value: unknown): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A data plane from JSON: `{"extends": "default", "name": "mine", …}`. Objects are merged key by key (so
 * `"rpbs": {"3": {"entries": 1024}}` changes one RPB); lists and plain values replace what they override. `addActions`
 * adds actions to RPBs: `{"all": ["not_har"], "1-4,7": ["backup"]}`. Its JSON schema: docs/data-plane.schema.json.
 * @throws {DataPlaneError} for unknown bases, unknown keys, values of a wrong type, and descriptions that are not valid
 */
export function dataPlaneFromJson(json: unknown): DataPlane {
  if (!isObject(json)) throw new DataPlaneError('?', ['a JSON object is expected']);
  const { extends: base, $schema: _forEditors, [ADD_ACTIONS]: added, ...overrides } = json;
  const name = typeof json['name'] === 'string' ? json['name'] : '?';
  if (typeof base !== 'string' || !Object.hasOwn(BUILT_IN, base)) {
    throw new DataPlaneError(name, [`"extends" must name one of ${BUILT_IN_DATA_PLANES.join(', ')}`]);
  }
  if (name === '?' || Object.hasOwn(BUILT_IN, name)) {
    throw new DataPlaneError(name, ['"name" must be given and differ from the built-in names']);
  }
  const problems: string[] = [];
  const merged = merge(BUILT_IN[base] as unknown as Json, overrides, '', problems);
  if (problems.length === 0 && isObject(merged)) problems.push(...shapeProblems(merged));
  if (problems.length > 0) throw new DataPlaneError(name, problems);
  const plane = new DataPlane(merged as unknown as DataPlaneDescription);
  if (added === undefined) return plane;
  const description = withAddedActions(plane, added, problems);
  if (problems.length > 0) throw new DataPlaneError(name, problems);
  return new DataPlane(description);
}

/** Objects to which a description may add names. */
const OPEN_TABLES = /^(headers|headers\.\w+\.parts|aliases|parser\.states)$/;
/** Keys that a description may have although its base does not have them. */
const OPTIONAL_KEYS =
  /^(chip|headers\.\w+\.(parts|lengthWords|valid)|parser\.states\.\w+\.(only|skip|select)|rpbs\.\d+\.words|ports\.discard|replication|init\.unforwarded)$/;

function merge(base: Json, override: Json, path: string, problems: string[]): Json {
  if (!isObject(base) || !isObject(override)) {
    const kind = (value: Json): string => {
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'a list';
      return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
    };
    if (kind(base) !== kind(override)) problems.push(`${path}: found ${kind(override)}, expected ${kind(base)}`);
    return override;
  }
  const result: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(override)) {
    const here = path === '' ? key : `${path}.${key}`;
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    if (old !== undefined) result[key] = merge(old, value, here, problems);
    else if (key === '__proto__') problems.push(`${here}: unknown key`);
    else if (OPEN_TABLES.test(path) || OPTIONAL_KEYS.test(here)) result[key] = value;
    else problems.push(`${here}: unknown key; ${knownKeys(path, base)}`);
  }
  return result;
}

function knownKeys(path: string, base: object): string {
  const keys = Object.keys(base);
  if (path === 'rpbs') return `there are RPBs 1 to ${keys.length}`;
  const ofFile = path === '' ? FILE_KEYS : [];
  return `known are ${[...new Set([...ofFile, ...keys, ...optionalKeys(path)])].join(', ')}`;
}

/** Whether a value of JSON has the shape of a whole description; what it says may still be wrong. */
const isDescription = (json: unknown): json is DataPlaneDescription =>
  isObject(json) && shapeProblems(json).length === 0;

/**
 * A data plane from its whole description as JSON, which extends no other.
 * @throws {DataPlaneError} for unknown keys, values of a wrong type, and descriptions that are not valid
 */
export function dataPlaneFromDescription(json: unknown): DataPlane {
  if (isDescription(json)) return new DataPlane(json);
  throw new DataPlaneError('?', isObject(json) ? shapeProblems(json) : ['a JSON object is expected']);
}
