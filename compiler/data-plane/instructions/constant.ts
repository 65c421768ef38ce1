/** Constants into registers. */
import type { Register } from '../description.js';
import { constantWord } from '../known-word.js';
import { effects, type InstructionFamily, parameterAt, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';
import { NUMBERED_REGISTERS } from './saving.js';

export interface LoadImmediate {
  readonly kind: 'loadImmediate';
  readonly register: Register;
}

export const LOAD_IMMEDIATE: InstructionFamily<LoadImmediate> = {
  kind: 'loadImmediate',
  group: 'core',
  title: 'Constants',
  heading: 'Constants.',
  members: NUMBERED_REGISTERS.map((register) => ({ kind: 'loadImmediate', register })),
  inlines: true,
  name: ({ register }) => `loadi_${register}`,
  parameters: () => [{ name: 'i', width: 32 }],
  effects: ({ register }) => effects({ writes: [register], loads: register }),
  direct: ({ primitive, registers: [register] }) =>
    primitive === 'LOADI' && register !== undefined ? { kind: 'loadImmediate', register } : undefined,
  known: (state, { register }, values) => withRegister(state, register, constantWord(parameterAt(values, 0))),
  words: ({ register }, { constant }) => stepWords('register', 'LOADI', register, constant),
  p4: ({ register }, parameters, { registers }) => [`${registers[register]} = ${parameterAt(parameters, 0)};`],
  summary: ({ register }) => `${register} = i`,
};
