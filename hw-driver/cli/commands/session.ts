/** The session of a command: a connection to a switch, its journal, and a controller. */

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { chainOf, type DataPlane, switchOf } from '../../../compiler/index.js';
import { ChainTarget, type SwitchTarget } from '../../../sim/index.js';
import { Controller, type Recovered } from '../../control/controller.js';
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
      describe:
        "Switch: 'sim' for the emulated switch in the file of --state, or HOST:PORT of a BF Runtime server; several " +
        'of these, with commas between them, are switches in a row',
    })
    .option('state', { type: 'string', describe: 'Snapshot file of the emulated switch (with --target sim)' })
    .option('journal', {
      type: 'string',
      describe: 'Journal file of the switch',
      defaultDescription: 'STATE.journal or ~/.p4runpro/HOST_PORT.journal',
    })
    .options(DATA_PLANE_OPTION)
    .options(TLS_OPTIONS);

export interface TargetArguments extends TlsArguments {
  readonly target: string;
  readonly state: string | undefined;
  readonly journal: string | undefined;
  readonly dataplane: string;
}

/**
 * What a command does to a switch: reads it, changes it, changes it and creates one that does not exist, repairs what
 * became of it, or runs other commands that do any of these (the shell).
 */
export type Access = 'read' | 'change' | 'create' | 'repair' | 'shell';

/** What an operator can do about programs that the switch has lost. */
export const GONE_REMEDY = 'p4runpro repair puts the programs back, with empty memory; p4runpro forget drops them';

export interface Session {
  readonly dataPlane: DataPlane;
  readonly controller: Controller;
  readonly target: SwitchTarget;
  /** Programs that should run and of which the switch had no entry when it was last read. */
  gone: readonly string[];
  /** Writes to stdout. */
  readonly print: (text: string) => void;
  close(): Promise<void>;
}

/**
 * Connects, and completes or undoes transactions in which an earlier command was interrupted.
 * @throws {UsageError} {@link TargetUnreachable}
 */
export async function openSession(args: TargetArguments, access: Access): Promise<Session> {
  const dataPlane = chainOf(loadDataPlane(args.dataplane), addressesOf(args).length);
  const path = args.journal ?? journalOf(args);
  // The file of a switch may have been deleted while its journal is there: then there is something to repair.
  const creates = access === 'create' || access === 'shell' || (access === 'repair' && existsSync(path));
  const remedy = (): string => {
    const { size } = readJournalFile(path, dataPlane).programs;
    return size > 0 ? `its journal ${path} exists: ${GONE_REMEDY}` : 'p4runpro deploy creates one';
  };
  const target = await connect(args, dataPlane, creates, remedy);
  let journal: JournalFile | undefined;
  const close = async (): Promise<void> => {
    journal?.close();
    await target.close();
  };
  try {
    if (access !== 'read') journal = JournalFile.open(path, dataPlane);
    const before = journal?.state ?? readJournalFile(path, dataPlane);
    const controller = new Controller(dataPlane, target.switch, journal ?? NO_JOURNAL, before);
    // The switch ran programs before it had a journal.
    if (before.isNew) for (const program of target.programs) controller.adopt(program);
    if (before.isNew && args.state !== undefined) await reportLostJournal(controller, { ...args, path }, access);
    const gone = await controller.gone();
    if ((access === 'read' || access === 'shell') && gone.length > 0)
      process.stderr.write(`p4runpro: ${goneText(gone)}; ${GONE_REMEDY}\n`);
    if (access === 'repair' || (access !== 'read' && gone.length === 0)) report(await controller.recover());
    return { dataPlane, controller, target: target.switch, gone, print: (text) => process.stdout.write(text), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The file of a switch may have entries while its journal was deleted: then nothing says which programs they belong to.
 * @throws {UsageError} for a command that would change the switch, except repair, which removes such entries
 */
async function reportLostJournal(
  controller: Controller,
  { state, path }: { readonly state: string | undefined; readonly path: string },
  access: Access,
): Promise<void> {
  const strange = (await controller.drift()).filter(({ kind }) => kind === 'foreign').length;
  if (strange === 0 || access === 'repair') return;
  const message =
    `${state} has ${counted(strange, 'entry')} of unknown programs, and its journal ${path} does not exist: ` +
    'put the journal back, or remove the entries by p4runpro repair';
  if (access !== 'read') throw new UsageError(message);
  process.stderr.write(`p4runpro: warning: ${message}\n`);
}

const TRANSACTIONS: Readonly<Record<Recovered['kind'], string>> = {
  deploy: 'deployment',
  revoke: 'revocation',
  replace: 'replacement',
  cases: 'change of cases',
};

function report(recovered: readonly Recovered[]): void {
  for (const { kind, program, outcome } of recovered) {
    const end = outcome === 'after' ? 'completed' : 'undone';
    process.stderr.write(`p4runpro: ${program}: a ${TRANSACTIONS[kind]} was interrupted earlier; it is ${end} now\n`);
  }
}

async function connect(args: TargetArguments, dataPlane: DataPlane, creates: boolean, remedy: () => string) {
  const { target, state } = args;
  const tls = tlsFrom(args);
  if (tls !== undefined && target === 'sim')
    throw new UsageError('--tls-ca, --tls-certificate and --tls-key need --target HOST:PORT');
  if (target === 'sim') {
    if (state === undefined) throw new UsageError('--target sim needs --state FILE, the file of the emulated switch');
    // For other commands --state is a list.
    if (typeof state !== 'string') throw new UsageError('--state is given more than once');
    const file = SwitchFile.open(state, dataPlane, creates, remedy);
    return { switch: file, programs: file.programs, close: async () => undefined };
  }
  if (state !== undefined) throw new UsageError('--state needs --target sim');
  const addresses = addressesOf(args);
  const wrong = addresses.find((address) => !/^.+:\d+$/.test(address));
  if (wrong !== undefined) throw new UsageError(`--target takes sim or HOST:PORT, not '${wrong}'`);
  // Loads gRPC only where it is needed.
  const { connectBfRuntime } = await import('../../bfruntime/index.js');
  const single = switchOf(dataPlane);
  const members: SwitchTarget[] = [];
  const open: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const member of open) await member.close();
  };
  try {
    for (const address of addresses) {
      const member = await connectBfRuntime({ address, dataPlane: single, tls });
      open.push(member);
      members.push(member);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [only] = members;
  const isOne = members.length === 1 && only !== undefined;
  return { switch: isOne ? only : new ChainTarget(dataPlane, members), programs: [], close };
}

/** The switches of a chain, in the order in which packets pass them. */
const addressesOf = ({ target }: TargetArguments): readonly string[] => target.split(',');

const journalOf = ({ target, state }: TargetArguments): string =>
  state === undefined
    ? join(homedir(), '.p4runpro', `${target.replaceAll(/[^\w.-]/g, '_')}.journal`)
    : `${state}.journal`;
