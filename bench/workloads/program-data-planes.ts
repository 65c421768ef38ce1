/** The data planes that can run a program that ships. */
import { readFileSync } from 'node:fs';
import {
  analyse,
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  DoesNotFit,
  link,
  lower,
  must,
  SwitchState,
  switchOf,
} from '../../compiler/index.js';
import { WorkloadError } from './arrival.js';
import { isPaperKey, PROGRAM_KEYS, PROGRAM_KINDS, type ProgramKey, programFile } from './program-kind.js';

/** The data plane that a program is made for. */
export const dataPlaneOf = (key: ProgramKey): DataPlane =>
  must(builtInDataPlane(PROGRAM_KINDS[key].dataPlane), `data plane of ${key}`);

/** Whether an empty switch with this data plane takes the program, as its text is. */
export function canRun(key: ProgramKey, dataPlane: DataPlane): boolean {
  const { programs, hasErrors, sourceHash } = analyse(readFileSync(programFile(key), 'utf8'), dataPlane);
  if (hasErrors) return false;
  try {
    for (const program of programs) {
      link(lower(program, dataPlane, DEFAULT_RECIRCULATIONS), new SwitchState(dataPlane), sourceHash);
    }
    return true;
  } catch (error) {
    if (error instanceof DoesNotFit) return false;
    throw error;
  }
}

/** Programs that a data plane runs, and those that it leaves out; the paper's are for every data plane. */
export function programsFor(dataPlane: DataPlane): { readonly runs: ProgramKey[]; readonly leftOut: ProgramKey[] } {
  const runs = PROGRAM_KEYS.filter((key) => isPaperKey(key) || canRun(key, dataPlane));
  return { runs, leftOut: PROGRAM_KEYS.filter((key) => !runs.includes(key)) };
}

/**
 * In a chain, one of its switches may suffice by itself: then a program that does not fit the chain is told why.
 * @throws {WorkloadError} for a program that needs more than `default` has, and cannot run here
 */
export function requireDataPlane(key: ProgramKey, dataPlane: DataPlane): void {
  if (PROGRAM_KINDS[key].dataPlane === 'default') return;
  if (canRun(key, dataPlane) || canRun(key, switchOf(dataPlane))) return;
  const planes = BUILT_IN_DATA_PLANES.filter((name) => canRun(key, must(builtInDataPlane(name), `data plane ${name}`)));
  throw new WorkloadError(
    `the data plane ${dataPlane.description.name} cannot run the program ${key}; these can: ${planes.join(', ')}`,
  );
}
