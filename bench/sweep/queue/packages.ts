/** bullmq and ioredis, which are optional: loaded when a command has `--queue`. */
import type { Redis } from 'ioredis';
import { reasonOf } from '../../../traces/system/index.js';
import { messageOf } from '../local/run-on-threads.js';
import { type QueueAddress, QueueError } from './queue-address.js';

/** The packages of queues. */
export interface QueuePackages {
  readonly Queue: typeof import('bullmq').Queue;
  readonly Worker: typeof import('bullmq').Worker;
  readonly Redis: typeof import('ioredis').Redis;
}

/** @throws {QueueError} if they are not installed */
export async function queuePackages(): Promise<QueuePackages> {
  try {
    const [{ Queue, Worker }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { Queue, Worker, Redis };
  } catch {
    throw new QueueError(
      '--queue needs the optional packages bullmq and ioredis, which are not installed: npm install bullmq ioredis',
    );
  }
}

const CONNECT_MS = 5000;
const MS_PER_SECOND = 1000;

/** A connection that has been made once, and is made again whenever it is lost. @throws {QueueError} */
export async function connect({ Redis }: QueuePackages, address: QueueAddress, firstMs = CONNECT_MS): Promise<Redis> {
  const first = new Redis({
    ...address.connection,
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: firstMs,
    socketTimeout: firstMs,
  });
  let reason: unknown;
  first.on('error', (error) => {
    reason = error;
  });
  try {
    await first.connect();
    await first.ping();
  } catch (error) {
    throw new QueueError(`cannot reach ${address.shown}: ${textOf(reason ?? error, firstMs)}`);
  } finally {
    first.disconnect();
  }
  const redis = new Redis(address.connection);
  // A Redis that is away is waited for; the display says so.
  redis.on('error', () => undefined);
  return redis;
}

/** Servers repeat no password; ioredis names user and host only. */
function textOf(error: unknown, waitedMs: number): string {
  const text = reasonOf(error).replace(/\n.*/s, '');
  if (/certificate/.test(text)) return `${text}; NODE_EXTRA_CA_CERTS=FILE.pem names one to be trusted`;
  if (text.startsWith('NOAUTH')) return 'it asks for a password, as in P4RUNPRO_REDIS_PASSWORD';
  if (text.startsWith('Socket timeout')) return `no answer in ${waitedMs / MS_PER_SECOND} s`;
  return text;
}

/** What Redis says, without the place in a script: the same for each command that it refuses. */
export const redisSays = (error: unknown): string => `Redis: ${messageOf(error).replace(/,? script: .*$/, '')}`;
