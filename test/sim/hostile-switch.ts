/** A switch that has to bear hostile packets with all programs at work. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  analyse,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  defaultForwardEntry,
  installOperations,
  link,
  lower,
  SwitchState,
} from '../../compiler/index.js';
import { type EngineName, Switch } from '../../sim/index.js';
import { sourceFile } from './test-switch.js';

/** A switch with every program of bench/programs that this data plane takes, and how many those are. */
export function installAllPrograms(
  plane: DataPlane,
  engine: EngineName = 'compiled',
): { emulator: Switch; programs: number } {
  const emulator = new Switch(plane, { engine });
  const state = new SwitchState(plane);
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  const files = readdirSync(sourceFile('bench', 'programs')).filter((name) => name.endsWith('.p4runpro'));
  for (const file of files.sort()) {
    const { programs, hasErrors, sourceHash } = analyse(
      readFileSync(sourceFile('bench', 'programs', file), 'utf8'),
      plane,
    );
    if (hasErrors) continue;
    for (const program of programs) {
      const options = { ...DEFAULT_LINK_OPTIONS, filterPriority: state.programs.size };
      const compiled = link(lower(program, plane, DEFAULT_RECIRCULATIONS), state, sourceHash, options);
      state.commit(compiled);
      for (const operation of installOperations(compiled)) emulator.apply(operation);
    }
  }
  return { emulator, programs: state.programs.size };
}
