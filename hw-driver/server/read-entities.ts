/** A read: what is there of what was asked for, in messages of a bounded size, and how each entity ended. */

import type * as wire from '../bfruntime/messages.js';
import { SUCCESS, updateError } from '../bfruntime/rpc-error.js';
import { ErrorReport, PartFailed } from './error-report.js';

/** Entities in one message of an answer. */
const ENTITIES_PER_RESPONSE = 512;
/** Of those asked for, how many are looked at before the caller may do something else. */
const ENTITIES_PER_TURN = 256;

/**
 * @param read finds one entity: by one or several, or @throws {TargetError} {@link RpcError}
 * @param errorInResponse whether the messages tell of each entity how it ended, in place of the end of the call
 * @returns messages, and undefined where nothing is to be sent and others may have their turn
 * @throws {PartFailed} after all that is there
 */
export function* readEntities(
  asked: readonly wire.Entity[],
  read: (entity: wire.Entity) => Iterable<wire.Entity>,
  errorInResponse: boolean,
): Generator<wire.ReadResponse | undefined> {
  const report = new ErrorReport('entities');
  let entities: wire.Entity[] = [];
  let statuses: wire.UpdateError[] = [];
  for (const [i, entity] of asked.entries()) {
    if (i > 0 && i % ENTITIES_PER_TURN === 0) yield undefined;
    let outcome = SUCCESS;
    try {
      for (const found of read(entity)) {
        entities.push(found);
        if (entities.length < ENTITIES_PER_RESPONSE) continue;
        yield { entities, status: statuses };
        [entities, statuses] = [[], []];
      }
    } catch (error) {
      outcome = updateError(error);
    }
    if (errorInResponse) statuses.push(outcome);
    else report.add(outcome);
    if (statuses.length < ENTITIES_PER_RESPONSE) continue;
    yield { entities, status: statuses };
    [entities, statuses] = [[], []];
  }
  yield { entities, status: statuses };
  if (report.hasFailures) throw new PartFailed(report);
}
