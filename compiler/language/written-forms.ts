/** How parts of a program are written, for hints. */

export const PROGRAM_FORM = 'program NAME(<field, value, mask>) { … }';
export const CASE_FORM = 'case(<register, value, mask>) { … }';
export const MEMORY_FORM = 'a memory is declared as @NAME BUCKETS';
