/** `--queue`, and what a queue tells its users. */
import { UsageError } from '../../../hw-driver/index.js';
import { type QueueAddress, queueAddress } from '../../sweep/queue/queue-address.js';

/** The option of every command that has to do with a queue. */
export const QUEUE_OPTION = {
  queue: {
    type: 'string',
    describe:
      'Redis or Valkey with the queue: redis://HOST:PORT/PREFIX, or rediss:// for TLS; user and password in the address, ' +
      'or in P4RUNPRO_REDIS_USER and P4RUNPRO_REDIS_PASSWORD',
  },
} as const;

/** The queue, or undefined if none is named. @throws {QueueError} */
export const queueFrom = ({ queue }: { readonly queue: string | undefined }): QueueAddress | undefined =>
  queue === undefined ? undefined : queueAddress(queue, process.env);

/** @throws {UsageError} {@link QueueError} */
export function requiredQueue(args: { readonly queue: string | undefined }, what: string): QueueAddress {
  const address = queueFrom(args);
  if (address === undefined) throw new UsageError(`${what} needs a queue: --queue redis://HOST:PORT/PREFIX`);
  return address;
}
