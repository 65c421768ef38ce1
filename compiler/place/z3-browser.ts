import type { Allocator } from './allocator.js';
import type { PaperObjective } from './objectives.js';
import { SolverError } from './solver-error.js';

/** Z3 does not run in a page: it would be larger than all the rest, and needs a thread that can be waited for. */
export function z3Allocator(_objective: PaperObjective): Allocator {
  throw new SolverError('not-installed', 'allocator z3 does not run in a page, only in the terminal');
}
