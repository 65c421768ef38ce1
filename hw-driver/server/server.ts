/** An emulated switch behind BF Runtime, as bf_switchd serves a real one. */
import { Server } from '@grpc/grpc-js';
import type { Switch } from '../../sim/index.js';
import * as wire from '../bfruntime/messages.js';
import { BF_RUNTIME_PORT } from '../bfruntime/table-schema.js';
import { serverCredentials, type Tls } from '../bfruntime/tls.js';
import { DEFAULT_MESSAGE_BYTES, requestLimits } from './requests.js';
import { BfRuntimeService, type ServiceOptions } from './service.js';

export interface ServeOptions extends ServiceOptions {
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  /** Without it, connections are not encrypted. */
  readonly tls?: Tls | undefined;
  /** The largest message that is taken, in bytes. */
  readonly mostMessageBytes?: number;
  /** After how many ms without a word a client is asked whether it is there; without it, none is. */
  readonly keepaliveMs?: number | undefined;
  /** How long such a client may take to answer before its connection ends. */
  readonly keepaliveTimeoutMs?: number | undefined;
}

const MAX_CLIENTS = 16;
const KEEPALIVE_TIMEOUT_MS = 20_000;

export interface RunningServer {
  readonly port: number;
  /** Ends sessions and frees the port. */
  close(): Promise<void>;
}

/** @throws where the port cannot be had */
export async function serveBfRuntime(emulator: Switch, options: ServeOptions = {}): Promise<RunningServer> {
  const { host = '127.0.0.1', port = BF_RUNTIME_PORT, mostClients = MAX_CLIENTS } = options;
  const limits = requestLimits(options.mostMessageBytes ?? DEFAULT_MESSAGE_BYTES);
  const { keepaliveMs, keepaliveTimeoutMs = KEEPALIVE_TIMEOUT_MS } = options;
  const server = new Server({
    'grpc.max_receive_message_length': limits.messageBytes,
    'grpc.max_concurrent_streams': 4 * mostClients,
    ...(keepaliveMs === undefined
      ? {}
      : { 'grpc.keepalive_time_ms': keepaliveMs, 'grpc.keepalive_timeout_ms': keepaliveTimeoutMs }),
  });
  const service = new BfRuntimeService(emulator, { ...options, mostClients, limits });
  server.addService(wire.SERVED, { ...service.handlers() });
  const bound = await new Promise<number>((resolve, reject) => {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    server.bindAsync(address, serverCredentials(options.tls), (error, actual) =>
      error === null ? resolve(actual) : reject(error),
    );
  });
  return {
    port: bound,
    close: async () => server.forceShutdown(),
  };
}
