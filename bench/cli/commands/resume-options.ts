/** `--snapshot` and `--resume` of `bench run`. */
import type { Argv } from 'yargs';
import type { DataPlane } from '../../../compiler/index.js';
import { UsageError } from '../../../hw-driver/index.js';
import { SnapshotError } from '../../../sim/index.js';
import { readInput, reasonOf } from '../../../traces/system/index.js';
import { type ResumedRun, readRun } from '../../measure/run/continued-run.js';

export const resumeOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('snapshot', { type: 'string', describe: 'File for the whole switch as it is after the last packet' })
    .option('resume', { type: 'string', describe: 'Goes on from a snapshot, with its programs, workload and seed' })
    .requiresArg(['snapshot', 'resume']);

/** What a snapshot decides. */
const DECIDED = ['programs', 'workload', 'memory', 'cases', 'seed'] as const;

type Decided = { readonly [name in (typeof DECIDED)[number]]: string | undefined };

/** The run to go on with, if one is. @throws {UsageError} */
export function resumedRun(
  args: Decided & { readonly resume: string | undefined },
  dataPlane: DataPlane,
): ResumedRun | undefined {
  const { resume } = args;
  if (resume === undefined) {
    if (args.programs === undefined) throw new UsageError('how many programs? --programs N, or --resume a snapshot');
    return undefined;
  }
  const given = DECIDED.find((name) => args[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} does not go with --resume: the snapshot decides it`);
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
