/** Checks of a table entry's values that all tables share. */
import { type ActionParameter, fits, type KeyField, ones, type TableEntry } from '../../compiler/for-switches.js';
import { TargetError } from '../target/target.js';

export interface MaskedValue {
  readonly value: number;
  readonly mask: number;
}

/** Width of $MATCH_PRIORITY, as the driver sends it. */
const PRIORITY_BITS = 32;

const fitsWidth = (value: number, width: number): boolean => Number.isInteger(value) && fits(value, width);

/** @throws {TargetError} wrong-width */
export function checkPriority({ table, priority }: TableEntry): void {
  if (!fitsWidth(priority, PRIORITY_BITS)) {
    throw new TargetError('wrong-width', `${table}: a priority of ${priority} does not fit ${PRIORITY_BITS} bits`);
  }
}

/** @throws {TargetError} unknown-field for a key that is not in the list */
export function refuseUnknownKeys(entry: TableEntry, known: ReadonlySet<string>): void {
  for (const { name } of entry.key) {
    if (!known.has(name)) throw new TargetError('unknown-field', `${entry.table} has no key ${name}`);
  }
}

/** A field of the key; undefined if the key leaves it out. */
export const keyField = ({ key }: TableEntry, name: string): KeyField | undefined => named(key, name);

/** Value and mask of a ternary field. @throws {TargetError} wrong-width */
export function ternaryValue(field: KeyField, width: number): MaskedValue {
  const mask = field.match === 'ternary' ? field.mask : ones(width);
  if (!fitsWidth(field.value, width) || !fitsWidth(mask, width)) {
    throw new TargetError('wrong-width', `${field.name} has ${width} bits: value and mask do not fit`);
  }
  return { value: field.value, mask };
}

/** A required field of the key. @throws {TargetError} unknown-field, wrong-width */
export function ternaryKey(entry: TableEntry, name: string, width: number): MaskedValue {
  const field = keyField(entry, name);
  if (field === undefined) throw new TargetError('unknown-field', `${entry.table} needs the key ${name}`);
  return ternaryValue(field, width);
}

/** As {@link ternaryKey}, for a field with exact match. */
export function exactKey(entry: TableEntry, name: string, width: number): number {
  const { value, mask } = ternaryKey(entry, name, width);
  if (mask !== ones(width)) throw new TargetError('unknown-field', `${entry.table} has no ternary key ${name}`);
  return value;
}

/** The values of an action's parameters, in its order. @throws {TargetError} unknown-field, wrong-width */
export function parameterValues(entry: TableEntry, parameters: readonly ActionParameter[]): number[] {
  for (const { name } of entry.parameters) {
    if (named(parameters, name) === undefined) {
      throw new TargetError('unknown-field', `${entry.action} has no parameter ${name}`);
    }
  }
  const values: number[] = [];
  for (const { name, width } of parameters) {
    const value = named(entry.parameters, name)?.value;
    if (value === undefined) throw new TargetError('unknown-field', `${entry.action} needs the parameter ${name}`);
    if (!fitsWidth(value, width)) {
      throw new TargetError('wrong-width', `${entry.action}: ${name} = ${value} does not fit ${width} bits`);
    }
    values.push(value);
  }
  return values;
}

function named<Item extends { readonly name: string }>(items: readonly Item[], name: string): Item | undefined {
  for (const item of items) if (item.name === name) return item;
  return undefined;
}
