/** The lists of fields that HASH_FIELDS takes, as programs write them. */
import type { HashedFields } from '../data-plane/headers.js';

const LISTS: Readonly<Record<HashedFields, readonly string[]>> = {
  src: ['src'],
  dst: ['dst'],
  'src, dst': ['src', 'dst'],
  '5-tuple': ['src', 'dst', 'src_port', 'dst_port', 'protocol'],
};

/** In the order of the language. */
export const HASHED_LISTS: readonly HashedFields[] = ['src', 'dst', 'src, dst', '5-tuple'];

/** The words of a list. */
export const hashedWords = (hashed: HashedFields): readonly string[] => LISTS[hashed];

/** All words that stand in some list, in their order. */
export const HASHED_WORDS: readonly string[] = LISTS['5-tuple'];

/** The list that has exactly these words in this order. */
export const hashedFields = (words: readonly string[]): HashedFields | undefined =>
  HASHED_LISTS.find((name) => LISTS[name].join() === words.join());

/** The list that has all of these words and the fewest others: what was meant by a list that no hash takes. */
export const nearestList = (words: readonly string[]): HashedFields | undefined =>
  HASHED_LISTS.find((name) => words.every((word) => LISTS[name].includes(word)));
