/** What is known of registers behind conditions, and of fields. */
import type { Field } from '../data-plane/data-plane.js';
import type { KnownRegisters } from '../data-plane/instructions/packet-state.js';
import { type KnownWord, matched, UNKNOWN_WORD, unmatched, wordOfWidth } from '../data-plane/known-word.js';
import type { Condition } from './program.js';

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
