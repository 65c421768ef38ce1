/**
 * Recovery of an interrupted transaction: its progress by the entries that the switch has, and the operations that end
 * it.
 */
import { and48, entryIdentity, type KeyField, type Operation, type TableEntry } from '../../../compiler/index.js';
import type { Outcome, Transaction } from './transaction.js';

/** The entries of a switch by their slots. */
export type EntriesNow = Map<string, TableEntry>;

export const entriesNow = (entries: readonly TableEntry[]): EntriesNow =>
  new Map(entries.map((entry) => [slotOf(entry), entry]));

/**
 * As {@link entryIdentity}, without keys that match anything and bits outside of masks, which a switch may leave out.
 */
export function slotOf(entry: TableEntry): string {
  const key = entry.key.flatMap((field): KeyField[] => {
    if (field.match === 'exact') return [field];
    return field.mask === 0 ? [] : [{ ...field, value: and48(field.value, field.mask) }];
  });
  return entryIdentity({ ...entry, key });
}

export interface Recovery {
  readonly outcome: Outcome;
  /** The operations that lead to that outcome, in order. */
  readonly operations: readonly Operation[];
}

/**
 * The number of operations that were made: the number after which the tables would differ least from what they are.
 * Of several such numbers the lowest: operations that leave no trace in entries (resets, drains) are repeated.
 */
export function progressOf({ operations }: Transaction, now: EntriesNow): number {
  const expected = new Map<string, string>();
  for (const [identity, first] of firstChanges(operations)) expected.set(identity, startOf(first));
  let differing = 0;
  const differs = (identity: string): number => (expected.get(identity) === stateOf(now.get(identity)) ? 0 : 1);
  for (const identity of expected.keys()) differing += differs(identity);
  let best = { progress: 0, differing };
  for (const [i, operation] of operations.entries()) {
    const change = changeOf(operation);
    if (change === undefined) continue;
    differing -= differs(change.identity);
    expected.set(change.identity, stateOf(change.after));
    differing += differs(change.identity);
    if (differing < best.differing) best = { progress: i + 1, differing };
  }
  return best.progress;
}

/**
 * The operations that end an interrupted transaction, without those that would change nothing.
 * @param completes whether to complete it even before its commit point
 */
export function recoveryOf(transaction: Transaction, entries: readonly TableEntry[], completes = false): Recovery {
  const now = entriesNow(entries);
  if (completes) return { outcome: 'after', operations: remaining(transaction.operations, now) };
  const progress = progressOf(transaction, now);
  const { operations, turn } = transaction;
  if (progress >= turn) return { outcome: 'after', operations: remaining(operations.slice(progress), now) };
  return { outcome: 'before', operations: undone(operations.slice(0, progress), now) };
}

function remaining(operations: readonly Operation[], now: EntriesNow): Operation[] {
  return operations.flatMap((operation) => {
    const change = changeOf(operation);
    return change === undefined ? [operation] : setEntry(change.identity, change.after, now);
  });
}

/**
 * The operations in reverse. This is as safe for packets as the forward order if no packet meets two of the changes:
 * therefore a drain follows each.
 */
function undone(operations: readonly Operation[], now: EntriesNow): Operation[] {
  return [...operations].reverse().flatMap((operation): Operation[] => {
    const change = changeOf(operation);
    const made = change === undefined ? [] : setEntry(change.identity, change.before, now);
    return made.length === 0 ? [] : [...made, { kind: 'drain' }];
  });
}

/** The operations that give a slot the wanted entry, or none for undefined; updates `now`. */
export function setEntry(identity: string, wanted: TableEntry | undefined, now: EntriesNow): Operation[] {
  const there = now.get(identity);
  if (stateOf(there) === stateOf(wanted)) return [];
  if (wanted === undefined) {
    now.delete(identity);
    return there === undefined ? [] : [{ kind: 'deleteEntry', entry: there }];
  }
  now.set(identity, wanted);
  if (there === undefined) return [{ kind: 'insertEntry', entry: wanted }];
  return [{ kind: 'replaceEntry', before: there, entry: wanted }];
}

interface EntryChange {
  readonly identity: string;
  readonly before: TableEntry | undefined;
  readonly after: TableEntry | undefined;
}

function changeOf(operation: Operation): EntryChange | undefined {
  switch (operation.kind) {
    case 'insertEntry':
      return { identity: slotOf(operation.entry), before: undefined, after: operation.entry };
    case 'deleteEntry':
      return { identity: slotOf(operation.entry), before: operation.entry, after: undefined };
    case 'replaceEntry':
      return { identity: slotOf(operation.entry), before: operation.before, after: operation.entry };
    case 'drain':
    case 'resetMemory':
    case 'declareMemory':
    case 'insertGroup':
    case 'deleteGroup':
      return undefined;
  }
}

function firstChanges(operations: readonly Operation[]): Map<string, EntryChange> {
  const first = new Map<string, EntryChange>();
  for (const operation of operations) {
    const change = changeOf(operation);
    if (change !== undefined && !first.has(change.identity)) first.set(change.identity, change);
  }
  return first;
}

const startOf = ({ before }: EntryChange): string => stateOf(before);

/** Action and parameters of an entry as text; empty where there is no entry. Parameters have no order. */
export function stateOf(entry: TableEntry | undefined): string {
  if (entry === undefined) return '';
  const parameters = entry.parameters.map(({ name, value }) => `${name}=${value}`).sort();
  return `${entry.action}(${parameters.join()})`;
}
