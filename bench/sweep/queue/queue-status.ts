/** What a queue does: its sweeps, its workers, and the end of a sweep. */
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { forgetCells, forgetEverything, type Kept, keptIn } from './kept.js';
import { connect, type QueuePackages, queuePackages } from './packages.js';
import type { QueueAddress } from './queue-address.js';
import { type CellJob, QUEUE_KINDS, QueueKeys, queueName, type SweepNote, type WorkerNote } from './queue-keys.js';

export interface QueueStatus {
  /** By the time of their last change. */
  readonly sweeps: readonly (SweepNote & { readonly isCancelled: boolean })[];
  readonly workers: readonly WorkerNote[];
  readonly kept: Kept;
}

/** The workers that are alive. */
export async function workersOf(redis: Redis, keys: QueueKeys): Promise<readonly WorkerNote[]> {
  const workers: WorkerNote[] = [];
  for (const id of (await redis.smembers(keys.workers)).sort()) {
    const note = await redis.get(keys.worker(id));
    if (note === null) await redis.srem(keys.workers, id);
    else workers.push(JSON.parse(note));
  }
  return workers;
}

/** @throws {QueueError} */
export function queueStatus(address: QueueAddress): Promise<QueueStatus> {
  return withRedis(address, async (redis) => {
    const keys = new QueueKeys(address.prefix);
    const cancelled = new Set(await redis.smembers(keys.cancelled));
    const sweeps = (await redis.hvals(keys.sweeps)).map((text): SweepNote => JSON.parse(text));
    return {
      sweeps: sweeps
        .sort((a, b) => (a.at < b.at ? -1 : 1))
        .map((sweep) => ({ ...sweep, isCancelled: cancelled.has(sweep.id) })),
      workers: await workersOf(redis, keys),
      kept: await keptIn(redis, keys),
    };
  });
}

/**
 * Takes the cells of a sweep that wait out of the queue and ends its controllers; cells that run end by themselves.
 * @returns the number of cells, or undefined if there is no such sweep
 * @throws {QueueError}
 */
export function cancelSweep(address: QueueAddress, id: string): Promise<number | undefined> {
  return withRedis(address, (redis, packages) => endSweep(redis, packages, address, id));
}

/**
 * Ends a sweep and forgets its results and files, as far as no other sweep has them.
 * @returns the number of results, or undefined if there is no such sweep
 * @throws {QueueError}
 */
export function forgetSweep(address: QueueAddress, id: string): Promise<number | undefined> {
  return withRedis(address, async (redis, packages) => {
    if ((await endSweep(redis, packages, address, id)) === undefined) return undefined;
    return forgetCells(redis, new QueueKeys(address.prefix), id);
  });
}

/** Ends all sweeps, and forgets all that a queue has. @returns the number of results @throws {QueueError} */
export function forgetAll(address: QueueAddress): Promise<number> {
  return withRedis(address, (redis) => forgetEverything(redis, new QueueKeys(address.prefix)));
}

async function withRedis<T>(
  address: QueueAddress,
  work: (redis: Redis, packages: QueuePackages) => Promise<T>,
): Promise<T> {
  const packages = await queuePackages();
  const redis = await connect(packages, address);
  try {
    return await work(redis, packages);
  } finally {
    redis.disconnect();
  }
}

const CHUNK = 1000;

/** Takes out the cells of a sweep; one that a worker has taken meanwhile ends by itself. */
async function takeOut(queue: Queue, state: 'wait' | 'delayed' | 'prioritized', id: string): Promise<number> {
  let removed = 0;
  for (let others = 0; ; ) {
    const jobs: readonly Job<CellJob>[] = await queue.getJobs([state], others, others + CHUNK - 1);
    const own = jobs.filter(({ data }) => data.sweep === id);
    const counts = await Promise.all(own.map(({ data }) => queue.remove(data.key)));
    const gone = counts.reduce((sum, count) => sum + count, 0);
    removed += gone;
    others += jobs.length - gone;
    if (jobs.length === 0) return removed;
  }
}

async function endSweep(
  redis: Redis,
  { Queue }: QueuePackages,
  { connection, prefix }: QueueAddress,
  id: string,
): Promise<number | undefined> {
  const keys = new QueueKeys(prefix);
  const text = await redis.hget(keys.sweeps, id);
  if (text === null) return undefined;
  const { code }: SweepNote = JSON.parse(text);
  // First, so that a controller sends nothing again.
  await redis.sadd(keys.cancelled, id);
  let removed = 0;
  for (const kind of QUEUE_KINDS) {
    const queue = new Queue(queueName(kind, code), { connection, prefix });
    for (const state of ['wait', 'delayed', 'prioritized'] as const) removed += await takeOut(queue, state, id);
    await queue.close();
  }
  return removed;
}
