/** What a command works with: a switch, what is written down of it, and a controller of the two. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import type { DataPlane } from '../../../compiler/index.js';
import type { SwitchTarget } from '../../../sim/index.js';
import { Controller, type Settled } from '../../control/controller.js';
import { goneText } from '../../control/errors.js';
import { JournalFile, readJournalFile } from '../../control/journal/journal-file.js';
import { NO_JOURNAL } from '../../control/journal/records.js';
import { UsageError } from '../kit/command-line.js';
import { loadDataPlane } from '../kit/inputs.js';
import { DATA_PLANE_OPTION } from '../kit/shared-options.js';
import { SwitchFile } from './switch-file.js';
import { TLS_OPTIONS, type TlsArguments, tlsFrom } from './tls-options.js';

export const targetOptions = (yargs: Argv) =>
  yargs
    .option('target', {
      type: 'string',
      demandOption: true,
      describe: "The switch: 'sim', which --state holds, or HOST:PORT of one that speaks BF Runtime",
    })
    .option('state', { type: 'string', describe: 'With --target sim: the file of the emulated switch, a snapshot' })
    .option('journal', {
      type: 'string',
      describe: 'What was done to the switch (beside --state, with .journal; else ~/.p4runpro/HOST_PORT.journal)',
    })
    .options(DATA_PLANE_OPTION)
    .options(TLS_OPTIONS)
    .requiresArg(['target', 'state', 'journal']);

export interface TargetArguments extends TlsArguments {
  readonly target: string;
  readonly state: string | undefined;
  readonly journal: string | undefined;
  readonly dataplane: string;
}

/**
 * What a command does to a switch: only looks at it, changes it, changes it even where it would be a new one, puts right
 * what became of it, or takes other commands that do any of these.
 */
export type Access = 'look' | 'change' | 'create' | 'mend' | 'converse';

/** What an operator can do about programs that the switch has lost. */
export const GONE_REMEDY = 'p4runpro repair puts the programs back, with empty memory; p4runpro forget drops them';

export interface Session {
  readonly dataPlane: DataPlane;
  readonly controller: Controller;
  readonly target: SwitchTarget;
  /** Programs that should run and of which the switch had no entry when last looked at. */
  gone: readonly string[];
  /** Goes to stdout: all of it in the end for a command, line by line for the shell. */
  readonly print: (text: string) => void;
  close(): Promise<void>;
}

/** Connects, and completes or undoes what an earlier command was cut off in. @throws {UsageError} {@link TargetUnreachable} */
export async function openSession(args: TargetArguments, access: Access): Promise<Session> {
  const dataPlane = loadDataPlane(args.dataplane);
  const path = args.journal ?? journalOf(args);
  // The file of a switch may be gone while its journal is there: then there is something to put right.
  const creates = access === 'create' || access === 'converse' || (access === 'mend' && existsSync(path));
  const remedy = (): string => {
    const { size } = readJournalFile(path, dataPlane).programs;
    return size > 0 ? `its journal ${path} is there: ${GONE_REMEDY}` : 'p4runpro deploy begins one';
  };
  const target = await connect(args, dataPlane, creates, remedy);
  const journal = access === 'look' ? undefined : JournalFile.open(path, dataPlane);
  const close = async (): Promise<void> => {
    journal?.close();
    await target.close();
  };
  try {
    const before = journal?.state ?? readJournalFile(path, dataPlane);
    const controller = new Controller(dataPlane, target.switch, journal ?? NO_JOURNAL, before);
    // A switch that ran before it had a journal.
    if (before.isNew) for (const program of target.programs) controller.adopt(program);
    const gone = await controller.gone();
    if ((access === 'look' || access === 'converse') && gone.length > 0)
      process.stderr.write(`p4runpro: ${goneText(gone)}; ${GONE_REMEDY}\n`);
    if (access === 'mend' || (access !== 'look' && gone.length === 0)) report(await controller.recover());
    return { dataPlane, controller, target: target.switch, gone, print: (text) => process.stdout.write(text), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function report(settled: readonly Settled[]): void {
  for (const { kind, program, outcome } of settled) {
    const end = outcome === 'after' ? 'done to its end' : 'undone';
    process.stderr.write(`p4runpro: ${program}: a ${kind} had been cut off; it is ${end} now\n`);
  }
}

async function connect(args: TargetArguments, dataPlane: DataPlane, creates: boolean, remedy: () => string) {
  const { target, state } = args;
  const tls = tlsFrom(args);
  if (tls !== undefined && target === 'sim')
    throw new UsageError('--tls-ca, --tls-certificate and --tls-key belong to HOST:PORT');
  if (target === 'sim') {
    if (state === undefined) throw new UsageError('--target sim needs --state FILE, which holds the switch');
    // Other commands take several.
    if (typeof state !== 'string') throw new UsageError('--state is given more than once');
    const file = SwitchFile.open(state, dataPlane, creates, remedy);
    return { switch: file, programs: file.programs, close: async () => undefined };
  }
  if (state !== undefined) throw new UsageError('--state belongs to --target sim');
  if (!/^.+:\d+$/.test(target)) throw new UsageError(`--target takes sim or HOST:PORT, not '${target}'`);
  // gRPC is loaded by what speaks it alone.
  const { connectBfRuntime } = await import('../../bfruntime/index.js');
  const connected = await connectBfRuntime({ address: target, dataPlane, tls });
  return { switch: connected, programs: [], close: () => connected.close() };
}

const journalOf = ({ target, state }: TargetArguments): string =>
  state === undefined
    ? join(homedir(), '.p4runpro', `${target.replaceAll(/[^\w.-]/g, '_')}.journal`)
    : `${state}.journal`;
