/** Where a switch differs from what its controller has on it, and how to put that right. */
import {
  entryIdentity,
  entryMeaning,
  FIXED_NAMES,
  installOrder,
  type Operation,
  type TableEntry,
} from '../../compiler/index.js';

export interface Drift {
  /** Of programs that run, and not on the switch. */
  readonly missing: readonly TableEntry[];
  /** On the switch, and of no program. */
  readonly foreign: readonly TableEntry[];
  /** Match what an entry of a program matches, and do something else. */
  readonly changed: readonly { readonly expected: TableEntry; readonly found: TableEntry }[];
}

/** @param found all entries of the switch; default forwarding is nobody's and left out */
export function driftOf(expected: readonly TableEntry[], found: readonly TableEntry[]): Drift {
  const byMatch = new Map(found.filter(isOfPrograms).map((entry) => [matchText(entry), entry]));
  const missing: TableEntry[] = [];
  const changed: { expected: TableEntry; found: TableEntry }[] = [];
  for (const entry of expected) {
    const match = matchText(entry);
    const other = byMatch.get(match);
    byMatch.delete(match);
    if (other === undefined) missing.push(entry);
    else if (entryMeaning(other) !== entryMeaning(entry)) changed.push({ expected: entry, found: other });
  }
  return { missing, foreign: [...byMatch.values()], changed };
}

export const hasDrift = ({ missing, foreign, changed }: Drift): boolean =>
  missing.length + foreign.length + changed.length > 0;

/** Foreign entries go, filters first; then actions are put right; then what is missing comes, filters last. */
export function repairOperations({ missing, foreign, changed }: Drift): Operation[] {
  return [
    ...installOrder(foreign)
      .reverse()
      .map((entry): Operation => ({ kind: 'deleteEntry', entry })),
    { kind: 'drain' },
    ...changed.map(({ expected, found }): Operation => ({ kind: 'replaceEntry', before: found, entry: expected })),
    ...installOrder(missing).map((entry): Operation => ({ kind: 'insertEntry', entry })),
  ];
}

const isOfPrograms = ({ table }: TableEntry): boolean => table !== FIXED_NAMES.forwardTable;

const matchText = (entry: TableEntry): string =>
  entryIdentity({ ...entry, key: entry.key.filter((field) => field.match === 'exact' || field.mask !== 0) });
