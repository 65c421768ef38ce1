import { must } from '../../../compiler/for-switches.js';
import { REGISTER_INDEX } from './field-operands.js';
import { type Meaning, REGISTER_VARIABLES } from './meaning.js';

export function loadImmediate(registers: Uint32Array, register: number, value: number): void {
  registers[register] = value;
}

export const LOAD_IMMEDIATE: Meaning<'loadImmediate', 'loadImmediate'> = {
  kind: 'loadImmediate',
  operations: [
    {
      name: 'loadImmediate',
      reaches: 'variables',
      run: (_unit, { first, immediate }, { registers }) => loadImmediate(registers, first, immediate),
      code: ({ first, immediate }, to) =>
        `${to.write(must(REGISTER_VARIABLES[first], 'register operand'))} = ${immediate | 0};`,
    },
  ],
  decode: ({ register }) => ({ operation: 'loadImmediate', first: REGISTER_INDEX[register] }),
};
