/** Rates of entries and of programs installed over BF Runtime on an emulated switch in another thread. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  analyse,
  type CompiledProgram,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  lower,
} from '../../../compiler/index.js';
import { type BfRuntimeTarget, connectBfRuntime } from '../../../hw-driver/bfruntime/index.js';
import { JournalFile } from '../../../hw-driver/control/journal/journal-file.js';
import { Controller } from '../../../hw-driver/index.js';
import { loadWorkload } from '../../workloads/workload.js';

export interface ControlSpeedOptions {
  readonly dataPlane: DataPlane;
  readonly workload: string;
  readonly programs: number;
  /** Number of repeats, each with a new switch. */
  readonly repeats: number;
  readonly seed: string;
  /** Monotonic time in milliseconds, e.g. `performance.now`. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Times of all repeats, in order. */
export interface ControlSpeed {
  readonly programs: number;
  readonly entries: number;
  /** Programs deployed in order from their text, each as a transaction with a journal on disk, several under way at once. */
  readonly deploySeconds: readonly number[];
  /** All entries of all programs as one batch. */
  readonly insertsPerSecond: readonly number[];
  readonly deletesPerSecond: readonly number[];
}

const SIZE = { memoryBytes: 1024, cases: 2 };
/**
 * Programs whose transactions are under way at once: while the journal and the switch do their part, the next programs
 * are compiled. Each is linked when those before it are in the books, so that all get the places that they would get
 * one by one.
 */
const UNDER_WAY = 16;

export async function measureControlSpeed(options: ControlSpeedOptions): Promise<ControlSpeed> {
  const { dataPlane, now, repeats } = options;
  const deploySeconds: number[] = [];
  const insertsPerSecond: number[] = [];
  const deletesPerSecond: number[] = [];
  let programs: readonly CompiledProgram[] = [];
  const entriesOf = () => programs.flatMap(({ entries }) => entries);
  for (let repeat = 0; repeat < repeats; repeat++) {
    await withServedSwitch(dataPlane, async (target) => {
      const seconds = async (work: () => Promise<void>): Promise<number> => {
        const start = now();
        await work();
        return (now() - start) / 1000;
      };
      deploySeconds.push(
        await seconds(async () => {
          programs = await deployAll(target, options);
        }),
      );
      const entries = entriesOf();
      const apply = (kind: 'insertEntry' | 'deleteEntry') =>
        seconds(() => target.apply(entries.map((entry) => ({ kind, entry }))));
      deletesPerSecond.push(entries.length / (await apply('deleteEntry')));
      insertsPerSecond.push(entries.length / (await apply('insertEntry')));
    });
  }
  return {
    programs: programs.length,
    entries: entriesOf().length,
    deploySeconds,
    insertsPerSecond,
    deletesPerSecond,
  };
}

async function deployAll(target: BfRuntimeTarget, options: ControlSpeedOptions): Promise<CompiledProgram[]> {
  const { dataPlane, workload: name, seed, signal } = options;
  const workload = await loadWorkload({ name, ...SIZE, seed, dataPlane });
  const folder = mkdtempSync(join(tmpdir(), 'p4runpro-'));
  const journal = JournalFile.open(join(folder, 'journal'), dataPlane);
  try {
    const controller = new Controller(dataPlane, target, journal);
    const deployed: Promise<CompiledProgram>[] = [];
    try {
      while (deployed.length < options.programs) {
        signal.throwIfAborted();
        const { programs, sourceHash } = analyse(workload.arrival(deployed.length).source, dataPlane);
        for (const program of programs) {
          const lowered = lower(program, dataPlane, DEFAULT_RECIRCULATIONS);
          const deployment = controller.deploy(lowered, sourceHash);
          // A failure reaches the caller with the others.
          deployment.catch(() => undefined);
          deployed.push(deployment);
        }
        await deployed.at(-UNDER_WAY);
      }
      return await Promise.all(deployed);
    } finally {
      await Promise.allSettled(deployed);
    }
  } finally {
    journal.close();
    rmSync(folder, { recursive: true });
  }
}

async function withServedSwitch(dataPlane: DataPlane, use: (target: BfRuntimeTarget) => Promise<void>): Promise<void> {
  const server = new Worker(new URL('./served-switch-worker.js', import.meta.url), {
    workerData: dataPlane.description,
  });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const target = await connectBfRuntime({ address: `127.0.0.1:${port}`, dataPlane });
    await use(target).finally(() => target.close());
  } finally {
    await server.terminate();
  }
}
