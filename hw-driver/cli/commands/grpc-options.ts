/**
 * Options of `p4runpro serve` for the gRPC server: limits, keepalive, and whether it accepts what bf_switchd refuses.
 */
import type { ServeOptions } from '../../server/index.js';
import { UsageError } from '../kit/command-line.js';
import { wholeNumber } from '../kit/inputs.js';

const MEGABYTE = 2 ** 20;
const MAX_MEGABYTES = 1024;
const MAX_SECONDS = 86_400;

export const GRPC_OPTIONS = {
  'max-message': {
    type: 'string',
    default: '4',
    describe: 'Maximum size of a message in MB; a message has at most 26,214 updates for each MB',
  },
  keepalive: {
    type: 'string',
    describe: 'Seconds without a message after which a client is pinged',
    defaultDescription: 'never',
  },
  'keepalive-timeout': {
    type: 'string',
    describe: 'Seconds to wait for the answer to a ping before the session ends (with --keepalive)',
    defaultDescription: '20',
  },
  lenient: {
    type: 'boolean',
    default: false,
    describe:
      'Accept what bf_switchd refuses: a second BIND of one client, DATAPLANE_ATOMIC writes, any device and pipe id',
  },
} as const;

export interface GrpcArguments {
  readonly maxMessage: string;
  readonly keepalive: string | undefined;
  readonly keepaliveTimeout: string | undefined;
  readonly lenient: boolean;
}

/** @throws {UsageError} */
export function grpcFrom(
  args: GrpcArguments,
): Pick<ServeOptions, 'maxMessageBytes' | 'keepaliveMs' | 'keepaliveTimeoutMs' | 'lenient'> {
  const { keepalive, keepaliveTimeout, lenient } = args;
  if (keepalive === undefined && keepaliveTimeout !== undefined) {
    throw new UsageError('--keepalive-timeout belongs to --keepalive');
  }
  const seconds = (option: string, text: string): number => 1000 * wholeNumber(option, text, 1, MAX_SECONDS);
  return {
    maxMessageBytes: MEGABYTE * wholeNumber('--max-message', args.maxMessage, 1, MAX_MEGABYTES),
    keepaliveMs: keepalive === undefined ? undefined : seconds('--keepalive', keepalive),
    keepaliveTimeoutMs: keepaliveTimeout === undefined ? undefined : seconds('--keepalive-timeout', keepaliveTimeout),
    lenient,
  };
}
