/**
 * The messages of BF Runtime (bfruntime.proto), received and sent: names as in the proto, absent messages null. A
 * message to be sent may leave out fields.
 */
import type { MethodDefinition } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { packageFile } from '../../traces/system/package-root.js';

export const ATOMICITY = { continueOnError: 0, rollbackOnError: 1, dataPlaneAtomic: 2 } as const;
export const UPDATE = { insert: 1, modify: 2, modifyIncrement: 3, delete: 4, insertOrModify: 5, reset: 6 } as const;
export const CONFIG_ACTION = { bind: 0, verify: 1, warmInitBeginAndEnd: 3 } as const;
export const WARM_INIT = { started: 0, finished: 1 } as const;
export const ALL_PIPES = 0xffff;

export interface TargetDevice {
  readonly device_id?: number;
  readonly pipe_id?: number;
}

export interface KeyField {
  readonly field_id: number;
  readonly exact?: { readonly value: Uint8Array } | null;
  readonly ternary?: { readonly value: Uint8Array; readonly mask: Uint8Array } | null;
  /** On receipt, the name of the field that is set: `exact`, `ternary`, or one that no table of ours has. */
  readonly match_type?: string;
}

export interface DataField {
  readonly field_id: number;
  readonly stream?: Uint8Array;
  readonly str_val?: string;
  readonly bool_val?: boolean;
  readonly float_val?: number;
  readonly int_arr_val?: { readonly val: readonly number[] } | null;
  readonly bool_arr_val?: { readonly val: readonly boolean[] } | null;
  /** On receipt, the name of the field that is set. */
  readonly value?: string;
}

export interface TableData {
  readonly action_id?: number;
  readonly fields: readonly DataField[];
}

export interface TableEntry {
  readonly table_id: number;
  readonly key?: { readonly fields: readonly KeyField[] } | null;
  readonly handle_id?: number;
  readonly data?: TableData | null;
  readonly is_default_entry?: boolean;
  readonly entry_tgt?: TargetDevice | null;
  readonly table_flags?: { readonly from_hw?: boolean; readonly key_only?: boolean } | null;
  readonly table_read_flag?: { readonly from_hw?: boolean; readonly key_only?: boolean } | null;
}

export interface TableObject {
  readonly table_name: string;
  readonly action_name?: { readonly action: string } | null;
  readonly key_field_name?: { readonly field: string } | null;
  readonly data_field_name?: { readonly action: string; readonly field: string } | null;
}

/** An entry by key or by handle; an answer has the handle. */
export interface HandleId {
  readonly table_id: number;
  readonly key?: { readonly fields: readonly KeyField[] } | null;
  readonly handle_id?: number;
}

/** Whether all share the entries of a table, or each has its own. */
export interface ScopeMode {
  readonly predef?: number;
  readonly user_defined?: number;
  readonly args?: number;
  /** On receipt, the name of the field that is set, one of the first two. */
  readonly scope?: string;
}

export interface EntryScope {
  readonly gress_scope?: ScopeMode | null;
  readonly pipe_scope?: ScopeMode | null;
  readonly prsr_scope?: ScopeMode | null;
}

export interface TableAttribute {
  readonly table_id: number;
  readonly entry_scope?: EntryScope | null;
}

export interface Entity {
  readonly handle?: HandleId | null;
  readonly table_entry?: TableEntry | null;
  readonly table_usage?: { readonly table_id: number; readonly usage?: number } | null;
  readonly table_attribute?: TableAttribute | null;
  readonly table_operation?: { readonly table_id: number; readonly table_operations_type: string } | null;
  readonly object_id?: { readonly table_object?: TableObject | null; readonly id?: number } | null;
}

export interface Update {
  readonly type: number;
  readonly entity: Entity | null;
}

export interface WriteRequest {
  readonly target?: TargetDevice | null;
  readonly client_id: number;
  readonly updates: readonly Update[];
  readonly atomicity: number;
  readonly p4_name?: string;
}

export interface ReadRequest {
  readonly target?: TargetDevice | null;
  readonly client_id: number;
  readonly entities: readonly Entity[];
  readonly p4_name?: string;
}

export interface ReadResponse {
  readonly entities: readonly Entity[];
  readonly status?: readonly UpdateError[];
}

export interface WriteResponse {
  readonly status: readonly UpdateError[];
}

export interface Subscribe {
  readonly device_id?: number;
  readonly status?: RpcStatus | null;
}

export interface StreamMessage {
  readonly client_id?: number;
  readonly subscribe?: Subscribe | null;
  readonly set_forwarding_pipeline_config_response?: SetConfigResponse | null;
}

