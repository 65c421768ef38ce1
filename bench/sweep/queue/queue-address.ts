/** Where a queue is: `redis://HOST:PORT/PREFIX`, or `rediss://` with TLS. Passwords are never shown. */
import { isIP } from 'node:net';
import { DomainError } from '../../../compiler/index.js';

/** Thrown for an address that is none, a Redis that cannot be reached, and packages that are missing. */
export class QueueError extends DomainError {
  override readonly name = 'QueueError';
  readonly code = 'no-queue';
  readonly ends = 'bad-input';
}

/** How bullmq and ioredis connect. */
export interface QueueConnection {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly servername?: string };
  /** Time without an answer after which a connection is taken to be cut, and is made again. */
  readonly socketTimeout: number;
  readonly maxRetriesPerRequest: null;
  readonly retryStrategy: (times: number) => number;
}

/** A Redis and the beginning of the names of all keys there. */
export interface QueueAddress {
  readonly connection: QueueConnection;
  readonly prefix: string;
  /** For messages: without user and password. */
  readonly shown: string;
}

/** Environment variables with what should not stand on a command line. */
const USER_VARIABLE = 'P4RUNPRO_REDIS_USER';
const PASSWORD_VARIABLE = 'P4RUNPRO_REDIS_PASSWORD';

const DEFAULT_PORT = 6379;
const DEFAULT_PREFIX = 'p4runpro';
const PREFIX = /^[\w.-]{1,100}$/;
/** Above the ten seconds that a worker may wait for a cell, and the time that the largest file takes on a slow line. */
const SILENT_MS = 60_000;
const MAX_RETRY_MS = 1000;
const RETRY_STEP_MS = 50;

/** @throws {QueueError} without the text, which may have a password in it */
export function queueAddress(text: string, environment: NodeJS.ProcessEnv): QueueAddress {
  const wrong = (what: string): QueueError =>
    new QueueError(`--queue takes redis://HOST:PORT/PREFIX or rediss://HOST:PORT/PREFIX: ${what}`);
  if (!URL.canParse(text)) throw wrong('this is no such address');
  const url = new URL(text);
  const isSecret = url.protocol === 'rediss:';
  if (url.protocol !== 'redis:' && !isSecret) throw wrong(`found ${url.protocol}//`);
  if (url.hostname === '') throw wrong('the host is missing');
  if (url.search !== '' || url.hash !== '') throw wrong('found ? or #, which it does not have');
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw wrong('found % before something other than two hexadecimal digits; % itself is %25');
    }
  };
  const prefix = decoded(url.pathname.slice(1)) || DEFAULT_PREFIX;
  if (!PREFIX.test(prefix)) throw wrong('PREFIX is letters, digits, ., _ and -');
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  const user = decoded(url.username) || environment[USER_VARIABLE];
  const password = decoded(url.password) || environment[PASSWORD_VARIABLE];
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    connection: {
      host,
      port,
      ...(user === undefined ? {} : { username: user }),
      ...(password === undefined ? {} : { password }),
      ...(isSecret ? { tls: isIP(host) === 0 ? { servername: host } : {} } : {}),
      socketTimeout: SILENT_MS,
      // Commands wait for a Redis that is restarted.
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(MAX_RETRY_MS, times * RETRY_STEP_MS),
    },
    prefix,
    shown: `${url.protocol}//${url.host}/${prefix}`,
  };
}
