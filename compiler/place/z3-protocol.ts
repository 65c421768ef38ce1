/** What the allocator's thread and the solver's thread tell each other. */
import type { MessagePort } from 'node:worker_threads';

/** Starts the solver's thread. */
export interface SolverStart {
  readonly answers: MessagePort;
  /** One Int32: how many answers have been sent; the asking thread sleeps on it. */
  readonly answered: SharedArrayBuffer;
}

/** What the solver's thread sends for each model; `solved` has the values as Z3 prints them, `x0 -> 1`. */
export type SolverAnswer =
  | { readonly kind: 'solved'; readonly values: string }
  | { readonly kind: 'unsatisfiable' }
  | { readonly kind: 'failed'; readonly message: string };
