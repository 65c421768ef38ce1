/** The BF Runtime service of an emulated switch: sessions, bf-rt.json, reads and writes. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  Metadata,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import type { Switch } from '../../sim/index.js';
import { bfRtJson } from '../bfruntime/bf-rt-json.js';
import * as wire from '../bfruntime/messages.js';
import { RpcError, updateError } from '../bfruntime/rpc-error.js';
import { P4_NAME } from '../bfruntime/table-schema.js';
import { PartFailed } from './error-report.js';
import { FixedTables } from './fixed-tables/fixed-tables.js';
import { FrontPorts } from './ports/front-ports.js';
import { readEntities } from './read-entities.js';
import { callFlags, type RequestLimits, readRequest, writeRequest } from './requests.js';
import { ServedTables } from './served-tables.js';
import { Sessions } from './sessions.js';
import { Turns } from './turns.js';
import { writeUpdates } from './write-updates.js';

export interface ServiceOptions {
  readonly p4Name?: string;
  readonly maxClients?: number;
  /**
   * Whether to accept what bf_switchd refuses and earlier versions of this server accepted: a program bound again by
   * its client, writes of DATAPLANE_ATOMIC (rolled back if an update fails), and any device and pipe.
   */
  readonly lenient?: boolean;
  /** The ports of the switch, if others send frames to them. */
  readonly ports?: FrontPorts;
  /** Called for each write when it has been made or has failed. */
  readonly onWrite?: (write: WriteRecord) => void;
}

/** A write that has ended. */
export interface WriteRecord {
  readonly updates: number;
  /** Whether every update was made. */
  readonly succeeded: boolean;
  /** From the request to the end of its updates, other writes before it included. */
  readonly seconds: number;
}

interface Options extends ServiceOptions {
  readonly maxClients: number;
  readonly limits: RequestLimits;
}

type SessionStream = ServerDuplexStream<wire.StreamMessage, wire.StreamMessage>;
type WriteCall = ServerUnaryCall<Buffer, wire.WriteResponse>;
type ReadCall = ServerWritableStream<Buffer, wire.ReadResponse>;

const NO_BYTES = new Uint8Array(0);
/** The id of the only device. */
const DEVICE = 0;
const ATOMICITIES: readonly number[] = Object.values(wire.ATOMICITY);

const configResponse = (set_forwarding_pipeline_config_response_type: number): wire.SetConfigResponse => ({
  set_forwarding_pipeline_config_response_type,
});

export class BfRuntimeService {
  private readonly tables: ServedTables;
  private readonly sessions: Sessions;
  private readonly p4Name: string;
  private readonly ports: FrontPorts;
  private readonly fixed: FixedTables;
  private readonly pipes: number;
  /** bf-rt.json. */
  private readonly info: Buffer;
  /** The streams of subscribed clients. */
  private readonly streams = new Set<SessionStream>();
  /** Makes writes and restarts one at a time. */
  private readonly changes = new Turns();

  constructor(
    emulator: Switch,
    private readonly options: Options,
  ) {
    this.tables = new ServedTables(emulator);
    this.pipes = emulator.registersOfPipes.length;
    this.info = Buffer.from(bfRtJson(this.tables.schema));
    this.p4Name = options.p4Name ?? P4_NAME;
    this.sessions = new Sessions([this.p4Name], options.maxClients, options.lenient);
    this.ports = options.ports ?? new FrontPorts(emulator.dataPlane);
    this.fixed = new FixedTables(emulator, this.ports);
  }

  handlers() {
    return {
      Write: (call: WriteCall, done: sendUnaryData<wire.WriteResponse>) => answer(done, () => this.write(call)),
      Read: (call: ReadCall) => void this.read(call),
      SetForwardingPipelineConfig: (
        call: ServerUnaryCall<wire.SetConfigRequest, object>,
        done: sendUnaryData<object>,
      ) => answer(done, () => this.setConfig(call.request)),
      GetForwardingPipelineConfig: (
        call: ServerUnaryCall<wire.GetConfigRequest, wire.GetConfigResponse>,
        done: sendUnaryData<wire.GetConfigResponse>,
      ) => answer(done, async () => this.getConfig(call.request)),
      StreamChannel: (call: SessionStream) => this.stream(call),
    };
  }

