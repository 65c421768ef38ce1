/** What is known of the state that a packet carries from RPB to RPB, and what each action makes of it. */
import type { ActionEffect } from '../data-plane/actions.js';
import type { Field } from '../data-plane/data-plane.js';
import type { Register } from '../data-plane/description.js';
import {
  addWords,
  andWords,
  constantWord,
  hashedWord,
  isWithin,
  joinWords,
  type KnownWord,
  matched,
  maxWords,
  minWords,
  orWords,
  UNKNOWN_WORD,
  unmatched,
  wordOfWidth,
  xorWords,
} from './known-word.js';
import type { Condition } from './program.js';

export type KnownRegisters = Readonly<Record<Register, KnownWord>>;

export interface PacketState {
  readonly registers: KnownRegisters;
  readonly saved: KnownRegisters;
  /** Physical address of the next access. */
  readonly address: KnownWord;
  /** The SALU flag. */
  readonly flag: KnownWord;
}

const ZERO = constantWord(0);
export const ZERO_REGISTERS: KnownRegisters = { har: ZERO, sar: ZERO, mar: ZERO };

/** Of a packet on its first pass. */
export const FIRST_STATE: PacketState = {
  registers: ZERO_REGISTERS,
  saved: ZERO_REGISTERS,
  address: ZERO,
  flag: ZERO,
};

/** What EXTRACT can find. Readings of the queue may be given to the emulator in any size. */
export const extractedWord = (field: Field | undefined): KnownWord =>
  field === undefined || (field.kind === 'intrinsic' && field.gress === 'egress')
    ? UNKNOWN_WORD
    : wordOfWidth(field.width);

/** What is known where all conditions hold; undefined if they never do. */
export function where(registers: KnownRegisters, conditions: readonly Condition[]): KnownRegisters | undefined {
  let inside = registers;
  for (const { register, value, mask } of conditions) {
    const known = matched(inside[register], value, mask);
    if (known === undefined) return undefined;
    inside = { ...inside, [register]: known };
  }
  return inside;
}

/** What is known where some condition does not hold; undefined if they always do. */
export function whereNot(registers: KnownRegisters, conditions: readonly Condition[]): KnownRegisters | undefined {
  const open = conditions.filter(
    ({ register, value, mask }) => unmatched(registers[register], value, mask) !== undefined,
  );
  const [only, ...more] = open;
  if (only === undefined) return undefined;
  // Of several conditions, any may be the one that does not hold.
  if (more.length > 0) return registers;
  const known = unmatched(registers[only.register], only.value, only.mask);
  return known && { ...registers, [only.register]: known };
}

/** What the carried state is after an action. @param addressMask addresses wrap there */
export function afterAction(
  state: PacketState,
  effect: ActionEffect,
  values: readonly number[],
  field: Field | undefined,
  addressMask: number,
): PacketState {
  const { registers, saved } = state;
  const set = (register: Register, value: KnownWord): PacketState => ({
    ...state,
    registers: { ...registers, [register]: value },
  });
  const [first = 0, second = 0] = values;
  switch (effect.kind) {
    case 'loadImmediate':
      return set(effect.register, constantWord(first));
    case 'alu':
      return set(effect.destination, ALU[effect.operation](registers[effect.destination], registers[effect.source]));
    case 'hash':
      return set(effect.into, hashedWord(registers[effect.into]));
    case 'mask':
      return set('mar', andWords(registers.mar, constantWord(first)));
    case 'extract':
      return set(effect.register, extractedWord(field));
    case 'backup':
      return { ...state, saved: registers };
    case 'recover':
      return set(effect.register, saved[effect.register]);
    case 'offset': {
      const address = andWords(addWords(registers.mar, constantWord(first)), constantWord(addressMask));
      return { ...state, address, flag: constantWord(second) };
    }
    case 'salu':
      // MEMWRITE alone leaves sar as it is.
      return effect.pair === 'read_write' && state.flag.min > 0 ? state : set('sar', UNKNOWN_WORD);
    case 'setBranch':
    case 'modify':
    case 'forward':
    case 'return':
    case 'report':
    case 'drop':
      return state;
  }
}

const ALU = { add: addWords, and: andWords, or: orWords, xor: xorWords, max: maxWords, min: minWords } as const;

/** Whether all that is known of `b` is known of `a`. */
export const isStateWithin = (a: PacketState, b: PacketState): boolean =>
  isWithin(a.address, b.address) &&
  isWithin(a.flag, b.flag) &&
  areRegistersWithin(a.registers, b.registers) &&
  areRegistersWithin(a.saved, b.saved);

const areRegistersWithin = (a: KnownRegisters, b: KnownRegisters): boolean =>
  a === b || (isWithin(a.har, b.har) && isWithin(a.sar, b.sar) && isWithin(a.mar, b.mar));

const joinRegisters = (a: KnownRegisters, b: KnownRegisters): KnownRegisters => ({
  har: joinWords(a.har, b.har),
  sar: joinWords(a.sar, b.sar),
  mar: joinWords(a.mar, b.mar),
});

export const joinStates = (a: PacketState, b: PacketState): PacketState => ({
  registers: joinRegisters(a.registers, b.registers),
  saved: joinRegisters(a.saved, b.saved),
  address: joinWords(a.address, b.address),
  flag: joinWords(a.flag, b.flag),
});
