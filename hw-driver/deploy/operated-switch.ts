/** A switch that the commands of an operator act on: emulated and kept in a file, or behind BF Runtime with a journal. */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import type { CompiledProgram, DataPlane } from '../../compiler/index.js';
import {
  InProcessTarget,
  readSnapshot,
  restoreSnapshot,
  Switch,
  type SwitchTarget,
  takeSnapshot,
} from '../../sim/index.js';
import { loadDataPlane, UsageError } from '../command-line.js';
import { Controller } from '../controller.js';
import { JournalFile } from './journal-file.js';
import { recover } from './recover.js';

export interface TargetArguments {
  readonly target: string;
  readonly state: string;
  readonly journal: string;
  readonly dataplane: string;
  readonly json: boolean;
}

export const targetOptions = <Arguments>(yargs: Argv<Arguments>) =>
  yargs
    .option('target', {
      type: 'string',
      default: 'sim',
      describe: 'sim: an emulated switch that is kept in a file; or HOST:PORT of BF Runtime',
    })
    .option('state', { type: 'string', default: 'switch.snapshot', describe: 'That file; made by the first deploy' })
    .option('journal', {
      type: 'string',
      default: 'switch.journal',
      describe: 'With HOST:PORT: file with what was deployed there, and what was under way when something broke',
    })
    .option('dataplane', { type: 'string', default: 'default', describe: 'Data plane: a name, or a JSON file' })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON document' })
    .requiresArg(['target', 'state', 'journal', 'dataplane']);

export interface OperatedSwitch {
  readonly controller: Controller;
  readonly target: SwitchTarget;
  /** Programs that run, in the order in which they came. */
  programs(): readonly CompiledProgram[];
  /** Keeps what was done, as far as that is not done already. */
  save(): void;
  close(): Promise<void>;
}

/** @throws {UsageError} {@link NotUsable} {@link TargetUnreachable} {@link JournalError} {@link SnapshotError} */
export async function openSwitch(args: TargetArguments): Promise<OperatedSwitch> {
  const dataPlane = loadDataPlane(args.dataplane);
  return args.target === 'sim' ? openEmulated(args.state, dataPlane) : openRemote(args, dataPlane);
}

/** Opens a switch for work that changes nothing. */
export async function readSwitch<T>(args: TargetArguments, work: (opened: OperatedSwitch) => Promise<T>): Promise<T> {
  const opened = await openSwitch(args);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/** Opens a switch, works on it, and keeps what was done if that succeeds. */
export function changeSwitch<T>(args: TargetArguments, work: (opened: OperatedSwitch) => Promise<T>): Promise<T> {
  return readSwitch(args, async (opened) => {
    const result = await work(opened);
    opened.save();
    return result;
  });
}

const programsOf = ({ state }: Controller): readonly CompiledProgram[] =>
  [...state.programs.values()].map(({ compiled }) => compiled);

function openEmulated(path: string, dataPlane: DataPlane): OperatedSwitch {
  const emulator = new Switch(dataPlane);
  const target = new InProcessTarget(emulator);
  const controller = new Controller(dataPlane, target);
  const exists = statSync(path, { throwIfNoEntry: false }) !== undefined;
  const snapshot = exists ? readSnapshot(readFileSync(path), dataPlane) : undefined;
  if (snapshot !== undefined) {
    restoreSnapshot(emulator, snapshot);
    for (const program of snapshot.programs) controller.state.commit(program);
  }
  const note = snapshot?.note ?? null;
  return {
    controller,
    target,
    programs: () => programsOf(controller),
    save: () => writeWhole(path, takeSnapshot(emulator, programsOf(controller), emulator.counters, note)),
    close: async () => undefined,
  };
}

/** @throws {UsageError} and leaves an older file as it was */
function writeWhole(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(`${path}.partial`, bytes);
    renameSync(`${path}.partial`, path);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function openRemote(
  { target: address, journal: path }: TargetArguments,
  dataPlane: DataPlane,
): Promise<OperatedSwitch> {
  if (!/^\S+:\d+$/.test(address)) throw new UsageError(`--target is sim or HOST:PORT, not '${address}'`);
  const { connectBfRuntime } = await import('../bfruntime/index.js');
  const target = await connectBfRuntime({ address, dataPlane });
  try {
    const journal = new JournalFile(path, dataPlane);
    const controller = new Controller(dataPlane, target, journal);
    for (const program of await settledPrograms(journal, target)) controller.state.commit(program);
    return {
      controller,
      target,
      programs: () => programsOf(controller),
      save: () => undefined,
      close: async () => {
        journal.close();
        await target.close();
      },
    };
  } catch (error) {
    await target.close();
    throw error;
  }
}

/** The programs of a journal, after what was under way at its end has been finished or taken back. */
async function settledPrograms(journal: JournalFile, target: SwitchTarget): Promise<readonly CompiledProgram[]> {
  const { open, programs } = journal.contents;
  if (open === undefined) return programs;
  const outcome = await recover(open, target);
  journal.end(outcome);
  const { action, before, after } = open;
  const name = (after ?? before)?.program ?? '';
  process.stderr.write(`p4runpro: ${action} of ${name} was cut off; it is ${outcome} now\n`);
  if (outcome === 'undone') return programs;
  return [...programs.filter(({ program }) => program !== before?.program), ...(after === null ? [] : [after])];
}
