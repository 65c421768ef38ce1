/** Large requests, decoded within bounds, and what clients say beside them. */
import { type Metadata, status } from '@grpc/grpc-js';
import * as wire from '../bfruntime/messages.js';
import { RpcError } from '../bfruntime/rpc-error.js';

/** What a message with ordinary updates or entities has for each, at least: shorter ones are nothing that a switch knows. */
const BYTES_PER_PART = 40;

/** How large messages may be, and how many updates or entities they may hold. */
export interface RequestLimits {
  readonly messageBytes: number;
  /** Updates of a write, entities of a read. */
  readonly parts: number;
}

/** A message holds some 30,000 entries of match tables, or a whole register, at most. */
export const DEFAULT_MESSAGE_BYTES = 4 * 2 ** 20;

export const requestLimits = (messageBytes: number): RequestLimits => ({
  messageBytes,
  parts: Math.floor(messageBytes / BYTES_PER_PART),
});

/** @throws {RpcError} for bytes that are none, and more updates than may be */
export const writeRequest = (bytes: Buffer, limits: RequestLimits): wire.WriteRequest =>
  decoded(bytes, limits, 'updates', wire.decodeWrite);

/** @throws {RpcError} for bytes that are none, and more entities than may be */
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
    throw new RpcError(status.RESOURCE_EXHAUSTED, `${count} ${what} in one request: at most ${parts} are taken`);
  }
  return attempt(() => decode(bytes));
}

function attempt<Value>(decode: () => Value): Value {
  try {
    return decode();
  } catch {
    throw new RpcError(status.INVALID_ARGUMENT, 'the request cannot be read');
  }
}

/** In the metadata of a call, as clients of Tofino switches send it. */
export interface CallFlags {
  /** The answer tells of each update or entity how it ended. */
  readonly errorInResponse: boolean;
  /** What is deleted need not be there. */
  readonly ignoreNotFound: boolean;
}

export const callFlags = (metadata: Metadata): CallFlags => ({
  errorInResponse: isSet(metadata, 'error_in_resp'),
  ignoreNotFound: isSet(metadata, 'ignore_not_found'),
});

const isSet = (metadata: Metadata, name: string): boolean => metadata.get(name).some((value) => Number(value) === 1);
