/** How parts of a program are written, for hints. */
import { PRIMITIVES } from './primitives.js';
import type { Word } from './syntax.js';

export const PROGRAM_FORM = 'program NAME(<field, value, mask>) { … }';
export const CASE_FORM = 'case(<register, value, mask>) { … }';
export const MEMORY_FORM = 'a memory is declared as @NAME BUCKETS';

/** How a primitive that takes arguments is written; undefined for others. */
export function formWithArguments({ text }: Word): string | undefined {
  const takes = PRIMITIVES.get(text)?.arguments;
  return takes !== undefined && takes.length > 0 ? `write ${text}(${takes.join(', ')});` : undefined;
}
