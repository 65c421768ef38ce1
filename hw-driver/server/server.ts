/** The gRPC server of an emulated switch, which behaves like bf_switchd. */
import { Server } from '@grpc/grpc-js';
import type { Switch } from '../../sim/index.js';
import * as wire from '../bfruntime/messages.js';
import { BF_RUNTIME_PORT } from '../bfruntime/table-schema.js';
import { serverCredentials, type Tls } from '../bfruntime/tls.js';
import { DEFAULT_MESSAGE_BYTES, requestLimits } from './requests.js';
import { BfRuntimeService, type ServiceOptions } from './service.js';

/** Options of {@link serveBfRuntime}. */
export interface ServeOptions extends ServiceOptions {
  /** Address to listen on; by default 127.0.0.1. */
  readonly host?: string;
  /** Port to listen on; 0 picks a free one. */
  readonly port?: number;
  /** Certificates; without them connections are not encrypted. */
  readonly tls?: Tls | undefined;
  /** Maximum size of a message in bytes. */
  readonly maxMessageBytes?: number;
  /** Time without a message after which a client is pinged; by default clients are not pinged. */
  readonly keepaliveMs?: number | undefined;
  /** Time to wait for the answer to a ping before the connection ends. */
  readonly keepaliveTimeoutMs?: number | undefined;
}

const MAX_CLIENTS = 16;
const KEEPALIVE_TIMEOUT_MS = 20_000;

/** A server that accepts connections. */
export interface RunningServer {
  readonly port: number;
  /** Ends sessions and frees the port. */
  close(): Promise<void>;
}

/** Starts the server. @throws if it cannot listen on the port */
export async function serveBfRuntime(emulator: Switch, options: ServeOptions = {}): Promise<RunningServer> {
  const { host = '127.0.0.1', port = BF_RUNTIME_PORT, maxClients = MAX_CLIENTS } = options;
  const limits = requestLimits(options.maxMessageBytes ?? DEFAULT_MESSAGE_BYTES);
  const { keepaliveMs, keepaliveTimeoutMs = KEEPALIVE_TIMEOUT_MS } = options;
  const server = new Server({
    'grpc.max_receive_message_length': limits.messageBytes,
    'grpc.max_concurrent_streams': 4 * maxClients,
    ...(keepaliveMs === undefined
      ? {}
      : { 'grpc.keepalive_time_ms': keepaliveMs, 'grpc.keepalive_timeout_ms': keepaliveTimeoutMs }),
  });
  const service = new BfRuntimeService(emulator, { ...options, maxClients, limits });
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
