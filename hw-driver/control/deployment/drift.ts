/** Differences between the books and a switch, and the operations that remove them. */
import {
  type CompiledProgram,
  FIXED_NAMES,
  installOrder,
  type Operation,
  RPB_KEYS,
  type TableEntry,
} from '../../../compiler/index.js';
import { entriesNow, setEntry, slotOf, stateOf } from './recovery.js';

/** A difference between the books and the switch. */
export type Difference =
  /** An entry of a program is missing. */
  | { readonly kind: 'missing'; readonly program: string; readonly entry: TableEntry }
  /** An entry of a program has another action or other parameters. */
  | { readonly kind: 'changed'; readonly program: string; readonly entry: TableEntry; readonly found: TableEntry }
  /** An entry that belongs to no program. */
  | { readonly kind: 'foreign'; readonly entry: TableEntry };

/**
 * The differences, in the order of the programs and then of the switch. Default forwarding is not in the books and is
 * left out.
 * @param programs all that run on the switch
 */
export function driftOf(programs: readonly CompiledProgram[], entries: readonly TableEntry[]): Difference[] {
  const now = entriesNow(entries.filter(({ table }) => table !== FIXED_NAMES.forwardTable));
  const differences: Difference[] = [];
  for (const { program, entries: wanted } of programs) {
    for (const entry of wanted) {
      const identity = slotOf(entry);
      const found = now.get(identity);
      now.delete(identity);
      if (found === undefined) differences.push({ kind: 'missing', program, entry });
      else if (stateOf(found) !== stateOf(entry)) differences.push({ kind: 'changed', program, entry, found });
    }
  }
  return [...differences, ...[...now.values()].map((entry): Difference => ({ kind: 'foreign', entry }))];
}

/**
 * The operations that remove the differences. They remove the filters of such a program first, so that no packet sees
 * half of it; foreign filters are deleted before the entries that they lead to.
 * @param programs all that run on the switch
 */
export function repairOperations(
  drift: readonly Difference[],
  programs: readonly CompiledProgram[],
  entries: readonly TableEntry[],
): Operation[] {
  if (drift.length === 0) return [];
  const now = entriesNow(entries);
  const broken = new Set(drift.flatMap((difference) => (difference.kind === 'foreign' ? [] : [difference.program])));
  const foreign = drift.flatMap((difference) => (difference.kind === 'foreign' ? [difference.entry] : []));
  const disturbed = idsOf(foreign);
  const repaired = programs.filter(({ program, programId }) => broken.has(program) || disturbed.has(programId));
  const wanted = repaired.flatMap((program) => program.entries);
  const isFilter = ({ action }: TableEntry): boolean => action === FIXED_NAMES.setProgram;
  const without = (gone: readonly TableEntry[]): Operation[] =>
    gone.flatMap((entry) => setEntry(slotOf(entry), undefined, now));
  return [
    ...without([...foreign, ...wanted].filter(isFilter)),
    { kind: 'drain' },
    ...without(foreign.filter((entry) => !isFilter(entry))),
    ...installOrder(wanted).flatMap((entry) => setEntry(slotOf(entry), entry, now)),
  ];
}

/** The ids of the programs whose packets meet these entries. */
function idsOf(entries: readonly TableEntry[]): Set<number> {
  const fields = entries.flatMap(({ key }) => key.filter(({ name }) => name === RPB_KEYS.program));
  return new Set(fields.map(({ value }) => value));
}
