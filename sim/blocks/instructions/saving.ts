/** Copies of the registers, which follow them in the PHV. */
import { must } from '../../../compiler/for-switches.js';
import { SAVED } from '../phv.js';
import { REGISTER_INDEX } from './field-operands.js';
import { type Meaning, REGISTER_VARIABLES, SAVED_VARIABLES } from './meaning.js';

export function backup(registers: Uint32Array): void {
  registers.copyWithin(SAVED, 0, SAVED);
}

export const BACKUP: Meaning<'backup', 'backup'> = {
  kind: 'backup',
  operations: [
    {
      name: 'backup',
      reaches: 'variables',
      run: (_unit, _operands, { registers }) => backup(registers),
      code: (_operands, to) =>
        REGISTER_VARIABLES.map(
          (register, i) => `${to.write(must(SAVED_VARIABLES[i], 'copy of a register'))} = ${to.read(register)};`,
        ).join('\n'),
    },
  ],
  decode: () => ({ operation: 'backup' }),
};

export function recover(registers: Uint32Array, register: number): void {
  registers[register] = registers[SAVED + register] as number;
}

export const RECOVER: Meaning<'recover', 'recover'> = {
  kind: 'recover',
  operations: [
    {
      name: 'recover',
      reaches: 'variables',
      run: (_unit, { first }, { registers }) => recover(registers, first),
      code: ({ first }, to) => {
        const [register, saved] = [REGISTER_VARIABLES[first], SAVED_VARIABLES[first]];
        return `${to.write(must(register, 'register operand'))} = ${to.read(must(saved, 'copy of a register'))};`;
      },
    },
  ],
  decode: ({ register }) => ({ operation: 'recover', first: REGISTER_INDEX[register] }),
};
