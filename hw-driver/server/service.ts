/** The calls of BF Runtime on an emulated switch: sessions, the program's description, reads and writes. */
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
  readonly mostClients?: number;
  /**
   * Takes what bf_switchd refuses and earlier versions of this server took: a program bound again by its client, writes
   * of DATAPLANE_ATOMIC (rolled back where an update fails), and any device and pipe.
   */
  readonly lenient?: boolean;
  /** The ports of the switch, which others send frames to. */
  readonly ports?: FrontPorts;
}

interface Options extends ServiceOptions {
  readonly mostClients: number;
  readonly limits: RequestLimits;
}

type SessionStream = ServerDuplexStream<wire.StreamMessage, wire.StreamMessage>;
type WriteCall = ServerUnaryCall<Buffer, wire.WriteResponse>;
type ReadCall = ServerWritableStream<Buffer, wire.ReadResponse>;

const NO_BYTES = new Uint8Array(0);
/** The one that there is. */
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
  /** Of those who are subscribed. */
  private readonly streams = new Set<SessionStream>();
  /** A write is made as a whole before the next change. */
  private readonly changes = new Turns();

  constructor(
    emulator: Switch,
    private readonly options: Options,
  ) {
    this.tables = new ServedTables(emulator);
    this.pipes = emulator.registersOfPipes.length;
    this.info = Buffer.from(bfRtJson(this.tables.schema));
    this.p4Name = options.p4Name ?? P4_NAME;
    this.sessions = new Sessions([this.p4Name], options.mostClients, options.lenient);
    this.ports = options.ports ?? new FrontPorts(emulator.dataPlane);
    this.fixed = new FixedTables(this.ports);
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

  /** A session is as long as its stream. */
  private stream(call: SessionStream): void {
    let clientId: number | undefined;
    const end = (): void => {
      if (clientId !== undefined) this.sessions.end(clientId);
      clientId = undefined;
      this.streams.delete(call);
    };
    call.on('data', ({ client_id = 0, subscribe }: wire.StreamMessage) => {
      // A stream has one client: as on a switch, another id is not taken and not answered.
      if (!subscribe || (clientId !== undefined && clientId !== client_id)) return;
      try {
        // A client that waited too long for its answer subscribes again on the same stream, and is told again.
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
          this.ports.reset();
        });
        for (const stream of this.streams) {
          stream.write({ set_forwarding_pipeline_config_response: configResponse(wire.WARM_INIT.finished) });
        }
        return configResponse(wire.WARM_INIT.finished);
      default:
        throw new RpcError(
          status.UNIMPLEMENTED,
          'the program of the emulated switch is given when it starts: BIND, VERIFY, and VERIFY_AND_WARM_INIT_BEGIN_AND_END of it',
        );
    }
  }

  private requireOwnProgram(name: string, info: Uint8Array): void {
    if (name === this.p4Name && (info.length === 0 || this.info.equals(info))) return;
    throw new RpcError(status.INVALID_ARGUMENT, `the emulated switch runs ${this.p4Name}, and nothing else`);
  }

  private requireDevice(id = DEVICE): void {
    if (id === DEVICE || this.options.lenient) return;
    throw new RpcError(status.NOT_FOUND, `there is no device ${id}: the emulated switch is device ${DEVICE}`);
  }

  /** A device and a pipe that are there. @throws {RpcError} */
  private requireTarget(target: wire.TargetDevice | null | undefined): void {
    this.requireDevice(target?.device_id);
    const pipe = target?.pipe_id ?? wire.ALL_PIPES;
    if (pipe === wire.ALL_PIPES || pipe < this.pipes || this.options.lenient) return;
    throw new RpcError(
      status.NOT_FOUND,
      `there is no pipe ${pipe}: the emulated switch has ${this.pipes} from 0, and ${wire.ALL_PIPES} stands for all`,
    );
  }

  /** All updates are answered; where one failed, the answer is an error that says which. */
  private async write(call: WriteCall): Promise<wire.WriteResponse> {
    const { client_id, target, updates, atomicity, p4_name } = writeRequest(call.request, this.options.limits);
    this.requireTarget(target);
    this.sessions.requireAccess(client_id, p4_name);
    if (!ATOMICITIES.includes(atomicity)) {
      throw new RpcError(status.INVALID_ARGUMENT, `there is no atomicity ${atomicity}`);
    }
    if (atomicity === wire.ATOMICITY.dataPlaneAtomic && !this.options.lenient) {
      throw new RpcError(status.UNIMPLEMENTED, 'no switch makes writes of DATAPLANE_ATOMIC');
    }
    return this.changes.take(() =>
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
  }

  private async read(call: ReadCall): Promise<void> {
    try {
      const { client_id, target, entities, p4_name } = readRequest(call.request, this.options.limits);
      this.requireTarget(target);
      this.sessions.requireAccess(client_id, p4_name);
      const { errorInResponse } = callFlags(call.metadata);
      for (const response of readEntities(entities, (entity) => this.readOne(entity), errorInResponse)) {
        // A reader that is slower than the switch holds it back.
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

/** What a call ends with; nothing that a client sends ends the server. */
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
