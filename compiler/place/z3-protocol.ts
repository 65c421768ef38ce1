/** The messages between the allocator's thread and the solver's thread. */
import type { MessagePort } from 'node:worker_threads';

/** The data with which the solver's thread starts. */
export interface SolverStart {
  readonly answers: MessagePort;
  /** One Int32: the number of answers sent, for which the asking thread waits. */
  readonly answered: SharedArrayBuffer;
}

/** The answer of the solver's thread to a model; `solved` has the values as printed by Z3, `x0 -> 1`. */
export type SolverAnswer =
  | { readonly kind: 'solved'; readonly values: string }
  | { readonly kind: 'unsatisfiable' }
  | { readonly kind: 'failed'; readonly message: string };
