/** A read: the requested entities in messages of a bounded size, and the result of each. */

import type * as wire from '../bfruntime/messages.js';
import { SUCCESS, updateError } from '../bfruntime/rpc-error.js';
import { ErrorReport, PartFailed } from './error-report.js';

/** Maximum number of entities in one message of an answer. */
const ENTITIES_PER_RESPONSE = 512;
/** Number of requested entities after which other work gets a turn. */
const ENTITIES_PER_TURN = 256;

/**
 * @param read answers one entity with one or several, or throws {@link TargetError} or {@link RpcError}
 * @param errorInResponse whether the messages have the result of each entity, instead of the end of the call
 * @returns messages, and undefined where other work may have a turn
 * @throws {PartFailed} after the last message
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
