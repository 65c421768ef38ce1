/** What a transaction does to the resource manager's books: both of its ends are paid for until it has reached one. */
import type { SwitchState } from '../../../compiler/index.js';
import type { Outcome, Transaction } from './transaction.js';

/** @throws {DoesNotFit} and takes nothing */
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
