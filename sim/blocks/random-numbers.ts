/**
 * Random numbers of the switch: a function of a key, so that they hang on no engine, no order of programs and no number of
 * workers. The key is the seed of the switch and two words, the packet's arrival number and the site:
 *
 *     site = copy << 16 | pass << 8 | RPB
 *
 * The copy is 0 for the packet that came in; copies of one packet are told apart by it. The function is MurmurHash3 of 32
 * bits (Austin Appleby, public domain, smhasher) of these two words, which for one site is a permutation of the arrival
 * numbers: of 2^32 packets in a row, each has another number.
 */

/** The copy id of the packet that came in. */
const ORIGINAL = 0;

/** The place in the pipe where a number is drawn. @param rpb from 0 */
export const randomSite = (pass: number, rpb: number, copy = ORIGINAL): number => (copy << 16) | (pass << 8) | rpb;

/** An expression: the site of a copy, from expressions of the site of the packet that came in and of the copy. */
export const siteOfCopy = (site: string, copy: string): string => `${site} | ${copy} << 16`;

/** A number of 32 bits, as an integer with a sign. @param arrival modulo 2^32 */
export function randomWord(seed: number, arrival: number, site: number): number {
  return mixed(withWord(withWord(seed, arrival), site) ^ KEY_BYTES);
}

/** The seed of a switch for a text, as --seed of a command gives it. @returns 32 bits */
export function seedOfText(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = withWord(h, text.charCodeAt(i));
  return mixed(h ^ text.length) >>> 0;
}

/** The last step of the hash: each bit of its argument changes about half of the bits. */
function mixed(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Bytes of the two words. */
const KEY_BYTES = 8;

function withWord(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const sum = h ^ k;
  return (Math.imul((sum << 13) | (sum >>> 19), 5) + 0xe6546b64) | 0;
}
