/**
 * A client's session with a switch: it subscribes, reads the schema, binds the program, and makes calls with deadlines.
 */
import {
  type CallOptions,
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { TargetUnreachable } from '../../sim/index.js';
import { BfRtJsonError, readBfRtJson } from './bf-rt-json.js';
import * as wire from './messages.js';
import { NotUsable } from './not-usable.js';
import { RpcError } from './rpc-error.js';
import type { TableSchema } from './table-schema.js';
import { channelCredentials, type Tls } from './tls.js';

export interface ConnectOptions {
  /** HOST:PORT. */
  readonly address: string;
  readonly clientId?: number;
  readonly deviceId?: number;
  /** The program to bind; by default the only one of the switch. */
  readonly p4Name?: string;
  /** Deadline of each call. */
  readonly deadlineMs?: number;
  /** Certificates; without them the connection is not encrypted. */
  readonly tls?: Tls | undefined;
}

const DEADLINE_MS = 10_000;
const CLIENT_ID = 1;

const CHANNEL: ChannelOptions = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5000,
  'grpc.max_receive_message_length': 64 * 2 ** 20,
  // A lost session is replaced by a new one with a subscription, which a channel that reconnects would not have.
  'grpc.enable_retries': 0,
};

type SessionStream = ClientDuplexStream<wire.StreamMessage, wire.StreamMessage>;

export class BfRuntimeSession {
  /** Whether the session can still be used. */
  open = true;

  private constructor(
    private readonly client: Client,
    private readonly stream: SessionStream,
    private readonly options: ConnectOptions,
    readonly p4Name: string,
    readonly schema: TableSchema,
  ) {
    // Further messages are ignored, but the end of the stream is seen only by reading it.
    stream.resume();
    for (const event of ['error', 'end', 'close']) stream.on(event, () => this.lose());
  }

  /** @throws {TargetUnreachable} {@link NotUsable} */
  static async connect(options: ConnectOptions): Promise<BfRuntimeSession> {
    const client = new Client(options.address, channelCredentials(options.tls), CHANNEL);
    const call = new Calls(client, options);
    let stream: SessionStream | undefined;
    try {
      stream = await subscribe(client, options);
      const { config } = await call.unary(wire.METHODS.GetForwardingPipelineConfig, {
        client_id: call.clientId,
        device_id: options.deviceId ?? 0,
      });
      const program = programOf(config, options);
      const schema = schemaIn(program.bfruntime_info);
      await call.unary(wire.METHODS.SetForwardingPipelineConfig, {
        client_id: call.clientId,
        device_id: options.deviceId ?? 0,
        action: wire.CONFIG_ACTION.bind,
        config: [{ p4_name: program.p4_name }],
      });
      return new BfRuntimeSession(client, stream, options, program.p4_name, schema);
    } catch (error) {
      stream?.on('error', () => undefined).cancel();
      client.close();
      throw error instanceof RpcError ? new NotUsable(`${options.address}: ${error.message}`) : error;
    }
  }

  /** Encodes a write, which this session or a later one can send. */
  encode(updates: readonly wire.Update[], atomicity: number): Buffer {
    const { deviceId = 0, clientId = CLIENT_ID } = this.options;
    const target = { device_id: deviceId, pipe_id: wire.ALL_PIPES };
    return wire.encodeWrite({ target, client_id: clientId, updates, atomicity });
  }

  /** Writes updates. @returns the result of each; with rollback, one failure undoes all @throws {TargetUnreachable} */
  write(updates: readonly wire.Update[], atomicity: number): Promise<readonly wire.UpdateError[]> {
    return this.send(this.encode(updates, atomicity));
  }

  /** As {@link write}, for an encoded write. */
  async send(encoded: Buffer): Promise<readonly wire.UpdateError[]> {
    try {
      await this.calls().unary(wire.METHODS.Write, encoded);
      return [];
    } catch (error) {
      if (!(error instanceof PartError)) throw error;
      if (error.errors.some(({ canonical_code }) => canonical_code !== 0)) return error.errors;
      throw new RpcError(status.UNKNOWN, error.message);
    }
  }

  /** @throws {TargetUnreachable} {@link RpcError} of the first entity that cannot be read */
  async read(entities: readonly wire.Entity[]): Promise<wire.Entity[]> {
    const call = this.calls();
    const target = { device_id: this.options.deviceId ?? 0, pipe_id: wire.ALL_PIPES };
    try {
      return await call.stream({ target, client_id: call.clientId, entities });
    } catch (error) {
      if (!(error instanceof PartError)) throw error;
      // If the details do not include all entities, those included may all have succeeded.
      const first = error.errors.find(({ canonical_code }) => canonical_code !== 0);
      throw first ? new RpcError(first.canonical_code, first.message) : new RpcError(status.UNKNOWN, error.message);
    }
  }

  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    // The switch ends the stream when it has released the client id, which another session can then use.
    await new Promise<void>((resolve) => {
      for (const event of ['end', 'error', 'close']) this.stream.on(event, () => resolve());
      this.stream.end();
      setTimeout(resolve, CLOSE_MS).unref();
    });
    this.client.close();
  }

  private lose(): void {
    if (!this.open) return;
    this.open = false;
    this.client.close();
  }

  private calls(): Calls {
    if (!this.open) throw new TargetUnreachable(`${this.options.address}: the connection was lost`);
    return new Calls(this.client, this.options);
  }
}

