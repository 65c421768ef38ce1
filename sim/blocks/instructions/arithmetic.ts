/** Arithmetic of registers, modulo 2^32 and unsigned. */
import { type AluOperation, must } from '../../../compiler/for-switches.js';
import { REGISTER_INDEX } from './field-operands.js';
import { type Meaning, type Operation, REGISTER_VARIABLES } from './meaning.js';

export function add(registers: Uint32Array, into: number, from: number): void {
  registers[into] = (registers[into] as number) + (registers[from] as number);
}

export function and(registers: Uint32Array, into: number, from: number): void {
  registers[into] = (registers[into] as number) & (registers[from] as number);
}

export function or(registers: Uint32Array, into: number, from: number): void {
  registers[into] = (registers[into] as number) | (registers[from] as number);
}

export function xor(registers: Uint32Array, into: number, from: number): void {
  registers[into] = (registers[into] as number) ^ (registers[from] as number);
}

export function max(registers: Uint32Array, into: number, from: number): void {
  if ((registers[from] as number) > (registers[into] as number)) registers[into] = registers[from] as number;
}

export function min(registers: Uint32Array, into: number, from: number): void {
  if ((registers[from] as number) < (registers[into] as number)) registers[into] = registers[from] as number;
}

const variable = (operand: number) => must(REGISTER_VARIABLES[operand], 'register operand');

/** @param code of the two registers as integers of 32 bits with a sign */
const operation = (
  name: AluOperation,
  alu: (registers: Uint32Array, into: number, from: number) => void,
  code: (into: string, from: string) => string,
): Operation<AluOperation> => ({
  name,
  reaches: 'variables',
  run: (_unit, { first, second }, { registers }) => alu(registers, first, second),
  code: ({ first, second }, to) => code(to.write(variable(first)), to.read(variable(second))),
});

const ALU: Meaning<'alu', AluOperation> = {
  kind: 'alu',
  operations: [
    operation('add', add, (into, from) => `${into} = ${into} + ${from} | 0;`),
    operation('and', and, (into, from) => `${into} = ${into} & ${from} | 0;`),
    operation('or', or, (into, from) => `${into} = ${into} | ${from} | 0;`),
    operation('xor', xor, (into, from) => `${into} = ${into} ^ ${from} | 0;`),
    operation('max', max, (into, from) => `if (${from} >>> 0 > ${into} >>> 0) ${into} = ${from};`),
    operation('min', min, (into, from) => `if (${from} >>> 0 < ${into} >>> 0) ${into} = ${from};`),
  ],
  decode: (effect) => ({
    operation: effect.operation,
    first: REGISTER_INDEX[effect.destination],
    second: REGISTER_INDEX[effect.source],
  }),
};

export function not(registers: Uint32Array, register: number): void {
  registers[register] = ~(registers[register] as number);
}

const NOT: Meaning<'not', 'not'> = {
  kind: 'not',
  operations: [
    {
      name: 'not',
      reaches: 'variables',
      run: (_unit, { first }, { registers }) => not(registers, first),
      code({ first }, to) {
        const register = to.write(variable(first));
        return `${register} = ~${register};`;
      },
    },
  ],
  decode: ({ register }) => ({ operation: 'not', first: REGISTER_INDEX[register] }),
};

/** The families of this file. */
export const ARITHMETIC = [ALU, NOT] as const;
