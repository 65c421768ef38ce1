/** Which entries a packet met: found from the entries' keys, independently of the switch's look-up. */
import { must } from '../../../compiler/data-plane/must.js';
import { type DataPlane, type KeyField, RPB_KEYS, type TableEntry } from '../../../compiler/index.js';
import type { RpbVisit } from '../drivers/tracing-driver.js';

/** An RPB that did something to a packet. */
export interface EntryStep extends RpbVisit {
  /** The branch id of the packet before this step. */
  readonly branch: number;
  readonly entry: TableEntry;
  /** The action's name without that of its control. */
  readonly action: string;
  readonly parameters: readonly number[];
}

const REGISTER_KEYS = { [RPB_KEYS.har]: 'har', [RPB_KEYS.sar]: 'sar', [RPB_KEYS.mar]: 'mar' } as const;

/** The steps of a packet through entries, those of its program among them, in their order of installation. */
export function entrySteps(
  entries: readonly TableEntry[],
  dataPlane: DataPlane,
  visits: readonly RpbVisit[],
): EntryStep[] {
  const steps: EntryStep[] = [];
  let branch = 0;
  let programId = visits[0]?.programId;
  for (const visit of visits) {
    // Another program may run on a later pass of the prototype; its branch ids are its own.
    if (visit.programId !== programId) branch = 0;
    programId = visit.programId;
    const { table, control } = dataPlane.rpb(visit.rpb);
    const matches = (entry: TableEntry): boolean =>
      entry.table === table && entry.key.every((field) => isMatch(field, visit, branch));
    const entry = entries.filter(matches).sort((a, b) => a.priority - b.priority)[0];
    if (entry === undefined) continue;
    const action = entry.action.slice(control.length + 1);
    const parameters = entry.parameters.map(({ value }) => value);
    steps.push({ ...visit, branch, entry, action, parameters });
    if (action === 'set_branch_id') branch = must(parameters[0], 'branch ID of an entry');
  }
  return steps;
}

function isMatch(field: KeyField, { before, pass, programId }: RpbVisit, branch: number): boolean {
  const is = (value: number): boolean =>
    field.match === 'exact' ? value === field.value : (value & field.mask) >>> 0 === (field.value & field.mask) >>> 0;
  switch (field.name) {
    case RPB_KEYS.program:
      return is(programId);
    case RPB_KEYS.branch:
      return is(branch);
    case RPB_KEYS.recirculation:
      return is(pass);
    default: {
      const register = REGISTER_KEYS[field.name as keyof typeof REGISTER_KEYS];
      return register !== undefined && is(before[register]);
    }
  }
}
