/** Cells: data that a thread or another machine computes, with a key of all that decides the result. */
import { createHash } from 'node:crypto';
import { type MeasureName, measureOf } from '../file/measures.js';
import { type ParameterName, type ParameterValue, parameterOf } from '../file/parameters.js';

/** A file that a cell names: its path as the cell has it, and its contents by hash. */
export type NamedFiles = Readonly<Record<string, string>>;

/** One combination of values. */
export interface SweepCell {
  readonly measure: MeasureName;
  /** Of the parameters of the measure; null where the measure decides. */
  readonly values: Readonly<Partial<Record<ParameterName, ParameterValue | null>>>;
  /** The hash of each file that the values name, and of those that these name. */
  readonly files: NamedFiles;
}

const KEY_CHARACTERS = 32;

/**
 * The key of a cell: 32 hexadecimal digits, equal for cells of equal code that have equal values and equal contents of
 * files, wherever the files are.
 * @param code hash of the code
 */
export function cellKey({ measure, values, files }: SweepCell, code: string): string {
  const decided = measureOf(measure).parameters.map((name) => {
    const value = values[name] ?? null;
    return [name, value, typeof value === 'string' && parameterOf(name).isFile ? (files[value] ?? null) : null];
  });
  // Files that named files name in turn are part of the result too; paths only as far as these name them.
  const named = decided.map(([, , hash]) => hash);
  const others = Object.entries(files).filter(([, hash]) => !named.includes(hash));
  const text = JSON.stringify([code, measure, decided.map(withoutPath), others.sort()]);
  return createHash('sha256').update(text).digest('hex').slice(0, KEY_CHARACTERS);
}

const withoutPath = ([name, value, hash]: readonly unknown[]): readonly unknown[] =>
  hash === null ? [name, value] : [name, { hash }];

/** A cell in words, for progress and messages: `workload lb, memory 1024`. @param names the parameters that differ */
export const cellText = ({ values }: SweepCell, names: readonly ParameterName[]): string =>
  names.map((name) => `${name} ${inOneLine(values[name])}`).join(', ');

/** Names of files may have any characters. */
const inOneLine = (value: ParameterValue | null | undefined): string =>
  String(value).replaceAll(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
