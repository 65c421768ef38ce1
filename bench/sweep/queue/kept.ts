/** What Redis keeps of sweeps: results and files stay until they are forgotten, as a later sweep may have the same cells. */
import type { Redis } from 'ioredis';
import type { QueueKeys } from './queue-keys.js';

/** How much is kept. */
export interface Kept {
  readonly results: number;
  /** Memory of the results; null where Redis does not say. */
  readonly resultBytes: number | null;
  readonly files: number;
  readonly fileBytes: number;
}

export async function keptIn(redis: Redis, keys: QueueKeys): Promise<Kept> {
  const hashes = new Set<string>();
  for (const sweep of await redis.hkeys(keys.sweeps)) {
    for (const hash of await redis.smembers(keys.filesOf(sweep))) hashes.add(hash);
  }
  let files = 0;
  let fileBytes = 0;
  for (const hash of hashes) {
    const bytes = await redis.strlen(keys.file(hash));
    if (bytes > 0) files++;
    fileBytes += bytes;
  }
  return { results: await redis.hlen(keys.results), resultBytes: await memoryOf(redis, keys), files, fileBytes };
}

async function memoryOf(redis: Redis, { results, times }: QueueKeys): Promise<number | null> {
  try {
    return Number(await redis.memory('USAGE', results)) + Number(await redis.memory('USAGE', times));
  } catch {
    // Operators may forbid the command.
    return null;
  }
}

interface Listed {
  readonly sweep: { readonly id: string };
  readonly keys: readonly string[];
  readonly fileHashes: readonly string[];
}

/** Notes which cells and files a sweep has, unless that is known. */
export async function listSweep(
  redis: Redis,
  keys: QueueKeys,
  { sweep, keys: cells, fileHashes }: Listed,
): Promise<void> {
  if ((await redis.exists(keys.cellsOf(sweep.id))) === 1) return;
  if (fileHashes.length > 0) await redis.sadd(keys.filesOf(sweep.id), ...fileHashes);
  await redis.set(keys.cellsOf(sweep.id), Buffer.from(cells.join(''), 'hex'));
}

const KEY_BYTES = 16;
const CHUNK = 1000;

async function cellsOf(redis: Redis, keys: QueueKeys, sweep: string): Promise<readonly string[]> {
  const bytes = (await redis.getBuffer(keys.cellsOf(sweep))) ?? Buffer.alloc(0);
  return Array.from({ length: bytes.length / KEY_BYTES }, (_, i) =>
    bytes.toString('hex', i * KEY_BYTES, (i + 1) * KEY_BYTES),
  );
}

/** Forgets a sweep that has ended. @returns the number of its results that were forgotten */
export async function forgetCells(redis: Redis, keys: QueueKeys, sweep: string): Promise<number> {
  const cells = new Set(await cellsOf(redis, keys, sweep));
  const files = new Set(await redis.smembers(keys.filesOf(sweep)));
  for (const other of await redis.hkeys(keys.sweeps)) {
    if (other === sweep) continue;
    for (const key of await cellsOf(redis, keys, other)) cells.delete(key);
    for (const hash of await redis.smembers(keys.filesOf(other))) files.delete(hash);
  }
  const own = [...cells];
  let forgotten = 0;
  for (let i = 0; i < own.length; i += CHUNK) {
    const chunk = own.slice(i, i + CHUNK);
    forgotten += await redis.hdel(keys.results, ...chunk);
    for (const hash of [keys.times, keys.failures, keys.defects, keys.starts]) await redis.hdel(hash, ...chunk);
  }
  for (const hash of files) await redis.unlink(keys.file(hash));
  await redis.unlink(keys.cellsOf(sweep), keys.filesOf(sweep));
  await redis.hdel(keys.sweeps, sweep);
  return forgotten;
}

/** Controllers look once a second whether their sweep was cancelled. */
const MARKS_KEPT_SECONDS = 60;

/** Ends all controllers and forgets all below the prefix. @returns the number of results */
export async function forgetEverything(redis: Redis, keys: QueueKeys): Promise<number> {
  const [results, sweeps] = [await redis.hlen(keys.results), await redis.hkeys(keys.sweeps)];
  if (sweeps.length > 0) await redis.sadd(keys.cancelled, ...sweeps);
  let cursor = '0';
  do {
    const [next, names] = await redis.scan(cursor, 'MATCH', keys.pattern, 'COUNT', CHUNK);
    const others = names.filter((name) => name !== keys.cancelled);
    if (others.length > 0) await redis.unlink(...others);
    cursor = next;
  } while (cursor !== '0');
  await redis.expire(keys.cancelled, MARKS_KEPT_SECONDS);
  return results;
}
