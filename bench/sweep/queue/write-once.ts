/** Results are written once, by compare and set, in one step of Redis. */
import type { Redis } from 'ioredis';
import type { CellResult } from '../results/cell-result.js';
import type { QueueKeys } from './queue-keys.js';

/** Keys: results, times, defects, starts, failures, ended. Arguments: key of the cell, fixed, times, most entries of the stream. */
const SCRIPT = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
if before == ARGV[2] then return 'again' end
if before then
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[4], '*', 'cell', ARGV[1])
  return 'differs'
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('HDEL', KEYS[5], ARGV[1])
redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[4], '*', 'cell', ARGV[1])
return 'first'
`;
const SCRIPT_KEYS = 6;

/** Controllers read the stream a few times a second; what it has lost they find by looking for results. */
const MAX_ENDED = 100_000;

/** `first`: written; `again`: there, equal to the byte; `differs`: there and other, which is a defect and reported. */
export type Written = 'first' | 'again' | 'differs';

export async function writeOnce(redis: Redis, keys: QueueKeys, key: string, result: CellResult): Promise<Written> {
  const { results, times, defects, starts, failures, ended } = keys;
  const names = [results, times, defects, starts, failures, ended];
  const written = await redis.eval(SCRIPT, SCRIPT_KEYS, ...names, key, result.fixed, result.times, MAX_ENDED);
  return written === 'first' || written === 'again' ? written : 'differs';
}

/** Notes that a cell failed for good. */
export async function writeFailure(redis: Redis, keys: QueueKeys, key: string, message: string): Promise<void> {
  await redis
    .multi()
    .hset(keys.failures, key, message)
    .hdel(keys.starts, key)
    .xadd(keys.ended, 'MAXLEN', '~', MAX_ENDED, '*', 'cell', key)
    .exec();
}