  /** Serves a stream, with which a session begins and ends. */
  private stream(call: SessionStream): void {
    let clientId: number | undefined;
    const end = (): void => {
      if (clientId !== undefined) this.sessions.end(clientId);
      clientId = undefined;
      this.streams.delete(call);
    };
    call.on('data', ({ client_id = 0, subscribe }: wire.StreamMessage) => {
      // A stream has one client: as on a switch, a message with another id is ignored.
      if (!subscribe || (clientId !== undefined && clientId !== client_id)) return;
      try {
        // A client whose subscription timed out may repeat it on the same stream, and is answered again.
        if (clientId === undefined) {
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

  private getConfig({ device_id }: wire.GetConfigRequest): wire.GetConfigResponse {
    this.requireDevice(device_id);
    return {
      config: [{ p4_name: this.p4Name, bfruntime_info: this.info }],
      non_p4_config: { bfruntime_info: Buffer.from(this.fixed.json()) },
    };
  }

  private async setConfig({ client_id, device_id, action, config }: wire.SetConfigRequest): Promise<object> {
    this.requireDevice(device_id);
    const [{ p4_name = '', bfruntime_info = NO_BYTES } = {}] = config;
    switch (action) {
      case wire.CONFIG_ACTION.bind:
        this.sessions.bind(client_id, p4_name);
        return configResponse(wire.WARM_INIT.started);
      case wire.CONFIG_ACTION.verify:
        if (config.length > 0) this.requireOwnProgram(p4_name, NO_BYTES);
        return configResponse(wire.WARM_INIT.started);
      case wire.CONFIG_ACTION.warmInitBeginAndEnd:
        this.sessions.requireAccess(client_id);
        this.requireOwnProgram(p4_name, bfruntime_info);
        await this.changes.take(async () => {
          this.tables.restart();
          this.fixed.restart();
          this.ports.reset();
        });
        for (const stream of this.streams) {
          stream.write({ set_forwarding_pipeline_config_response: configResponse(wire.WARM_INIT.finished) });
        }
        return configResponse(wire.WARM_INIT.finished);
      default:
        throw new RpcError(
          status.UNIMPLEMENTED,
          'the emulated switch has a fixed program, and supports BIND, VERIFY and VERIFY_AND_WARM_INIT_BEGIN_AND_END only',
        );
    }
  }

  private requireOwnProgram(name: string, info: Uint8Array): void {
    if (name === this.p4Name && (info.length === 0 || this.info.equals(info))) return;
    throw new RpcError(
      status.INVALID_ARGUMENT,
      `the emulated switch runs ${this.p4Name} and cannot run another program`,
    );
  }

  private requireDevice(id = DEVICE): void {
    if (id === DEVICE || this.options.lenient) return;
    throw new RpcError(status.NOT_FOUND, `there is no device ${id}: the emulated switch is device ${DEVICE}`);
  }

  /** Checks that a device and a pipe exist. @throws {RpcError} */
  private requireTarget(target: wire.TargetDevice | null | undefined): void {
    this.requireDevice(target?.device_id);
    const pipe = target?.pipe_id ?? wire.ALL_PIPES;
    if (pipe === wire.ALL_PIPES || pipe < this.pipes || this.options.lenient) return;
    throw new RpcError(
      status.NOT_FOUND,
      `there is no pipe ${pipe}: the emulated switch has pipes 0 to ${this.pipes - 1}, and ${wire.ALL_PIPES} means all`,
    );
  }

  /** Makes the updates of a write. @throws {PartFailed} with the result of each, if one failed */
  private async write(call: WriteCall): Promise<wire.WriteResponse> {
    const start = performance.now();
    const { client_id, target, updates, atomicity, p4_name } = writeRequest(call.request, this.options.limits);
    this.requireTarget(target);
    this.sessions.requireAccess(client_id, p4_name);
    if (!ATOMICITIES.includes(atomicity)) {
      throw new RpcError(status.INVALID_ARGUMENT, `there is no atomicity ${atomicity}`);
    }
    if (atomicity === wire.ATOMICITY.dataPlaneAtomic && !this.options.lenient) {
      throw new RpcError(status.UNIMPLEMENTED, 'writes of DATAPLANE_ATOMIC are not supported');
    }
    let succeeded = false;
    const writing = this.changes.take(() =>
      writeUpdates(updates, {
        ...callFlags(call.metadata),
        keepsGoing: atomicity === wire.ATOMICITY.continueOnError,
        make: (update) => {
          this.requireTarget(update.entity?.table_entry?.entry_tgt);
          return this.tablesOf(update.entity).update(update);
        },
        isThere: (update) => this.tablesOf(update.entity).isThere(update),
        isCancelled: () => call.cancelled,
      }),
    );
    try {
      const response = await writing;
      succeeded = true;
      return response;
    } finally {
      this.options.onWrite?.({ updates: updates.length, succeeded, seconds: (performance.now() - start) / 1000 });
    }
  }

  private async read(call: ReadCall): Promise<void> {
    try {
      const { client_id, target, entities, p4_name } = readRequest(call.request, this.options.limits);
      this.requireTarget(target);
      this.sessions.requireAccess(client_id, p4_name);
      const { errorInResponse } = callFlags(call.metadata);
      for (const response of readEntities(entities, (entity) => this.readOne(entity), errorInResponse)) {
        // Waits for a reader that is slower than the switch.
        if (response === undefined || call.write(response)) await nextTurn();
        else await new Promise((resolve) => call.once('drain', resolve).once('cancelled', resolve));
        if (call.cancelled) return;
      }
      call.end();
    } catch (error) {
      call.emit('error', serviceError(error));
    }
  }

  private readOne(entity: wire.Entity): Iterable<wire.Entity> {
    this.requireTarget(entity.table_entry?.entry_tgt);
    return this.tablesOf(entity).read(entity);
  }

  private tablesOf(entity: wire.Entity | null): FixedTables | ServedTables {
    return this.fixed.owns(entity) ? this.fixed : this.tables;
  }
}

function answer<Response>(done: sendUnaryData<Response>, work: () => Promise<Response>): void {
  work().then(
    (response) => done(null, response),
    (error: unknown) => done(serviceError(error)),
  );
}

/** The status of a failed call; no request ends the server. */
function serviceError(error: unknown) {
  if (error instanceof PartFailed) {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', error.report.details());
    return { code: status.UNKNOWN, details: error.message, metadata };
  }
  try {
    const { canonical_code: code, message } = updateError(error);
    return { code, details: message };
  } catch {
    return { code: status.INTERNAL, details: 'internal error' };
  }
}
