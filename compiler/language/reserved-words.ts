/** Words that are no names of programs and memories. */
import { REGISTERS } from '../data-plane/description.js';
import { PRIMITIVES } from './primitives.js';

export const KEYWORDS: readonly string[] = ['program', 'case', 'BRANCH'];

/** Registers, keywords and primitives: what each is, with an article. */
export const RESERVED_WORDS: ReadonlyMap<string, string> = new Map([
  ...REGISTERS.map((name) => [name, 'a register'] as const),
  ...KEYWORDS.map((name) => [name, 'a keyword'] as const),
  ...[...PRIMITIVES.keys()].map((name) => [name, 'a primitive'] as const),
]);
