/** The sweep file: a grid of cells and what is measured of each; its JSON schema is docs/sweep.schema.json. */
import { dirname } from 'node:path';
import { DomainError, isPowerOfTwo } from '../../../compiler/index.js';
import {
  checkField,
  type Field,
  type JsonPath,
  JsonPlaces,
  type Mistake,
  mistakesText,
  nameHint,
  schemaOf,
} from '../../../hw-driver/network/index.js';
import { readInput, reasonOf } from '../../../traces/system/index.js';
import { MEASURE_NAMES, MEASURES, type MeasureName, measureOf } from './measures.js';
import { byParameter, PARAMETER_NAMES, type ParameterName, type ParameterValue, parameterOf } from './parameters.js';
import { type Where, whereOf } from './where.js';
import { WhereError } from './where-tokens.js';

export const SWEEP_SCHEMA = 'p4runpro-bench/sweep@1';

/** Numbers from, to and with the step between them. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly step?: number;
}

/** The values of a parameter. */
export type Axis = readonly ParameterValue[] | Range;

/** A sweep as its file has it. */
export interface SweepFile {
  readonly schema: typeof SWEEP_SCHEMA;
  readonly grid: Readonly<Partial<Record<ParameterName, Axis>>>;
  readonly where?: string;
  readonly measure: MeasureName;
  readonly options?: Readonly<Partial<Record<ParameterName, ParameterValue>>>;
}

/** A sweep file that was read. */
export interface ReadSweep {
  readonly file: SweepFile;
  readonly where: Where;
  /** For messages. */
  readonly path: string;
  /** To which the paths in it are relative. */
  readonly folder: string;
  /** An error of the file at a place in it. */
  readonly wrong: (path: JsonPath, message: string, hint?: string) => SweepError;
}

/** Thrown for a sweep file with mistakes; the message has a line for each. */
export class SweepError extends DomainError {
  override readonly name = 'SweepError';
  readonly code = 'not-a-sweep';
  readonly ends = 'bad-input';
}

const MAX_BYTES = 4 * 1024 * 1024;
/** More cells are refused before any is made. */
export const MAX_CELLS = 1_000_000;
const MAX_NUMBER = 2 ** 53 - 1;
const DEFAULT_STEP = 1;

const step = (about: string): Field => ({ type: 'number', whole: false, least: -MAX_NUMBER, most: MAX_NUMBER, about });

const RANGE: Field = {
  type: 'object',
  about: 'Numbers at equal distances, both ends included',
  required: { from: step('The first'), to: step('The last, if a step ends there') },
  optional: {
    step: { type: 'number', whole: false, least: 1e-9, most: MAX_NUMBER, about: 'Their distance; default: 1' },
  },
};

function axisField(name: ParameterName): Field {
  const { field, kind } = parameterOf(name);
  const list: Field = { type: 'list', items: field };
  const about = field.about ?? name;
  return kind === 'number' ? { type: 'either', of: [list, RANGE], about } : { ...list, about };
}

const fieldsOf = (of: (name: ParameterName) => Field): Readonly<Record<string, Field>> =>
  Object.fromEntries(PARAMETER_NAMES.map((name) => [name, of(name)]));

const SWEEP_FIELDS: Field = {
  type: 'object',
  required: {
    schema: { type: 'constant', value: SWEEP_SCHEMA, about: 'The version of this format' },
    grid: {
      type: 'object',
      about: 'Values by parameter: each combination of them is a cell',
      required: {},
      optional: fieldsOf(axisField),
    },
    measure: {
      type: 'either',
      of: MEASURE_NAMES.map((value) => ({ type: 'constant', value, about: MEASURES[value].about })),
      about: 'What is measured of each cell',
    },
  },
  optional: {
    $schema: { type: 'text', about: 'This schema, for editors' },
    where: {
      type: 'text',
      about: "Which cells are run, for example memory <= 4096 || workload != 'hll'; default: all",
    },
    options: {
      type: 'object',
      about: 'Values of parameters that are the same in all cells',
      required: {},
      optional: fieldsOf((name) => parameterOf(name).field),
    },
  },
};

/** The schema of a sweep file. */
export const sweepSchema = () => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A sweep of bench: a grid of cells, and what is measured of each',
  ...schemaOf(SWEEP_FIELDS),
});

/** @throws {SweepError} for a file that cannot be read, is no JSON, or has mistakes */
export function readSweep(path: string): ReadSweep {
  let text: string;
  try {
    text = readInput(path, MAX_BYTES).toString('utf8');
  } catch (error) {
    throw new SweepError(`${path}: ${reasonOf(error)}`);
  }
  return sweepFromText(text, path, dirname(path));
}

/** @param path for messages @param folder to which the paths in the text are relative @throws {SweepError} */
export function sweepFromText(text: string, path: string, folder: string): ReadSweep {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SweepError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const places = new JsonPlaces(text);
  const mistakes: Mistake[] = places.repeated.map((at) => ({ path: at, message: 'is given more than once' }));
  const refuse = (all: readonly Mistake[]): never => {
    throw new SweepError(mistakesText(path, places, all).text);
  };
  if (!isSweepFile(json, mistakes)) return refuse(mistakes);
  mistakes.push(...meaningMistakes(json));
  const where = whereIn(json, mistakes);
  if (mistakes.length > 0) return refuse(mistakes);
  const wrong: ReadSweep['wrong'] = (at, message, hint) =>
    new SweepError(mistakesText(path, places, [{ path: at, message, ...(hint === undefined ? {} : { hint }) }]).text);
  return { file: json, where, path, folder, wrong };
}

