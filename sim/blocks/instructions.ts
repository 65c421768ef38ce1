/** Decodes the entries of RPB tables: what to match, and which operation with which operands. */
import {
  type Action,
  type AluOperation,
  type DataPlane,
  type Register,
  RPB_KEYS,
  type TableEntry,
} from '../../compiler/index.js';
import { type WritableField, writableField } from './deparser.js';
import { parameterValues, ternaryValue } from './entry-values.js';
import { HAR, MAR, SAR } from './phv.js';

/** Dense, for one switch statement; see actions.ts for what each does. */
export const OPCODES = [
  'setBranch',
  'hashTupleHar',
  'hashRegisterHar',
  'hashTupleMar',
  'hashRegisterMar',
  'mask',
  'offset',
  'saluAddSub',
  'saluAndOr',
  'saluReadWrite',
  'saluMax',
  'loadImmediate',
  'add',
  'and',
  'or',
  'xor',
  'max',
  'min',
  'backup',
  'recover',
  'extract',
  'extractIntrinsic',
  'modify',
  'return',
  'forward',
  'drop',
  'report',
  'none',
] as const;
export type Opcode = (typeof OPCODES)[number];
export const OPCODE = Object.fromEntries(OPCODES.map((name, i) => [name, i])) as Record<Opcode, number>;

const REGISTER_INDEX: Record<Register, number> = { har: HAR, sar: SAR, mar: MAR };
const SALU: Record<string, Opcode> = {
  add_sub: 'saluAddSub',
  and_or: 'saluAndOr',
  read_write: 'saluReadWrite',
  max: 'saluMax',
};

/** Intrinsic fields that EXTRACT can read, as operands. */
export const INTRINSIC = { ingressPort: 0, dequeueDelta: 1, queueDepth: 2 } as const;
const INTRINSIC_BY_NAME: Record<string, number> = {
  'ig_intr_md.ingress_port': INTRINSIC.ingressPort,
  'eg_intr_md.deq_timedelta': INTRINSIC.dequeueDelta,
  'eg_intr_md.enq_qdepth': INTRINSIC.queueDepth,
};

/** An operation with its operands. */
export interface Instruction {
  readonly opcode: number;
  /** Register or field operands. */
  readonly first: number;
  readonly second: number;
  /** The first parameter: an immediate, mask, offset, port or branch id. */
  readonly immediate: number;
  /** The second parameter: the SALU flag of an offset. */
  readonly flag: number;
}

/** Value and mask of har, sar and mar, in the order of the registers. */
export type RegisterMatch = readonly (readonly [value: number, mask: number])[];

/** Header fields that instructions can name, by their operand. */
export class FieldOperands {
  readonly fields: readonly WritableField[];
  private readonly index = new Map<string, number>();

  constructor(dataPlane: DataPlane) {
    const fields: WritableField[] = [];
    for (const field of dataPlane.fields.values()) {
      if (field.kind !== 'header' || field.width > 32) continue;
      this.index.set(field.name, fields.length);
      fields.push(writableField(dataPlane, field));
    }
    this.fields = fields;
  }

  operand(name: string): number {
    const operand = this.index.get(name);
    if (operand === undefined) throw new Error(`no operand for field ${name}`);
    return operand;
  }
}

/** Of an entry that does nothing, and keeps others of less priority from a packet. */
export const NOTHING: Instruction = { opcode: OPCODE.none, first: 0, second: 0, immediate: 0, flag: 0 };

/** @throws {TargetError} for parameters that are missing, unknown or too wide */
export function decodeInstruction(entry: TableEntry, action: Action, operands: FieldOperands): Instruction {
  const { effect, parameters } = action;
  const [immediate = 0, flag = 0] = parameterValues(entry, parameters);
  const operation = (opcode: Opcode, first = 0, second = 0): Instruction => ({
    opcode: OPCODE[opcode],
    first,
    second,
    immediate,
    flag,
  });
  switch (effect.kind) {
    case 'hash': {
      const tuple = effect.input === '5-tuple';
      if (effect.into === 'har') return operation(tuple ? 'hashTupleHar' : 'hashRegisterHar');
      return operation(tuple ? 'hashTupleMar' : 'hashRegisterMar');
    }
    case 'salu':
      return operation(SALU[effect.pair] ?? 'saluMax');
    case 'loadImmediate':
    case 'recover':
      return operation(effect.kind, REGISTER_INDEX[effect.register]);
    case 'alu': {
      const opcode: AluOperation = effect.operation;
      return operation(opcode, REGISTER_INDEX[effect.destination], REGISTER_INDEX[effect.source]);
    }
    case 'extract':
    case 'modify': {
      const intrinsic = INTRINSIC_BY_NAME[effect.field];
      const register = REGISTER_INDEX[effect.register];
      if (intrinsic !== undefined) return operation('extractIntrinsic', intrinsic, register);
      return operation(effect.kind, operands.operand(effect.field), register);
    }
    default:
      return operation(effect.kind);
  }
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
