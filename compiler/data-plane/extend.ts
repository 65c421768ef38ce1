/** The data planes that ship, and the loader of descriptions that extend them. */
import { DataPlane } from './data-plane.js';
import { DEFAULT_DESCRIPTION } from './default.js';
import type { DataPlaneDescription } from './description.js';
import { PUBLISHED_DESCRIPTION } from './published.js';
import { shapeProblems } from './shape.js';
import { TOFINO1_DESCRIPTION } from './tofino1.js';
import { DataPlaneError } from './validate.js';

const BUILT_IN: Readonly<Record<string, DataPlaneDescription>> = {
  default: DEFAULT_DESCRIPTION,
  published: PUBLISHED_DESCRIPTION,
  tofino1: TOFINO1_DESCRIPTION,
};

/** Names that {@link builtInDataPlane} knows. */
export const BUILT_IN_DATA_PLANES: readonly string[] = Object.keys(BUILT_IN);

const resolved = new Map<string, DataPlane>();

/** A data plane that ships, or undefined for an unknown name. */
export function builtInDataPlane(name: string): DataPlane | undefined {
  const description = BUILT_IN[name];
  if (description === undefined) return undefined;
  const known = resolved.get(name) ?? new DataPlane(description);
  resolved.set(name, known);
  return known;
}

/** The data plane that everything uses unless told otherwise. */
export function defaultDataPlane(): DataPlane {
  return builtInDataPlane('default') ?? new DataPlane(DEFAULT_DESCRIPTION);
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const isObject = (value: unknown): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A data plane from JSON: `{"extends": "default", "name": "mine", …}`. Objects are merged key by key (so
 * `"rpbs": {"3": {"entries": 1024}}` changes one RPB); lists and plain values replace what they override.
 * @throws {DataPlaneError} for unknown bases, unknown keys, values of another type, and what validation finds
 */
export function dataPlaneFromJson(json: unknown): DataPlane {
  if (!isObject(json)) throw new DataPlaneError('?', ['a description is a JSON object']);
  const { extends: base, ...overrides } = json;
  const name = typeof json['name'] === 'string' ? json['name'] : '?';
  if (typeof base !== 'string' || !Object.hasOwn(BUILT_IN, base)) {
    throw new DataPlaneError(name, [`"extends" must name one of ${BUILT_IN_DATA_PLANES.join(', ')}`]);
  }
  if (name === '?' || Object.hasOwn(BUILT_IN, name)) {
    throw new DataPlaneError(name, ['"name" must be a name of its own']);
  }
  const problems: string[] = [];
  const merged = merge(BUILT_IN[base] as unknown as Json, overrides, '', problems);
  if (problems.length === 0 && isObject(merged)) problems.push(...shapeProblems(merged));
  if (problems.length > 0) throw new DataPlaneError(name, problems);
  return new DataPlane(merged as unknown as DataPlaneDescription);
}

/** Tables keyed by a name that the user may add to. */
const OPEN_TABLES = new Set(['headers', 'aliases', 'parser.states']);
/** Keys that a description may have although its base lacks them. */
const OPTIONAL_KEYS =
  /^(headers\.\w+\.(lengthWords|valid)|parser\.states\.\w+\.(only|select)|ports\.discard|init\.unforwarded)$/;

function merge(base: Json, override: Json, path: string, problems: string[]): Json {
  if (!isObject(base) || !isObject(override)) {
    const kind = (value: Json): string => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);
    if (kind(base) !== kind(override)) problems.push(`${path}: a ${kind(override)} where a ${kind(base)} is needed`);
    return override;
  }
  const result: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(override)) {
    const here = path === '' ? key : `${path}.${key}`;
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    if (old !== undefined) result[key] = merge(old, value, here, problems);
    else if (key === '__proto__') problems.push(`${here}: unknown key`);
    else if (OPEN_TABLES.has(path) || OPTIONAL_KEYS.test(here)) result[key] = value;
    else problems.push(`${here}: unknown key`);
  }
  return result;
}
