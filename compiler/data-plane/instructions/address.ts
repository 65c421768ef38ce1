/** Address translation: from a program's bucket to the address in the memory of an RPB. */
import { addWords, andWords, constantWord } from '../known-word.js';
import { effects, type InstructionFamily, parameterAt, stepWords } from './instruction.js';
import { withRegister } from './packet-state.js';

export interface Mask {
  readonly kind: 'mask';
}

export const MASK: InstructionFamily<Mask> = {
  kind: 'mask',
  group: 'core',
  title: 'Addresses cut to the size of a memory',
  heading: 'Addresses in memory: mar is cut to the size of a block,',
  members: [{ kind: 'mask' }],
  inlines: true,
  name: () => 'address_translation_mask',
  parameters: () => [{ name: 'mask', width: 32 }],
  effects: () => effects({ reads: ['mar'], writes: ['mar'], address: 'mask' }),
  known: (state, _effect, values) =>
    withRegister(state, 'mar', andWords(state.registers.mar, constantWord(parameterAt(values, 0)))),
  words: (_effect, { memory, sizeMask, constant }) =>
    memory === '' && constant !== ''
      ? stepWords('register', 'ANDI', 'mar', constant)
      : stepWords('address', 'MASK', memory, sizeMask),
  p4: (_effect, parameters, { registers: { mar } }) => [`${mar} = ${mar} & ${parameterAt(parameters, 0)};`],
  summary: () => 'mar &= mask',
};

export interface Offset {
  readonly kind: 'offset';
}

export const OFFSET: InstructionFamily<Offset> = {
  kind: 'offset',
  group: 'core',
  title: 'Addresses moved into a block',
  heading: 'and the base of the block is added; the flag selects the operation of the access that follows.',
  members: [{ kind: 'offset' }],
  inlines: true,
  name: () => 'address_translation_offset',
  parameters: () => [
    { name: 'offset', width: 32 },
    { name: 'flag', width: 8 },
  ],
  effects: () => effects({ reads: ['mar'], address: 'offset' }),
  known(state, _effect, values, _extracted, addressMask) {
    const moved = addWords(state.registers.mar, constantWord(parameterAt(values, 0)));
    const address = andWords(moved, constantWord(addressMask));
    return { ...state, address, flag: constantWord(parameterAt(values, 1)) };
  },
  words: (_effect, { memory }) => stepWords('address', 'OFFSET', memory),
  p4: (_effect, parameters, { registers: { mar }, address, flag }) => [
    `${address} = ${mar} + ${parameterAt(parameters, 0)};`,
    `${flag} = ${parameterAt(parameters, 1)};`,
  ],
  summary: () => 'address of the next access = mar + offset; its operation = flag',
};
