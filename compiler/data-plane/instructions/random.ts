/**
 * Random numbers into registers. On a Tofino the extern `Random` puts its number on the action data bus, from where an
 * instruction copies it: it cannot be combined with a mask in the same instruction. So an action takes all 32 bits, and
 * RANDOM of the language becomes this action and an AND.
 */
import type { Register } from '../description.js';
import { UNKNOWN_WORD } from '../known-word.js';
import { effects, type InstructionFamily, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';
import { NUMBERED_REGISTERS } from './saving.js';

export interface RandomNumber {
  readonly kind: 'random';
  readonly register: Register;
}

export const RANDOM: InstructionFamily<RandomNumber> = {
  kind: 'random',
  group: 'extended',
  title: 'Random numbers',
  heading: 'Random numbers.',
  members: NUMBERED_REGISTERS.map((register) => ({ kind: 'random', register })),
  // Its place is a part of what the number depends on, so it has one, as a hash has.
  inlines: false,
  name: ({ register }) => `random_${register}`,
  parameters: () => [],
  effects: ({ register }) => effects({ writes: [register] }),
  known: (state, { register }) => withRegister(state, register, UNKNOWN_WORD),
  words: ({ register }) => stepWords('register', 'RANDOM', register),
  p4Declarations: ({ random }) => [`Random<bit<32>>() ${random};`],
  p4: ({ register }, _parameters, { registers, random }) => [`${registers[register]} = ${random}.get();`],
  summary: ({ register }) => `${register} = a random number of 32 bits`,
};
