/** Decodes the entries of RPB tables: what to match, and which operation with which operands. */
import { type Action, REGISTERS, RPB_KEYS, type TableEntry } from '../../../compiler/for-switches.js';
import { keyField, parameterValues, ternaryValue } from '../entry-values.js';
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

/** Decodes the actions of entries; each action is decoded once. */
export class InstructionDecoder {
  /** An action without parameters has 0 in their places. */
  private readonly plain = new Map<Action, Instruction>();

  constructor(private readonly fields: FieldOperands) {}

  /** @throws {TargetError} for parameters that are missing, unknown or too wide */
  decode(entry: TableEntry, action: Action): Instruction {
    const [immediate, flag = 0] = parameterValues(entry, action.parameters);
    const plain = this.plain.get(action) ?? this.decodeAction(action);
    if (immediate === undefined) return plain;
    const { opcode, first, second } = plain;
    return { opcode, first, second, immediate, flag };
  }

  private decodeAction(action: Action): Instruction {
    const { operation, first = 0, second = 0 } = decodeEffect(action.effect, this.fields);
    const plain = { opcode: OPCODE[operation], first, second, immediate: 0, flag: 0 };
    this.plain.set(action, plain);
    return plain;
  }
}

const REGISTER_BITS = 32;

/** A register that the key leaves out matches anything. @throws {TargetError} wrong-width */
export function decodeRegisterMatch(entry: TableEntry): RegisterMatch {
  let match: RegisterMatch = MATCHES_ANY;
  for (const register of REGISTERS) {
    const field = keyField(entry, RPB_KEYS[register]);
    if (field === undefined) continue;
    const { value, mask } = ternaryValue(field, REGISTER_BITS);
    if (mask === 0) continue;
    match = match.with(REGISTER_INDEX[register], [(value & mask) >>> 0, mask]);
  }
  return match;
}

/** Of most entries. */
const MATCHES_ANY: RegisterMatch = Array.from(REGISTERS, () => [0, 0] as const);
