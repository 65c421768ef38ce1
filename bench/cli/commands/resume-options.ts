/** `--snapshot` and `--resume` of `bench run`. */
import type { Argv } from 'yargs';
import type { DataPlane } from '../../../compiler/index.js';
import { UsageError } from '../../../hw-driver/index.js';
import { SnapshotError } from '../../../sim/snapshot/snapshot.js';
import { readInput, reasonOf } from '../../../traces/system/index.js';
import { type ResumedRun, readRun } from '../../measure/run/continued-run.js';

export const resumeOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('snapshot', { type: 'string', describe: 'File for a snapshot of the whole switch after the last packet' })
    .option('resume', { type: 'string', describe: 'Snapshot to resume from, with its programs, workload and seed' });

/** Options that a snapshot fixes. */
const FIXED = ['programs', 'workload', 'memory', 'cases', 'seed'] as const;

type FixedArguments = { readonly [name in (typeof FIXED)[number]]: string | undefined };

/** The run to resume, if `--resume` names one. @throws {UsageError} */
export function resumedRun(
  args: FixedArguments & { readonly resume: string | undefined },
  dataPlane: DataPlane,
): ResumedRun | undefined {
  const { resume } = args;
  if (resume === undefined) {
    if (args.programs === undefined)
      throw new UsageError('the number of programs is missing: --programs N, or --resume SNAPSHOT');
    return undefined;
  }
  const given = FIXED.find((name) => args[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} cannot be combined with --resume: the snapshot fixes it`);
  let bytes: Uint8Array;
  try {
    bytes = readInput(resume);
  } catch (error) {
    throw new UsageError(`${resume}: ${reasonOf(error)}`);
  }
  try {
    return readRun(bytes, dataPlane);
  } catch (error) {
    throw error instanceof SnapshotError ? new UsageError(`${resume}: ${error.message}`) : error;
  }
}
