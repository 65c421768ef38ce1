/** A write: makes updates in order, undoes them if one fails and rollback was requested, and collects their results. */
import { status } from '@grpc/grpc-js';
import * as wire from '../bfruntime/messages.js';
import { RpcError, SUCCESS, updateError } from '../bfruntime/rpc-error.js';
import { ErrorReport, PartFailed } from './error-report.js';
import type { CallFlags } from './requests.js';
import { eachInTurns } from './turns.js';

/** Undoes an update. */
export type Undo = () => void;

export interface WriteOptions extends CallFlags {
  /** Makes one update. @throws {TargetError} {@link RpcError}, and changes nothing */
  readonly make: (update: wire.Update) => Undo;
  /** Whether the entry of an update exists. */
  readonly isThere: (update: wire.Update) => boolean;
  readonly keepsGoing: boolean;
  /** Whether the client has cancelled the call. */
  readonly isCancelled: () => boolean;
}

/**
 * @throws {PartFailed} if an update failed {@link RpcError} if the client cancelled; without keepsGoing all is undone
 */
export async function writeUpdates(
  updates: readonly wire.Update[],
  options: WriteOptions,
): Promise<wire.WriteResponse> {
  const { keepsGoing, isCancelled, errorInResponse } = options;
  const undos: Undo[] = [];
  const report = new ErrorReport('updates');
  const statuses: wire.UpdateError[] = [];
  let cancelled = false;
  await eachInTurns(updates, (update, i) => {
    cancelled = i > 0 && isCancelled();
    if (cancelled) return false;
    const outcome = attempt(update, options, undos);
    report.add(outcome);
    if (errorInResponse) statuses.push(outcome);
    if (outcome.canonical_code === status.OK || keepsGoing) return true;
    report.addSuccesses(updates.length - i - 1);
    return false;
  });
  if (!keepsGoing && (cancelled || report.hasFailures)) {
    await eachInTurns(undos.reverse(), (undo) => {
      undo();
      return true;
    });
  }
  if (cancelled) throw new RpcError(status.CANCELLED, 'the client cancelled the call');
  if (report.hasFailures) throw new PartFailed(report);
  return { status: statuses };
}

function attempt(update: wire.Update, options: WriteOptions, undos: Undo[]): wire.UpdateError {
  try {
    const existed = update.type === wire.UPDATE.insertOrModify && options.errorInResponse && options.isThere(update);
    const undo = options.make(update);
    if (!options.keepsGoing) undos.push(undo);
    return existed ? MODIFIED : SUCCESS;
  } catch (error) {
    const failure = updateError(error);
    const isMissing = update.type === wire.UPDATE.delete && failure.canonical_code === status.NOT_FOUND;
    if (!isMissing || !options.ignoreNotFound) return failure;
    return { canonical_code: status.OK, code: status.NOT_FOUND, message: failure.message };
  }
}

/** The result of INSERT_OR_MODIFY for an existing entry. */
const MODIFIED: wire.UpdateError = {
  canonical_code: status.OK,
  code: status.ALREADY_EXISTS,
  message: 'the entry existed and was modified',
};
