/**
 * Invariants of compiled programs: entries are in the order of installation and access the program's own memory only.
 */
import type { DataPlane } from '../../data-plane/data-plane.js';
import { type CompiledProgram, entryIdentity } from '../../link/compiled-program.js';
import { documentFault } from '../../link/entry-proof.js';
import { installOrder } from '../../link/operations.js';

/**
 * @param areAddressesChecked whether the addresses of the program were checked, so that its entries must pass the proof
 *   of addresses
 */
export function entriesFault(
  compiled: CompiledProgram,
  dataPlane: DataPlane,
  areAddressesChecked: boolean,
): string | undefined {
  const { entries, passes } = compiled;
  const ordered = installOrder(entries);
  if (ordered.some((entry, i) => entry !== entries[i])) return 'the entries are not in the order of installation';
  const keys = new Set<string>();
  for (const entry of entries) {
    const key = entryIdentity(entry);
    if (keys.has(key)) return `${entry.table} has two entries with the same key and priority`;
    keys.add(key);
  }
  const recirculation = entries.filter(({ table }) => dataPlane.recirculationTables.includes(table)).length;
  if (recirculation !== (passes === 1 ? 0 : passes)) {
    return `a program of ${passes} passes has ${recirculation} entries in the recirculation table`;
  }
  const deepest = compiled.placement.reduce((most, { pass }) => Math.max(most, pass + 1), 1);
  if (dataPlane.switches === 1 && passes !== deepest)
    return `the number of passes is given as ${passes}, and is ${deepest}`;
  return areAddressesChecked ? documentFault(compiled, dataPlane) : undefined;
}