/** Whether a document has the form of a sweep file; adds to the mistakes where it has not. */
function isSweepFile(json: unknown, mistakes: Mistake[]): json is SweepFile {
  checkField(json, SWEEP_FIELDS, [], mistakes);
  return mistakes.length === 0;
}

/** The values of a file that are the same in all cells. */
export const optionsOf = ({ options }: SweepFile): readonly (readonly [ParameterName, ParameterValue])[] =>
  options === undefined ? [] : byParameter(options);

/** Mistakes of a file that has the right form. */
function* meaningMistakes(file: SweepFile): Iterable<Mistake> {
  const { grid, measure } = file;
  const { parameters } = measureOf(measure);
  const [axes, options] = [byParameter(grid), optionsOf(file)];
  const given = [
    ...axes.map(([name]) => ['grid', name] as const),
    ...options.map(([name]) => ['options', name] as const),
  ];
  for (const path of given) {
    const [, name] = path;
    if (parameters.includes(name)) continue;
    yield { path, message: `measure "${measure}" has no parameter ${name}`, hint: nameHint(name, parameters) };
  }
  for (const [name, value] of options) {
    const path = ['options', name];
    if (name in grid) yield { path, message: `${name} is in the grid too`, hint: 'give it once' };
    if (name === 'memory') yield* memoryMistakes([value], () => path);
  }
  for (const [name, axis] of axes) yield* axisMistakes(name, axis);
  if (measure === 'network' && !given.some(([, name]) => name === 'network')) {
    yield {
      path: [],
      message: 'measure "network" needs a network file',
      hint: 'add "network": ["rack.json"] to "grid"',
    };
  }
}

function* axisMistakes(name: ParameterName, axis: Axis): Iterable<Mistake> {
  const path = ['grid', name];
  if (isRange(axis)) {
    yield* rangeMistakes(name, axis, path);
    return;
  }
  if (axis.length === 0) yield { path, message: 'found an empty list, expected at least one value' };
  for (const [i, value] of axis.entries()) {
    if (axis.indexOf(value) < i) yield { path: [...path, i], message: `${JSON.stringify(value)} is there twice` };
  }
  if (name === 'memory') yield* memoryMistakes(axis, (i) => [...path, i]);
}

function* rangeMistakes(name: ParameterName, range: Range, path: JsonPath): Iterable<Mistake> {
  const count = lengthOf(range);
  if (count < 1) yield { path, message: `found no number from ${range.from} to ${range.to}`, hint: 'from <= to' };
  const { field } = parameterOf(name);
  if (field.type !== 'number' || count < 1 || count > MAX_CELLS) return;
  const isOutside = [valueAt(range, 0), valueAt(range, count - 1)].some((end) => end < field.least || end > field.most);
  if (isOutside || (field.whole && ![range.from, stepOf(range)].every(Number.isInteger))) {
    const bounds = `${field.whole ? 'whole numbers' : 'numbers'} from ${field.least} to ${field.most}`;
    yield { path, message: `found values beyond what ${name} can be`, hint: bounds };
  } else if (name === 'memory') {
    yield* memoryMistakes(valuesOf(range), () => path);
  }
}

function* memoryMistakes(values: readonly unknown[], path: (i: number) => JsonPath): Iterable<Mistake> {
  const i = values.findIndex((value) => typeof value === 'number' && !isPowerOfTwo(value));
  if (i >= 0) yield { path: path(i), message: `found ${values[i]}, expected a power of two in bytes` };
}

function whereIn({ where, measure }: SweepFile, mistakes: Mistake[]): Where {
  if (where === undefined) return () => true;
  const kinds = new Map<string, 'number' | 'text'>(
    measureOf(measure).parameters.map((name) => [name, parameterOf(name).kind]),
  );
  try {
    return whereOf(where, kinds);
  } catch (error) {
    if (!(error instanceof WhereError)) throw error;
    mistakes.push({ path: ['where'], message: `character ${error.at + 1}: ${error.message}` });
    return () => false;
  }
}

export const isRange = (axis: Axis): axis is Range => !Array.isArray(axis);

const stepOf = ({ step: distance = DEFAULT_STEP }: Range): number => distance;

/** Number of values of an axis; a range is not written out for it. */
export function lengthOf(axis: Axis): number {
  if (!isRange(axis)) return axis.length;
  // A range like 0 to 0.3 by 0.1 ends where it should, in spite of binary fractions.
  return Math.max(0, Math.floor((axis.to - axis.from) / stepOf(axis) + 1e-9) + 1);
}

/** @param i from 0 */
function valueAt(range: Range, i: number): number {
  const value = range.from + i * stepOf(range);
  return Number.isInteger(value) ? value : Number(value.toPrecision(12));
}

/** The values of an axis, in order. */
export const valuesOf = (axis: Axis): readonly ParameterValue[] =>
  isRange(axis) ? Array.from({ length: lengthOf(axis) }, (_, i) => valueAt(axis, i)) : axis;
