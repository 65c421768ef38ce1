/**
 * What is known of the state that a packet carries from RPB to RPB; each family has the effect of its actions on it.
 */
import type { Register } from '../description.js';
import { constantWord, isWithin, joinWords, type KnownWord } from '../known-word.js';

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

/** The state of a packet at the start of its first pass. */
export const FIRST_STATE: PacketState = {
  registers: ZERO_REGISTERS,
  saved: ZERO_REGISTERS,
  address: ZERO,
  flag: ZERO,
};

/** The state with another value in a register. */
export const withRegister = (state: PacketState, register: Register, value: KnownWord): PacketState => ({
  ...state,
  registers: { ...state.registers, [register]: value },
});

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