const CLOSE_MS = 1000;

/** A write or read of which some updates or entities failed, with the result of each. */
class PartError extends Error {
  constructor(
    message: string,
    readonly errors: readonly wire.UpdateError[],
  ) {
    super(message);
  }
}

/** Single calls of the service. */
class Calls {
  readonly clientId: number;
  private readonly callOptions: CallOptions;

  constructor(
    private readonly client: Client,
    private readonly options: ConnectOptions,
  ) {
    this.clientId = options.clientId ?? CLIENT_ID;
    this.callOptions = { deadline: new Date(Date.now() + (options.deadlineMs ?? DEADLINE_MS)) };
  }

  unary<Request, Response>(method: wire.Method<Request, Response>, request: Request): Promise<Response> {
    const { path, requestSerialize, responseDeserialize } = method;
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        this.callOptions,
        (error, value) => (error === null && value !== undefined ? resolve(value) : reject(this.failure(error))),
      );
    });
  }

  stream(request: wire.ReadRequest): Promise<wire.Entity[]> {
    const { path, requestSerialize, responseDeserialize } = wire.METHODS.Read;
    return new Promise((resolve, reject) => {
      const entities: wire.Entity[] = [];
      this.client
        .makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, this.callOptions)
        .on('data', (response: wire.ReadResponse) => {
          for (const entity of response.entities) entities.push(entity);
        })
        .on('end', () => resolve(entities))
        .on('error', (error: ServiceError) => reject(this.failure(error)));
    });
  }

  private failure(error: ServiceError | null): Error {
    const [details] = error?.metadata?.get('grpc-status-details-bin') ?? [];
    if (details !== undefined) {
      try {
        return new PartError(error?.details ?? '', wire.unpackErrors(Buffer.from(details)));
      } catch {
        return new NotUsable(`${this.options.address}: the details of an error cannot be read`);
      }
    }
    return callFailure(this.options.address, error);
  }
}

/** Codes after which it is unknown what the switch has done. */
const UNKNOWN_OUTCOME: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.INTERNAL,
]);

/** A message of gRPC as one line; it may end with an empty note, and have lines from OpenSSL. */
const oneLine = (text: string): string =>
  text
    .replace(/\s*Resolution note:\s*$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

function callFailure(address: string, error: ServiceError | null): Error {
  if (error === null) return new TargetUnreachable(`${address}: no answer`);
  const message = `${address}: ${oneLine(error.details || error.message)}`;
  return UNKNOWN_OUTCOME.has(error.code) ? new TargetUnreachable(message) : new RpcError(error.code, error.details);
}

/** Resolves when the switch has answered. @throws {TargetUnreachable} {@link RpcError} */
function subscribe(
  client: Client,
  { address, clientId = CLIENT_ID, deviceId = 0, deadlineMs = DEADLINE_MS }: ConnectOptions,
): Promise<SessionStream> {
  const { path, requestSerialize, responseDeserialize } = wire.METHODS.StreamChannel;
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stream.cancel();
      reject(new TargetUnreachable(`${address}: no answer within ${deadlineMs} ms`));
    }, deadlineMs);
    stream.once('data', ({ subscribe: echo }: wire.StreamMessage) => {
      clearTimeout(timer);
      if (echo?.status?.code === status.OK) return resolve(stream);
      stream.cancel();
      reject(
        new NotUsable(`${address}: the switch refuses this client: ${echo?.status?.message ?? 'no reason given'}`),
      );
    });
    stream.on('error', (error: ServiceError) => {
      clearTimeout(timer);
      reject(callFailure(address, error));
    });
    stream.write({ client_id: clientId, subscribe: { device_id: deviceId } });
  });
}

function programOf(config: wire.GetConfigResponse['config'], { address, p4Name }: ConnectOptions) {
  const names = config.map((program) => program.p4_name);
  const found = p4Name === undefined && config.length === 1 ? config[0] : config.find((one) => one.p4_name === p4Name);
  if (found !== undefined) return found;
  throw new NotUsable(
    p4Name === undefined
      ? `${address}: the switch has ${names.length} programs, and one is expected: ${names.join(', ') || 'none'}`
      : `${address}: the switch has no program ${p4Name}; it has ${names.join(', ') || 'none'}`,
  );
}

function schemaIn(info: Uint8Array): TableSchema {
  try {
    return readBfRtJson(Buffer.from(info).toString('utf8'));
  } catch (error) {
    if (error instanceof BfRtJsonError) throw new NotUsable(`the bf-rt.json of the switch ${error.message}`);
    throw error;
  }
}
