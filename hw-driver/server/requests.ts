/** Requests, decoded within bounds, and flags in their metadata. */
import { type Metadata, status } from '@grpc/grpc-js';
import * as wire from '../bfruntime/messages.js';
import { RpcError } from '../bfruntime/rpc-error.js';

/** Minimum size of a valid update or entity in a message. */
const BYTES_PER_PART = 40;

/** Maximum size of a message, and maximum number of its updates or entities. */
export interface RequestLimits {
  readonly messageBytes: number;
  /** Updates of a write, entities of a read. */
  readonly parts: number;
}

/** Enough for about 30,000 entries of match tables, or for a whole register. */
export const DEFAULT_MESSAGE_BYTES = 4 * 2 ** 20;

export const requestLimits = (messageBytes: number): RequestLimits => ({
  messageBytes,
  parts: Math.floor(messageBytes / BYTES_PER_PART),
});

/** @throws {RpcError} for bytes that are not a write, and for too many updates */
export const writeRequest = (bytes: Buffer, limits: RequestLimits): wire.WriteRequest =>
  decoded(bytes, limits, 'updates', wire.decodeWrite);

/** @throws {RpcError} for bytes that are not a read, and for too many entities */
export const readRequest = (bytes: Buffer, limits: RequestLimits): wire.ReadRequest =>
  decoded(bytes, limits, 'entities', wire.decodeRead);

function decoded<Request>(
  bytes: Buffer,
  { parts }: RequestLimits,
  what: string,
  decode: (bytes: Buffer) => Request,
): Request {
  const count = attempt(() => wire.countParts(bytes));
  if (count > parts) {
    throw new RpcError(status.RESOURCE_EXHAUSTED, `${count} ${what} in one request: at most ${parts} are accepted`);
  }
  return attempt(() => decode(bytes));
}

function attempt<Value>(decode: () => Value): Value {
  try {
    return decode();
  } catch {
    throw new RpcError(status.INVALID_ARGUMENT, 'the request cannot be decoded');
  }
}

/** Flags in the metadata of a call, as clients of Tofino switches send them. */
export interface CallFlags {
  /** Whether the answer has the result of each update or entity. */
  readonly errorInResponse: boolean;
  /** Whether deleting an entry that does not exist succeeds. */
  readonly ignoreNotFound: boolean;
}

export const callFlags = (metadata: Metadata): CallFlags => ({
  errorInResponse: isSet(metadata, 'error_in_resp'),
  ignoreNotFound: isSet(metadata, 'ignore_not_found'),
});

const isSet = (metadata: Metadata, name: string): boolean => metadata.get(name).some((value) => Number(value) === 1);
