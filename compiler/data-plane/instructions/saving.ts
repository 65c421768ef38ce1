/**
 * Saving and restoring registers around an expansion that needs one more. The prototype has these actions commented
 * out.
 */
import type { Register } from '../description.js';
import { effects, type InstructionFamily, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';

/** Registers in the order of their numbers in action names: recover1 restores mar. */
export const NUMBERED_REGISTERS: readonly Register[] = ['mar', 'sar', 'har'];

export interface Backup {
  readonly kind: 'backup';
}

export const BACKUP: InstructionFamily<Backup> = {
  kind: 'backup',
  group: 'saving',
  title: 'Registers saved',
  heading: 'Registers are saved',
  members: [{ kind: 'backup' }],
  inlines: false,
  name: () => 'backup',
  parameters: () => [],
  effects: () => effects({ copies: NUMBERED_REGISTERS.map((register) => [register, `saved ${register}`] as const) }),
  known: (state) => ({ ...state, saved: state.registers }),
  words: () => stepWords('register', 'BACKUP'),
  p4: (_effect, _parameters, { registers, saved }) =>
    NUMBERED_REGISTERS.map((register) => `${saved[register]} = ${registers[register]};`),
  summary: () => 'the three registers are copied',
};

export interface Recover {
  readonly kind: 'recover';
  readonly register: Register;
}

export const RECOVER: InstructionFamily<Recover> = {
  kind: 'recover',
  group: 'saving',
  title: 'Registers restored',
  heading: 'and restored, around steps that need a register.',
  members: NUMBERED_REGISTERS.map((register) => ({ kind: 'recover', register })),
  inlines: false,
  name: ({ register }) => `recover${NUMBERED_REGISTERS.indexOf(register) + 1}`,
  parameters: () => [],
  effects: ({ register }) => effects({ copies: [[`saved ${register}`, register]] }),
  known: (state, { register }) => withRegister(state, register, state.saved[register]),
  words: ({ register }) => stepWords('register', 'RESTORE', register),
  p4: ({ register }, _parameters, { registers, saved }) => [`${registers[register]} = ${saved[register]};`],
  summary: ({ register }) => `${register} = its copy`,
};
