/**
 * What is known of a 32-bit word at compile time: bits that are always 0 or always 1, and the least and the greatest
 * unsigned value. All operations are sound: their result holds for every pair of words that their operands describe.
 * The rule for sums is that of LLVM's KnownBits.
 */

export interface KnownWord {
  /** Bits that are 0. */
  readonly zeros: number;
  /** Bits that are 1. */
  readonly ones: number;
  readonly min: number;
  readonly max: number;
}

const ALL = 0xffffffff;
const BITS = 32;

export const UNKNOWN_WORD: KnownWord = { zeros: 0, ones: 0, min: 0, max: ALL };

export const constantWord = (value: number): KnownWord => ({
  zeros: ~value >>> 0,
  ones: value,
  min: value,
  max: value,
});

/** Any word of this width in bits. */
export const wordOfWidth = (width: number): KnownWord =>
  width >= BITS ? UNKNOWN_WORD : { zeros: ~(2 ** width - 1) >>> 0, ones: 0, min: 0, max: 2 ** width - 1 };

export const isConstant = ({ min, max }: KnownWord): boolean => min === max;

/** Whether all that is known of `b` is known of `a`. */
export const isWithin = (a: KnownWord, b: KnownWord): boolean =>
  a === b || ((b.zeros & ~a.zeros) === 0 && (b.ones & ~a.ones) === 0 && a.min >= b.min && a.max <= b.max);

/** The bits that are equal in all values of a range: those above the highest bit in which its ends differ. */
function commonBits(min: number, max: number): number {
  const differing = (min ^ max) >>> 0;
  return differing === 0 ? ALL : ~(2 ** (BITS - Math.clz32(differing)) - 1) >>> 0;
}

/** Combines known bits and a range; undefined if no word has both. */
function word(zeros: number, ones: number, min: number, max: number): KnownWord | undefined {
  const low = Math.max(min, ones >>> 0);
  const high = Math.min(max, ~zeros >>> 0);
  if (low > high) return undefined;
  const common = commonBits(low, high);
  const knownZeros = (zeros | (~low & common)) >>> 0;
  const knownOnes = (ones | (low & common)) >>> 0;
  if ((knownZeros & knownOnes) !== 0) return undefined;
  const least = Math.max(low, knownOnes);
  const greatest = Math.min(high, ~knownZeros >>> 0);
  return least > greatest ? undefined : { zeros: knownZeros, ones: knownOnes, min: least, max: greatest };
}

/** As {@link word}, for operands that describe at least one word. */
function sure(zeros: number, ones: number, min: number, max: number): KnownWord {
  const known = word(zeros, ones, min, max);
  if (known === undefined) throw new Error('an operation on known words has no possible result');
  return known;
}

/** What is known of a word that is one of the two. */
export const joinWords = (a: KnownWord, b: KnownWord): KnownWord =>
  sure(a.zeros & b.zeros, a.ones & b.ones, Math.min(a.min, b.min), Math.max(a.max, b.max));

export function andWords(a: KnownWord, b: KnownWord): KnownWord {
  // The mask keeps all bits that can be 1.
  if ((~a.zeros & ~b.ones) === 0) return a;
  if ((~b.zeros & ~a.ones) === 0) return b;
  return sure(a.zeros | b.zeros, a.ones & b.ones, 0, Math.min(a.max, b.max));
}

export const orWords = (a: KnownWord, b: KnownWord): KnownWord =>
  sure(a.zeros & b.zeros, a.ones | b.ones, Math.max(a.min, b.min), ALL);

export function xorWords(a: KnownWord, b: KnownWord): KnownWord {
  if (b.max === 0) return a;
  if (a.max === 0) return b;
  return sure((a.zeros & b.zeros) | (a.ones & b.ones), (a.zeros & b.ones) | (a.ones & b.zeros), 0, ALL);
}

export const notWord = ({ zeros, ones, min, max }: KnownWord): KnownWord => sure(ones, zeros, ~max >>> 0, ~min >>> 0);

export const addWords = (a: KnownWord, b: KnownWord): KnownWord => sum(a, b, 0);

/** a - b, modulo 2^32. */
export const subtractWords = (a: KnownWord, b: KnownWord): KnownWord => sum(a, notWord(b), 1);

/** a + b + carry, modulo 2^32. */
function sum(a: KnownWord, b: KnownWord, carry: 0 | 1): KnownWord {
  const largest = ((~a.zeros >>> 0) + (~b.zeros >>> 0) + carry) >>> 0;
  const smallest = (a.ones + b.ones + carry) >>> 0;
  const carriedZeros = ~(largest ^ a.zeros ^ b.zeros);
  const carriedOnes = smallest ^ a.ones ^ b.ones;
  const known = (a.zeros | a.ones) & (b.zeros | b.ones) & (carriedZeros | carriedOnes);
  const [min, max] = [a.min + b.min + carry, a.max + b.max + carry];
  const wraps = min > ALL ? 1 : 0;
  // If only some of the sums wrap, all values are possible.
  const [low, high] = max > ALL && wraps === 0 ? [0, ALL] : [min - wraps * 2 ** BITS, max - wraps * 2 ** BITS];
  return sure(~largest & known, smallest & known, low, high);
}

export function maxWords(a: KnownWord, b: KnownWord): KnownWord {
  if (a.min >= b.max) return a;
  if (b.min >= a.max) return b;
  return sure(a.zeros & b.zeros, a.ones & b.ones, Math.max(a.min, b.min), Math.max(a.max, b.max));
}

export function minWords(a: KnownWord, b: KnownWord): KnownWord {
  if (a.max <= b.min) return a;
  if (b.max <= a.min) return b;
  return sure(a.zeros & b.zeros, a.ones & b.ones, Math.min(a.min, b.min), Math.min(a.max, b.max));
}

/** The word with its low half replaced by a hash of 16 bits. */
export const hashedWord = ({ zeros, ones }: KnownWord): KnownWord =>
  sure(zeros & 0xffff0000, ones & 0xffff0000, 0, ALL);

/**
 * What is known after `word & mask == value`, with no bits of value outside the mask; undefined where that is
 * impossible.
 */
export const matched = (a: KnownWord, value: number, mask: number): KnownWord | undefined =>
  word(a.zeros | (mask & ~value), a.ones | value, a.min, a.max);

/** What is known after `word & mask != value`; undefined where they are always equal. */
export function unmatched(a: KnownWord, value: number, mask: number): KnownWord | undefined {
  const open = (mask & ~(a.zeros | a.ones)) >>> 0;
  const differs = ((a.ones ^ value) & mask & (a.zeros | a.ones)) !== 0;
  if (differs) return a;
  if (open === 0) return undefined;
  // If a single compared bit is unknown, it has the other value.
  if ((open & (open - 1)) === 0) {
    return word(a.zeros | (value & open), a.ones | (open & ~value), a.min, a.max);
  }
  // The words that match are one range if all bits above some position are compared or known: it is removed from
  // either end of the known range.
  const below = ~(mask | a.zeros | a.ones) >>> 0;
  if ((below & (below + 1)) !== 0) return a;
  const first = (value | a.ones) >>> 0;
  const last = (first | below) >>> 0;
  if (a.min >= first && a.min <= last) return last >= a.max ? undefined : word(a.zeros, a.ones, last + 1, a.max);
  if (a.max >= first && a.max <= last) return word(a.zeros, a.ones, a.min, first - 1);
  return a;
}
