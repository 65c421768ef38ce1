/** Decodes the entries of RPB tables: what to match, and which operation with which operands. */
import { type Action, type Register, RPB_KEYS, type TableEntry } from '../../../compiler/index.js';
import { parameterValues, ternaryValue } from '../entry-values.js';
import { type FieldOperands, REGISTER_INDEX } from './field-operands.js';
import type { Operands } from './meaning.js';
import { decodeEffect, OPCODE } from './table.js';

/** An operation with its operands, as far as they stand in the entry. */
export interface Instruction extends Omit<Operands, 'rpb' | 'isGuarded'> {
  readonly opcode: number;
}

/** Value and mask of har, sar and mar, in the order of the registers. */
export type RegisterMatch = readonly (readonly [value: number, mask: number])[];

/** Of an entry that does nothing, and keeps others of less priority from a packet. */
export const NOTHING: Instruction = { opcode: OPCODE.none, first: 0, second: 0, immediate: 0, flag: 0 };

/** @throws {TargetError} for parameters that are missing, unknown or too wide */
export function decodeInstruction(entry: TableEntry, action: Action, fields: FieldOperands): Instruction {
  const { effect, parameters } = action;
  // An action without parameters has 0 in their places.
  const [immediate = 0, flag = 0] = parameterValues(entry, parameters);
  const { operation, first = 0, second = 0 } = decodeEffect(effect, fields);
  return { opcode: OPCODE[operation], first, second, immediate, flag };
}

const REGISTER_BITS = 32;

/** A register that the key leaves out matches anything. @throws {TargetError} wrong-width */
export function decodeRegisterMatch(entry: TableEntry): RegisterMatch {
  const match: [number, number][] = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  for (const [register, place] of Object.entries(REGISTER_INDEX)) {
    const field = entry.key.find(({ name }) => name === RPB_KEYS[register as Register]);
    if (field === undefined) continue;
    const { value, mask } = ternaryValue(field, REGISTER_BITS);
    match[place] = [(value & mask) >>> 0, mask];
  }
  return match;
}
