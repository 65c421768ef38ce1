/**
 * Where tokens end, by their characters: nearly all of a text is words, integers, marks and line comments that nothing
 * longer can begin with. The others are left to an expression.
 */
import { must } from '../data-plane/must.js';

/** Bits of the classes that a character is in. */
export const CLASS = { space: 1, lineEnd: 2, letter: 4, digit: 8, hexadecimal: 16, word: 32 } as const;

const ASCII = 128;
/** By character code. */
const CLASSES = new Uint8Array(ASCII);

/** The classes of a character, as bits. The end of a text, whose code is NaN, is in none. */
export const classesOf = (code: number): number => (code < ASCII ? must(CLASSES[code], 'class') : 0);

const is = (code: number, bit: number): boolean => (classesOf(code) & bit) !== 0;

function addTo(bit: number, characters: string): void {
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i);
    CLASSES[code] = classesOf(code) | bit;
  }
}

const DIGITS = '0123456789';
const SMALL_LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const LETTERS = SMALL_LETTERS + SMALL_LETTERS.toUpperCase();
addTo(CLASS.space, ' \t\f\v');
addTo(CLASS.lineEnd, '\r\n');
addTo(CLASS.letter, LETTERS);
addTo(CLASS.digit, DIGITS);
addTo(CLASS.hexadecimal, `${DIGITS}abcdefABCDEF`);
addTo(CLASS.word, `${DIGITS}${LETTERS}_`);

const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const HASH_SIGN = 0x23;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const SPACE = 0x20;

/** The end of the white space here, which has no line end. */
export function spaceEnd(source: string, at: number): number {
  let end = at + 1;
  while (source.charCodeAt(end) === SPACE) end++;
  return end;
}

/** A longer word in front of a colon begins no IPv6 address, not even one with a group that is too long. */
const MAX_GROUP = 8;

/** The end of the word or field at a letter; where it stands, if it may be the start of an address. */
export function wordEnd(source: string, at: number): number {
  let end = at + 1;
  while (is(source.charCodeAt(end), CLASS.word)) end++;
  if (end - at <= MAX_GROUP && source.charCodeAt(end) === COLON) return at;
  const name = end;
  while (source.charCodeAt(end) === DOT && is(source.charCodeAt(end + 1), CLASS.letter)) {
    end += 2;
    while (is(source.charCodeAt(end), CLASS.word)) end++;
  }
  return end > name && source.charCodeAt(end) === OPEN_BRACKET ? indexEnd(source, end) : end;
}

/** The end of the index behind a field; where its bracket stands, if it is no index. */
function indexEnd(source: string, at: number): number {
  let end = at + 1;
  while (is(source.charCodeAt(end), CLASS.digit)) end++;
  return end > at + 1 && source.charCodeAt(end) === CLOSE_BRACKET ? end + 1 : at;
}

/** The end of the integer at a digit; where it stands, if it may be the start of an address. */
export function integerEnd(source: string, at: number): number {
  let end = at + 1;
  let code = source.charCodeAt(end);
  while (code === DOT || is(code, CLASS.word)) code = source.charCodeAt(++end);
  return code === COLON || code === SLASH ? at : end;
}

/** Whether an IPv6 address may begin with this colon. */
export function mayBeginAddress(source: string, at: number): boolean {
  const next = source.charCodeAt(at + 1);
  return next === COLON || is(next, CLASS.hexadecimal);
}

/** The end of the comment from here to the end of the line; where it stands, if there is none. */
export function lineCommentEnd(source: string, at: number): number {
  const code = source.charCodeAt(at);
  if (code !== HASH_SIGN && (code !== SLASH || source.charCodeAt(at + 1) !== SLASH)) return at;
  let end = at + 1;
  while (end < source.length && !is(source.charCodeAt(end), CLASS.lineEnd)) end++;
  return end;
}
