/**
 * What to do about a transaction that a crash or a lost connection cut: which of its operations the switch has made
 * follows from its entries. A revoke goes on to its end; anything else is taken back, unless it was all made.
 */
import {
  type CompiledProgram,
  entryMeaning,
  inverseOf,
  type Operation,
  type TableEntry,
} from '../../compiler/index.js';
import type { SwitchTarget } from '../../sim/index.js';
import type { Outcome, Transaction } from './transaction.js';

/** What remains to be done, and what the transaction has come to then. */
export interface Recovery {
  readonly operations: readonly Operation[];
  readonly outcome: Outcome;
}

/** @param entries all that the switch has */
export function planRecovery(transaction: Transaction, entries: readonly TableEntry[]): Recovery {
  const { action, after, operations } = transaction;
  const present = new Set(entries.map(entryMeaning));
  const isMade = (operation: Operation): boolean => {
    switch (operation.kind) {
      case 'insertEntry':
      case 'replaceEntry':
        return present.has(entryMeaning(operation.entry));
      case 'deleteEntry':
        return !present.has(entryMeaning(operation.entry));
      case 'drain':
        return true;
      case 'resetMemory':
        return false;
    }
  };
  if (action === 'revoke') {
    const rest = operations.filter((operation) => operation.kind === 'drain' || !isMade(operation));
    return { operations: rest, outcome: 'done' };
  }
  const changes = operations.filter(({ kind }) => kind !== 'drain');
  if (changes.every(isMade)) return { operations: [], outcome: 'done' };
  const back = changes
    .filter(isMade)
    .reverse()
    .flatMap((operation): Operation[] => [...inverseOf(operation), { kind: 'drain' }]);
  // Packets may have run through a new program before its filter was taken back.
  const resets = action === 'deploy' && after !== null ? resetsOf(after) : [];
  return { operations: [...back, ...resets], outcome: 'undone' };
}

const resetsOf = ({ memories }: CompiledProgram): Operation[] =>
  memories.map(({ rpb, base, buckets }) => ({ kind: 'resetMemory', rpb, base, buckets }));

/** Brings a switch to the one or the other side of a cut transaction. @throws {TargetError} {@link TargetUnreachable} */
export async function recover(transaction: Transaction, target: SwitchTarget): Promise<Outcome> {
  const { operations, outcome } = planRecovery(transaction, await target.entries());
  await target.apply(operations);
  return outcome;
}
