/** A sweep through a queue whose workers, controller and Redis are killed at random times, and what it must come to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import * as assert from 'uvu/assert';
import { packageFile } from '../../../traces/system/package-root.js';
import { type } from '../../command-line.js';
import { TestRedis } from './redis.js';

export interface Kills {
  readonly folder: string;
  readonly cells: number;
  readonly kills: number;
  readonly seed: string;
  /** Longest time from the cell that a kill waits for to the kill. */
  readonly withinMs: number;
}

const BENCH = packageFile('dist', 'bench', 'cli', 'cli.js');
const WORKERS = 2;
const ASK_MS = 20;

/** What was killed, in order. */
export type Killed = Record<'worker' | 'controller' | 'redis', number>;

/** Each at least once, then at random. */
const VICTIMS = ['worker', 'redis', 'controller', 'worker'] as const;
/**
 * A kill waits until the controller has more cells than those that workers had begun at the kill before, which come even if
 * nothing is sent again, and some more at random.
 */
const CELLS_BETWEEN = { least: WORKERS + 1, random: 3 };
const PATIENCE_MS = 60_000;

/** Kills while the sweep runs, then lets it end; its table has to be that of a run on one machine. */
export async function sweepWithKills({ folder, cells, kills, seed, withinMs }: Kills): Promise<Killed> {
  const random = seedrandom.alea(seed);
  const grid = { schema: 'p4runpro-bench/sweep@1', grid: { seed: { from: 1, to: cells } }, measure: 'run' };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'grid.json'), JSON.stringify({ ...grid, options: { programs: 2, packets: 500 } }));
  const redis = await TestRedis.start();
  const queue = redis.address('kills');
  const start = (...words: string[]): ChildProcess =>
    spawn(process.execPath, [BENCH, ...words, '--queue', queue], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const startWorker = (): ChildProcess => start('worker', '--workers', '1', '--lock', '1');
  const startController = (): ChildProcess => start('sweep', 'grid.json', '--out', 'queue');
  const workers = Array.from({ length: WORKERS }, startWorker);
  let controller = startController();
  const stored = join(folder, 'queue', 'cells.jsonl');
  const done = (): number => (existsSync(stored) ? readFileSync(stored, 'utf8').split('\n').length - 1 : 0);
  const until = async (count: number): Promise<void> => {
    const start = performance.now();
    while (done() < count && controller.exitCode === null) {
      assert.ok(performance.now() - start < PATIENCE_MS, `${done()} cells are done, and no more`);
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  };
  const killed: Killed = { worker: 0, controller: 0, redis: 0 };
  try {
    for (let n = 0; n < kills; n++) {
      await until(done() + CELLS_BETWEEN.least + Math.floor(random() * CELLS_BETWEEN.random));
      await new Promise((resolve) => setTimeout(resolve, random() * withinMs));
      // A sweep that has ended proves nothing: it is to outlast the kills.
      assert.is(controller.exitCode, null, `the sweep ended after ${n} of ${kills} kills`);
      const victim = VICTIMS[n < VICTIMS.length ? n : Math.floor(random() * VICTIMS.length)] ?? 'worker';
      if (victim === 'redis') {
        await redis.kill();
        await redis.begin();
      } else if (victim === 'controller') {
        await kill(controller);
        controller = startController();
      } else {
        const which = Math.floor(random() * WORKERS);
        const worker = workers[which];
        if (worker !== undefined) await kill(worker);
        workers[which] = startWorker();
      }
      killed[victim]++;
    }
    if (controller.exitCode === null) await once(controller, 'exit');
    assert.is(controller.exitCode, 0);
  } finally {
    for (const each of [...workers, controller]) await kill(each);
    await redis.kill();
  }
  const local = await type('bench', ['sweep', 'grid.json', '--workers', '1', '--out', 'local'], { folder });
  assert.is(local.status, 0, local.stderr);
  const table = (out: string): string => readFileSync(join(folder, out, 'sweep.csv'), 'utf8');
  assert.is(table('queue'), table('local'));
  assert.is(table('queue').trim().split('\n').length, cells + 1);
  return killed;
}

async function kill(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill('SIGKILL');
  await once(process, 'exit');
}
