/** Arithmetic of registers, one row per operation. */
import { REGISTERS, type Register } from '../description.js';
import { addWords, andWords, type KnownWord, maxWords, minWords, notWord, orWords, xorWords } from '../known-word.js';
import { effects, type InstructionFamily, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';

export const ALU_OPERATIONS = ['add', 'and', 'or', 'xor', 'max', 'min'] as const;
export type AluOperation = (typeof ALU_OPERATIONS)[number];

/** destination = destination operation source. */
export interface Alu {
  readonly kind: 'alu';
  readonly operation: AluOperation;
  readonly destination: Register;
  readonly source: Register;
}

interface AluRow {
  readonly known: (a: KnownWord, b: KnownWord) => KnownWord;
  /** The new value of the destination `a` as a P4 expression. */
  readonly p4: (a: string, b: string) => string;
  readonly summary: (a: Register, b: Register) => string;
}

const operator = (sign: string, known: AluRow['known']): AluRow => ({
  known,
  p4: (a, b) => `${a} ${sign} ${b}`,
  summary: (a, b) => `${a} ${sign}= ${b}`,
});
const comparison = (name: string, relation: string, known: AluRow['known']): AluRow => ({
  known,
  p4: (a, b) => `(${a} ${relation} ${b} ? ${a} : ${b})`,
  summary: (a, b) => `${a} = ${name}(${a}, ${b}), unsigned`,
});

const OPERATIONS: Readonly<Record<AluOperation, AluRow>> = {
  add: operator('+', addWords),
  and: operator('&', andWords),
  or: operator('|', orWords),
  xor: operator('^', xorWords),
  max: comparison('max', '>', maxWords),
  min: comparison('min', '<', minWords),
};

const PAIRS: readonly (readonly [Register, Register])[] = [
  ['mar', 'sar'],
  ['mar', 'har'],
  ['sar', 'mar'],
  ['sar', 'har'],
  ['har', 'mar'],
  ['har', 'sar'],
];

const ALU: InstructionFamily<Alu> = {
  kind: 'alu',
  group: 'core',
  title: 'Arithmetic of two registers',
  heading: 'Arithmetic; the first register is the destination.',
  members: ALU_OPERATIONS.flatMap((operation) =>
    PAIRS.map(([destination, source]): Alu => ({ kind: 'alu', operation, destination, source })),
  ),
  inlines: true,
  name: ({ operation, destination, source }) => `${operation}_${destination}_${source}`,
  parameters: () => [],
  effects: ({ destination, source }) => effects({ reads: [destination, source], writes: [destination] }),
  direct({ primitive, registers: [destination, source] }) {
    const operation = ALU_OPERATIONS.find((name) => name.toUpperCase() === primitive);
    if (operation === undefined || destination === undefined || source === undefined) return undefined;
    return { kind: 'alu', operation, destination, source };
  },
  known(state, { operation, destination, source }) {
    const { [destination]: a, [source]: b } = state.registers;
    return withRegister(state, destination, OPERATIONS[operation].known(a, b));
  },
  words: ({ operation, destination, source }) => stepWords('register', operation.toUpperCase(), destination, source),
  p4({ operation, destination, source }, _parameters, { registers }) {
    const [a, b] = [registers[destination], registers[source]];
    return [`${a} = ${OPERATIONS[operation].p4(a, b)};`];
  },
  summary: ({ operation, destination, source }) => OPERATIONS[operation].summary(destination, source),
};

/** register = ~register. */
export interface Not {
  readonly kind: 'not';
  readonly register: Register;
}

const NOT: InstructionFamily<Not> = {
  kind: 'not',
  group: 'optional',
  title: 'Arithmetic of one register',
  heading: 'All bits of a register inverted.',
  members: REGISTERS.map((register) => ({ kind: 'not', register })),
  inlines: true,
  name: ({ register }) => `not_${register}`,
  parameters: () => [],
  effects: ({ register }) => effects({ reads: [register], writes: [register] }),
  direct: ({ primitive, registers: [register] }) =>
    primitive === 'NOT' && register !== undefined ? { kind: 'not', register } : undefined,
  known: (state, { register }) => withRegister(state, register, notWord(state.registers[register])),
  words: ({ register }) => stepWords('register', 'NOT', register),
  p4: ({ register }, _parameters, { registers }) => [`${registers[register]} = ~${registers[register]};`],
  summary: ({ register }) => `${register} = ~${register}`,
};

/** The families of this file. */
export const ARITHMETIC = [ALU, NOT] as const;
