/** An emulated switch behind BF Runtime, as bf_switchd serves a real one. */
import {
  Metadata,
  Server,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import type { Switch } from '../../sim/index.js';
import { bfRtJson } from './bf-rt-json.js';
import * as wire from './messages.js';
import { type PortCount, portsJson, readPorts } from './port-tables.js';
import { RpcError, SUCCESS, updateError } from './rpc-error.js';
import { ServedTables, type Undo } from './served-tables.js';
import { Sessions } from './sessions.js';
import { BF_RUNTIME_PORT, P4_NAME } from './table-schema.js';
import { serverCredentials, type Tls } from './tls.js';

export interface ServeOptions {
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  readonly p4Name?: string;
  readonly mostClients?: number;
  /** Without it, connections are not encrypted. */
  readonly tls?: Tls | undefined;
  /** Frames that each port has taken and given, by port. */
  readonly portCounters?: () => ReadonlyMap<number, PortCount>;
}

const MOST_CLIENTS = 16;
/** A message holds some 30,000 updates at most. */
const MOST_MESSAGE_BYTES = 4 * 2 ** 20;
/** Entities in one message of an answer. */
const ENTITIES_PER_RESPONSE = 512;

export interface RunningServer {
  readonly port: number;
  /** Ends sessions and frees the port. */
  close(): Promise<void>;
}

/** @throws where the port cannot be had */
export async function serveBfRuntime(emulator: Switch, options: ServeOptions = {}): Promise<RunningServer> {
  const { host = '127.0.0.1', port = BF_RUNTIME_PORT } = options;
  const server = new Server({
    'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': 4 * (options.mostClients ?? MOST_CLIENTS),
  });
  server.addService(wire.BF_RUNTIME, { ...new BfRuntimeService(emulator, options).handlers() });
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

type SessionStream = ServerDuplexStream<wire.StreamMessage, wire.StreamMessage>;

const NO_BYTES = new Uint8Array(0);

const configResponse = (set_forwarding_pipeline_config_response_type: number): wire.SetConfigResponse => ({
  set_forwarding_pipeline_config_response_type,
});

class BfRuntimeService {
  private readonly tables: ServedTables;
  private readonly sessions: Sessions;
  private readonly p4Name: string;
  private readonly ports: number;
  /** bf-rt.json. */
  private readonly info: Buffer;
  /** Of those who are subscribed. */
  private readonly streams = new Set<SessionStream>();

  constructor(
    emulator: Switch,
    private readonly options: ServeOptions,
  ) {
    this.tables = new ServedTables(emulator);
    this.info = Buffer.from(bfRtJson(this.tables.schema));
    this.p4Name = options.p4Name ?? P4_NAME;
    this.sessions = new Sessions([this.p4Name], options.mostClients ?? MOST_CLIENTS);
    this.ports = 2 ** emulator.dataPlane.description.ports.width;
  }

  handlers() {
    return {
      Write: (call: ServerUnaryCall<wire.WriteRequest, object>, done: sendUnaryData<object>) =>
        answer(done, () => this.write(call.request)),
      Read: (call: ServerWritableStream<wire.ReadRequest, wire.ReadResponse>) => void this.read(call),
      SetForwardingPipelineConfig: (
        call: ServerUnaryCall<wire.SetConfigRequest, object>,
        done: sendUnaryData<object>,
      ) => answer(done, () => this.setConfig(call.request)),
      GetForwardingPipelineConfig: (
        _call: ServerUnaryCall<wire.GetConfigRequest, wire.GetConfigResponse>,
        done: sendUnaryData<wire.GetConfigResponse>,
      ) => answer(done, () => this.getConfig()),
      StreamChannel: (call: SessionStream) => this.stream(call),
    };
  }

  /** A session is as long as its stream. */
  private stream(call: SessionStream): void {
    let clientId: number | undefined;
    const end = (): void => {
      if (clientId !== undefined) this.sessions.end(clientId);
      clientId = undefined;
      this.streams.delete(call);
    };
    call.on('data', ({ client_id = 0, subscribe }: wire.StreamMessage) => {
      if (!subscribe) return;
      try {
        // A client that waited too long for its answer subscribes again on the same stream, and is told again.
        if (clientId !== client_id) {
          if (clientId !== undefined) {
            throw new RpcError(status.FAILED_PRECONDITION, 'this stream has its client already');
          }
          this.sessions.subscribe(client_id);
          clientId = client_id;
          this.streams.add(call);
        }
        call.write({
          subscribe: { device_id: subscribe.device_id ?? 0, status: { code: 0, message: '', details: [] } },
        });
      } catch (error) {
        call.emit('error', serviceError(error));
      }
    });
    call.on('end', () => {
      end();
      call.end();
    });
    for (const event of ['cancelled', 'error', 'close']) call.on(event, end);
  }

  private getConfig(): wire.GetConfigResponse {
    return {
      config: [{ p4_name: this.p4Name, bfruntime_info: this.info }],
      non_p4_config: { bfruntime_info: Buffer.from(portsJson(this.ports)) },
    };
  }

  private setConfig({ client_id, action, config }: wire.SetConfigRequest): object {
    const [{ p4_name = '', bfruntime_info = NO_BYTES } = {}] = config;
    switch (action) {
      case wire.CONFIG_ACTION.bind:
        this.sessions.bind(client_id, p4_name);
        return configResponse(wire.WARM_INIT.started);
      case wire.CONFIG_ACTION.warmInitBeginAndEnd:
        this.sessions.requireAccess(client_id);
        this.requireOwnProgram(p4_name, bfruntime_info);
        this.tables.restart();
        for (const stream of this.streams) {
          stream.write({ set_forwarding_pipeline_config_response: configResponse(wire.WARM_INIT.finished) });
        }
        return configResponse(wire.WARM_INIT.finished);
      default:
        throw new RpcError(
          status.UNIMPLEMENTED,
          'the program of the emulated switch is given when it starts: BIND, and VERIFY_AND_WARM_INIT_BEGIN_AND_END of it',
        );
    }
  }

  private requireOwnProgram(name: string, info: Uint8Array): void {
    if (name === this.p4Name && (info.length === 0 || this.info.equals(info))) return;
    throw new RpcError(status.INVALID_ARGUMENT, `the emulated switch runs ${this.p4Name}, and nothing else`);
  }

  /** All updates are answered; where one failed, the answer is an error that says which. */
  private write({ client_id, updates, atomicity, p4_name }: wire.WriteRequest): object {
    this.sessions.requireAccess(client_id, p4_name);
    const keepsGoing = atomicity === wire.ATOMICITY.continueOnError;
    const undos: Undo[] = [];
    const errors = updates.map(() => SUCCESS);
    let failed = false;
    for (const [i, update] of updates.entries()) {
      try {
        undos.push(this.tables.update(update));
      } catch (error) {
        errors[i] = updateError(error);
        failed = true;
        if (!keepsGoing) break;
      }
    }
    if (!failed) return { status: [] };
    if (!keepsGoing) for (const undo of undos.reverse()) undo();
    throw new WriteFailed(errors);
  }

  private async read(call: ServerWritableStream<wire.ReadRequest, wire.ReadResponse>): Promise<void> {
    try {
      const { client_id, entities, p4_name } = call.request;
      this.sessions.requireAccess(client_id, p4_name);
      for (const response of responses(entities, (entity) => this.readOne(entity))) {
        // A reader that is slower than the switch holds it back.
        if (!call.write(response)) await new Promise((resolve) => call.once('drain', resolve));
        if (call.cancelled) return;
      }
      call.end();
    } catch (error) {
      call.emit('error', serviceError(error));
    }
  }

  private readOne(entity: wire.Entity): Iterable<wire.Entity> {
    const counters = this.options.portCounters?.() ?? new Map<number, PortCount>();
    return readPorts(entity, this.ports, counters) ?? this.tables.read(entity);
  }
}

class WriteFailed extends Error {
  constructor(readonly errors: readonly wire.UpdateError[]) {
    super('one or more write operations failed');
  }
}

function answer<Response>(done: sendUnaryData<Response>, work: () => Response): void {
  try {
    done(null, work());
  } catch (error) {
    done(serviceError(error));
  }
}

/** What a call ends with; nothing that a client sends ends the server. */
function serviceError(error: unknown) {
  if (error instanceof WriteFailed) {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', wire.packErrors(status.UNKNOWN, error.message, error.errors));
    return { code: status.UNKNOWN, details: error.message, metadata };
  }
  try {
    const { canonical_code: code, message } = updateError(error);
    return { code, details: message };
  } catch {
    return { code: status.INTERNAL, details: 'internal error' };
  }
}

function* responses(
  asked: readonly wire.Entity[],
  read: (entity: wire.Entity) => Iterable<wire.Entity>,
): Generator<wire.ReadResponse> {
  let entities: wire.Entity[] = [];
  for (const entity of asked) {
    for (const found of read(entity)) {
      entities.push(found);
      if (entities.length < ENTITIES_PER_RESPONSE) continue;
      yield { entities };
      entities = [];
    }
  }
  yield { entities };
}
