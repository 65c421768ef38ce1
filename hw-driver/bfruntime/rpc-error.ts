/** Errors of operations on tables: their canonical codes in gRPC, and the causes that these mean to a driver. */
import { status } from '@grpc/grpc-js';
import { TargetError, type TargetErrorCause } from '../../sim/index.js';
import type { UpdateError } from './messages.js';

/** An error with the canonical code of a switch's answer. */
export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
  }
}

const CODES: Readonly<Record<TargetErrorCause, status>> = {
  'already-exists': status.ALREADY_EXISTS,
  'not-found': status.NOT_FOUND,
  'no-space': status.RESOURCE_EXHAUSTED,
  'out-of-range': status.OUT_OF_RANGE,
  'unknown-table': status.INVALID_ARGUMENT,
  'unknown-field': status.INVALID_ARGUMENT,
  'unknown-action': status.INVALID_ARGUMENT,
  'wrong-width': status.INVALID_ARGUMENT,
};

export const SUCCESS: UpdateError = { canonical_code: status.OK, message: '' };

/** Maximum length of messages, which contain names sent by clients and are transmitted in headers. */
const MAX_MESSAGE = 500;

const cropped = (message: string): string =>
  message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE)}…`;

/** The result of an update that threw. @throws the error, if it is not an error of the request */
export function updateError(error: unknown): UpdateError {
  if (error instanceof TargetError) return { canonical_code: CODES[error.code], message: cropped(error.message) };
  if (error instanceof RpcError) return { canonical_code: error.code, message: cropped(error.message) };
  throw error;
}

/** The causes by canonical code. Names were resolved by the driver, so an invalid argument is a value. */
const REASONS: ReadonlyMap<number, TargetErrorCause> = new Map([
  [status.ALREADY_EXISTS, 'already-exists'],
  [status.NOT_FOUND, 'not-found'],
  [status.RESOURCE_EXHAUSTED, 'no-space'],
  [status.OUT_OF_RANGE, 'out-of-range'],
  [status.INVALID_ARGUMENT, 'wrong-width'],
]);

export function targetError({ canonical_code, message }: UpdateError): TargetError | undefined {
  const reason = REASONS.get(canonical_code);
  return reason && new TargetError(reason, message);
}
