/** Whether a switch still has the programs of the books. */
import { addTo } from '../../../compiler/data-plane/counting.js';
import { type CompiledProgram, FIXED_NAMES, type TableEntry } from '../../../compiler/index.js';
import type { SwitchTarget } from '../../../sim/index.js';
import { entriesNow, slotOf } from './recovery.js';

const isFilter = ({ action }: TableEntry): boolean => action === FIXED_NAMES.setProgram;

/**
 * Programs of which a switch has no entry at all: it was restarted empty, its file was deleted, or they were removed.
 * The numbers of filters are read first; the entries are read only if there are fewer filters than there should be.
 * @param programs all that should run, each with a filter
 * @throws {TargetUnreachable}
 */
export async function programsGone(programs: readonly CompiledProgram[], target: SwitchTarget): Promise<string[]> {
  const expected = new Map<string, number>();
  for (const { table } of programs.flatMap(({ entries }) => entries.filter(isFilter))) {
    addTo(expected, table);
  }
  let isLess = false;
  for (const [table, count] of expected) isLess ||= (await target.entryCount(table)) < count;
  if (!isLess) return [];
  const now = entriesNow(await target.entries());
  const isGone = ({ entries }: CompiledProgram): boolean => !entries.some((entry) => now.has(slotOf(entry)));
  return programs.filter(isGone).map(({ program }) => program);
}
