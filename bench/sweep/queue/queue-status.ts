/** What a queue does: its sweeps, its workers, and the end of a sweep. */
import type { Redis } from 'ioredis';
import { connect, queuePackages } from './packages.js';
import type { QueueAddress } from './queue-address.js';
import { type CellJob, QUEUE_KINDS, QueueKeys, queueName, type SweepNote, type WorkerNote } from './queue-keys.js';

export interface QueueStatus {
  /** By the time of their last change. */
  readonly sweeps: readonly (SweepNote & { readonly isCancelled: boolean })[];
  readonly workers: readonly WorkerNote[];
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
export async function queueStatus(address: QueueAddress): Promise<QueueStatus> {
  const redis = await connect(await queuePackages(), address);
  try {
    const keys = new QueueKeys(address.prefix);
    const cancelled = new Set(await redis.smembers(keys.cancelled));
    const sweeps = (await redis.hvals(keys.sweeps)).map((text): SweepNote => JSON.parse(text));
    return {
      sweeps: sweeps
        .sort((a, b) => (a.at < b.at ? -1 : 1))
        .map((sweep) => ({ ...sweep, isCancelled: cancelled.has(sweep.id) })),
      workers: await workersOf(redis, keys),
    };
  } finally {
    redis.disconnect();
  }
}

/**
 * Takes the cells of a sweep that wait out of the queue and ends its controllers; cells that run end by themselves.
 * @returns the number of cells, or undefined if there is no such sweep
 * @throws {QueueError}
 */
export async function cancelSweep(address: QueueAddress, id: string): Promise<number | undefined> {
  const packages = await queuePackages();
  const redis = await connect(packages, address);
  try {
    const keys = new QueueKeys(address.prefix);
    const text = await redis.hget(keys.sweeps, id);
    if (text === null) return undefined;
    const { code }: SweepNote = JSON.parse(text);
    // First, so that a controller sends nothing again.
    await redis.sadd(keys.cancelled, id);
    let removed = 0;
    for (const kind of QUEUE_KINDS) {
      const { connection, prefix } = address;
      const queue = new packages.Queue(queueName(kind, code), { connection, prefix });
      for (const job of await queue.getJobs(['wait', 'delayed', 'prioritized'])) {
        const data: CellJob = job.data;
        if (data.sweep !== id) continue;
        await job.remove();
        removed++;
      }
      await queue.close();
    }
    return removed;
  } finally {
    redis.disconnect();
  }
}
