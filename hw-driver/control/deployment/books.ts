/**
 * The changes of the resource manager's books by a transaction: until it ends, both of its outcomes hold their
 * resources.
 */
import type { SwitchState } from '../../../compiler/index.js';
import type { Outcome, Transaction } from './transaction.js';

/** Reserves the resources of a transaction. @throws {DoesNotFit}, and reserves nothing */
export function beginInBooks(state: SwitchState, transaction: Transaction): void {
  switch (transaction.kind) {
    case 'deploy':
      state.commit(transaction.after, 'changing');
      return;
    case 'revoke':
      state.beginRevoke(transaction.program);
      return;
    case 'replace':
      state.beginReplace(transaction.after);
      return;
    case 'cases':
      state.exchange({ ...transaction.before, entries: transaction.during }, 'changing');
  }
}

export function endInBooks(state: SwitchState, transaction: Transaction, outcome: Outcome): void {
  const { kind, program } = transaction;
  switch (kind) {
    case 'deploy':
      if (outcome === 'after') state.exchange(transaction.after, 'running');
      else state.release(program);
      return;
    case 'revoke':
      if (outcome === 'after') state.release(program);
      else state.cancelRevoke(program);
      return;
    case 'replace':
      state.endReplace(program, transaction[outcome]);
      return;
    case 'cases':
      state.exchange(transaction[outcome], 'running');
  }
}
