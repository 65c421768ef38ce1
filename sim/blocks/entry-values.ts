/** Checks of a table entry's values that all tables share. */
import type { ActionParameter, KeyField, TableEntry } from '../../compiler/index.js';
import { TargetError } from '../target/target.js';

export interface MaskedValue {
  readonly value: number;
  readonly mask: number;
}

/** Width of $MATCH_PRIORITY, as the driver sends it. */
const PRIORITY_BITS = 32;

const fitsWidth = (value: number, width: number): boolean =>
  Number.isInteger(value) && value >= 0 && value < 2 ** width;

/** @throws {TargetError} wrong-width */
export function checkPriority({ table, priority }: TableEntry): void {
  if (!fitsWidth(priority, PRIORITY_BITS)) {
    throw new TargetError('wrong-width', `${table}: a priority of ${priority} does not fit ${PRIORITY_BITS} bits`);
  }
}

/** @throws {TargetError} unknown-field for a key that is not in the list */
export function refuseUnknownKeys(entry: TableEntry, known: ReadonlySet<string>): void {
  const unknown = entry.key.find(({ name }) => !known.has(name));
  if (unknown !== undefined) throw new TargetError('unknown-field', `${entry.table} has no key ${unknown.name}`);
}

/** Value and mask of a ternary field. @throws {TargetError} wrong-width */
export function ternaryValue(field: KeyField, width: number): MaskedValue {
  const mask = field.match === 'ternary' ? field.mask : 2 ** width - 1;
  if (!fitsWidth(field.value, width) || !fitsWidth(mask, width)) {
    throw new TargetError('wrong-width', `${field.name} has ${width} bits: value and mask do not fit`);
  }
  return { value: field.value, mask };
}

/** A required field of the key. @throws {TargetError} unknown-field, wrong-width */
export function ternaryKey(entry: TableEntry, name: string, width: number): MaskedValue {
  const field = entry.key.find((candidate) => candidate.name === name);
  if (field === undefined) throw new TargetError('unknown-field', `${entry.table} needs the key ${name}`);
  return ternaryValue(field, width);
}

/** As {@link ternaryKey}, for a field with exact match. */
export function exactKey(entry: TableEntry, name: string, width: number): number {
  const { value, mask } = ternaryKey(entry, name, width);
  if (mask !== 2 ** width - 1) throw new TargetError('unknown-field', `${entry.table} has no ternary key ${name}`);
  return value;
}

/** The values of an action's parameters, in its order. @throws {TargetError} unknown-field, wrong-width */
export function parameterValues(entry: TableEntry, parameters: readonly ActionParameter[]): number[] {
  const unknown = entry.parameters.find(({ name }) => parameters.every((parameter) => parameter.name !== name));
  if (unknown !== undefined) throw new TargetError('unknown-field', `${entry.action} has no parameter ${unknown.name}`);
  return parameters.map(({ name, width }) => {
    const value = entry.parameters.find((parameter) => parameter.name === name)?.value;
    if (value === undefined) throw new TargetError('unknown-field', `${entry.action} needs the parameter ${name}`);
    if (!fitsWidth(value, width)) {
      throw new TargetError('wrong-width', `${entry.action}: ${name} = ${value} does not fit ${width} bits`);
    }
    return value;
  });
}