export interface SetConfigResponse {
  readonly set_forwarding_pipeline_config_response_type: number;
}

export interface SetConfigRequest {
  readonly client_id: number;
  readonly device_id?: number;
  readonly action: number;
  readonly config: readonly { readonly p4_name: string; readonly bfruntime_info?: Uint8Array }[];
}

export interface GetConfigRequest {
  readonly client_id: number;
  readonly device_id?: number;
}

export interface GetConfigResponse {
  readonly config: readonly { readonly p4_name: string; readonly bfruntime_info: Uint8Array }[];
  readonly non_p4_config?: { readonly bfruntime_info: Uint8Array } | null;
}

/** The result of an update; a canonical code of 0 is success. */
export interface UpdateError {
  readonly canonical_code: number;
  readonly message: string;
  /** The code of an ignored error of an update that counts as done. */
  readonly code?: number;
}

export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly type_url: string; readonly value: Uint8Array }[];
}

export type Method<Request, Response> = MethodDefinition<Request, Response>;

export interface BfRuntimeMethods {
  readonly Write: Method<WriteRequest | Buffer, object>;
  readonly Read: Method<ReadRequest, ReadResponse>;
  readonly SetForwardingPipelineConfig: Method<SetConfigRequest, object>;
  readonly GetForwardingPipelineConfig: Method<GetConfigRequest, GetConfigResponse>;
  readonly StreamChannel: Method<StreamMessage, StreamMessage>;
}

const PROTO = packageFile('hw-driver', 'bfruntime', 'bfruntime.proto');
const definition = loadSync(PROTO, { keepCase: true, longs: Number, defaults: true, arrays: true, oneofs: true });
const service = definition['bfrt_proto.BfRuntime'] as ServiceDefinition;

/**
 * Writes have thousands of entries: they are encoded without the loader's copies between messages and plain objects,
 * which would take more time than all the rest.
 */
const writeRequest = new protobuf.Root().loadSync(PROTO, { keepCase: true }).lookupType('bfrt_proto.WriteRequest');
/** A write as bytes, which {@link METHODS} accepts in place of the message. */
export const encodeWrite = (request: WriteRequest): Buffer => writeRequest.encode(request).finish() as Buffer;

const write = {
  ...service['Write'],
  // A write that is encoded already is sent unchanged.
  requestSerialize: (request: WriteRequest | Buffer): Buffer =>
    Buffer.isBuffer(request) ? request : encodeWrite(request),
};
const read = { ...service['Read'] } as unknown as MethodDefinition<ReadRequest, ReadResponse>;

const asBytes = (bytes: Buffer): Buffer => bytes;

/**
 * The service for the gRPC server: large requests are passed as bytes, for {@link decodeWrite} and {@link decodeRead}.
 */
export const SERVED = {
  ...service,
  Write: { ...write, requestDeserialize: asBytes },
  Read: { ...read, requestDeserialize: asBytes },
} as unknown as ServiceDefinition;

/** The methods for clients. */
export const METHODS = { ...service, Write: write } as unknown as BfRuntimeMethods;

/** The number of the repeated field in both requests. */
const REPEATED = 3;

/**
 * The number of updates in a write, or of entities in a read, counted without decoding them.
 * @throws for bytes that are not a request
 */
export function countParts(request: Uint8Array): number {
  const reader = protobuf.Reader.create(request);
  let count = 0;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === REPEATED) count++;
    reader.skipType(tag & 7);
  }
  return count;
}

/** @throws for bytes that are not such a message */
export const decodeWrite = (bytes: Buffer): WriteRequest => writeRequest.decode(bytes) as unknown as WriteRequest;

/** @throws for bytes that are not such a message */
export const decodeRead = (bytes: Buffer): ReadRequest => read.requestDeserialize(bytes);

const statusType = definition['bfrt_proto.Status'] as MessageTypeDefinition<object, object>;
const errorType = definition['bfrt_proto.Error'] as MessageTypeDefinition<object, object>;
const ERROR_URL = 'type.googleapis.com/bfrt_proto.Error';

/** The trailer `grpc-status-details-bin` of a failed write: one result for each update, in order. */
export function packErrors(code: number, message: string, errors: readonly UpdateError[]): Buffer {
  const details = errors.map((error) => ({ type_url: ERROR_URL, value: errorType.serialize(error) }));
  return statusType.serialize({ code, message, details });
}

/** @throws for bytes that are not such a message */
export function unpackErrors(bytes: Buffer): UpdateError[] {
  const { details } = statusType.deserialize(bytes) as RpcStatus;
  return details.map(({ value }) => errorType.deserialize(Buffer.from(value)) as UpdateError);
}
