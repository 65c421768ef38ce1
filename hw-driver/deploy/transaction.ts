/** What a controller is about to do to a switch, and how it ended. */
import type { CompiledProgram, Operation } from '../../compiler/index.js';

export interface Transaction {
  readonly action: 'deploy' | 'revoke' | 'change';
  /** The program as it ran before, and as it is to run; null for none. */
  readonly before: CompiledProgram | null;
  readonly after: CompiledProgram | null;
  /** In their order; those of a revoke end with the resets of its memory. */
  readonly operations: readonly Operation[];
}

export type Outcome = 'done' | 'undone';

/** Is told before a switch is changed, so that whoever comes after a crash knows what was under way. */
export interface TransactionLog {
  begin(transaction: Transaction): void;
  /** Of the transaction that began last. */
  end(outcome: Outcome): void;
}

export const NO_LOG: TransactionLog = { begin: () => undefined, end: () => undefined };
