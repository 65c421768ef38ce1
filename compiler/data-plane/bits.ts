/** Bit operations on unsigned numbers of up to 48 bits; JavaScript's own operators truncate to 32. */

/** The most bits of a field whose values are numbers; a wider one is used by its words. */
export const MAX_NUMBER_BITS = 48;

const LOW = 2 ** 24;

/** a & b for 0 ≤ a, b < 2^48. */
export function and48(a: number, b: number): number {
  const high = Math.floor(a / LOW) & Math.floor(b / LOW);
  return high * LOW + ((a % LOW) & (b % LOW));
}

/** Below this width a shift gives what a power does, and faster. */
const SMALL_WIDTH = 31;

/** The number whose `width` low bits are 1, for width ≤ 48. */
export function ones(width: number): number {
  return width < SMALL_WIDTH ? (1 << width) - 1 : 2 ** width - 1;
}

/** Whether a value fits the width. */
export function fits(value: number, width: number): boolean {
  return value >= 0 && value <= ones(width);
}

/**
 * The number of bits that `count` different values need: the least n with 2^n >= count.
 * @param count from 1 to 2^48, whole
 */
export function bitsToTell(count: number): number {
  let bits = 0;
  for (let reach = 1; reach < count; reach *= 2) bits++;
  return bits;
}

export function isPowerOfTwo(value: number): boolean {
  return value > 0 && value <= ones(48) && ones(bitsToTell(value)) + 1 === value;
}

/** A value as text for people: below 65,536 decimal, from there on hexadecimal. */
export function readable(value: number): string {
  return value < 65536 ? String(value) : `0x${value.toString(16)}`;
}
