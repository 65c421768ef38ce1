/** Where a switch differs from what its controller has written down, and the changes that mend it. */
import {
  type CompiledProgram,
  FIXED_NAMES,
  installOrder,
  type Operation,
  RPB_KEYS,
  type TableEntry,
} from '../../../compiler/index.js';
import { bring, entriesNow, slotOf, stateOf } from './settle.js';

export type Difference =
  /** An entry of a program is not there. */
  | { readonly kind: 'missing'; readonly program: string; readonly entry: TableEntry }
  /** An entry of a program does something else. */
  | { readonly kind: 'changed'; readonly program: string; readonly entry: TableEntry; readonly found: TableEntry }
  /** An entry that is of no program. */
  | { readonly kind: 'foreign'; readonly entry: TableEntry };

/**
 * What differs, in the order of the programs and then of the switch. Default forwarding is not the controller's: it is
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
 * Makes the switch what it should be. A program that differs is without its filters meanwhile, so that no packet sees
 * half of it; foreign filters go before the entries that they lead to.
 * @param programs those that run
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
  const mended = programs.filter(({ program, programId }) => broken.has(program) || disturbed.has(programId));
  const wanted = mended.flatMap((program) => program.entries);
  const isFilter = ({ action }: TableEntry): boolean => action === FIXED_NAMES.setProgram;
  const without = (gone: readonly TableEntry[]): Operation[] =>
    gone.flatMap((entry) => bring(slotOf(entry), undefined, now));
  return [
    ...without([...foreign, ...wanted].filter(isFilter)),
    { kind: 'drain' },
    ...without(foreign.filter((entry) => !isFilter(entry))),
    ...installOrder(wanted).flatMap((entry) => bring(slotOf(entry), entry, now)),
  ];
}

/** The programs whose packets meet these entries. */
function idsOf(entries: readonly TableEntry[]): Set<number> {
  const fields = entries.flatMap(({ key }) => key.filter(({ name }) => name === RPB_KEYS.program));
  return new Set(fields.map(({ value }) => value));
}
