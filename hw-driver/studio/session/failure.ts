/** Why a question has no answer: errors of all rooms as data for the page. */
import { NotIncremental } from '../../../compiler/change/not-incremental.js';
import { NotReplaceable } from '../../../compiler/change/replacement.js';
import { DataPlaneError, type Diagnostic, DoesNotFit, DomainError } from '../../../compiler/index.js';
import { ConditionError } from '../../../sim/history/index.js';
import { TargetError } from '../../../sim/index.js';
import { MadePacketError } from '../../../sim/made-packet/index.js';
import { PacketFilterError } from '../../../sim/pipeline/trace/packet-filter.js';
import { CaptureError } from '../../../traces/captures/capture-error.js';
import { TrafficError } from '../../../traces/generate/traffic-error.js';
import { ScenarioError } from '../scenario/index.js';
import type { SessionFailure, SessionFailureCode } from './protocol.js';

/** Ends a question; the message is a sentence for the person. */
export class SessionError extends DomainError {
  override readonly name = 'SessionError';
  readonly ends = 'bad-input';

  constructor(
    readonly code: SessionFailureCode,
    message: string,
    readonly findings?: readonly Diagnostic[],
  ) {
    super(message);
  }
}

/** The kinds of errors of other rooms, by what they mean here. */
const CODES: readonly (readonly [new (...given: never[]) => Error, SessionFailureCode])[] = [
  [DataPlaneError, 'bad-data-plane'],
  [DoesNotFit, 'does-not-fit'],
  [NotIncremental, 'refused'],
  [NotReplaceable, 'refused'],
  [TargetError, 'refused'],
  [MadePacketError, 'bad-packets'],
  [CaptureError, 'bad-packets'],
  [TrafficError, 'bad-packets'],
  [PacketFilterError, 'bad-filter'],
  [ConditionError, 'bad-condition'],
  [ScenarioError, 'bad-scenario'],
  [RangeError, 'bad-question'],
];

/** A thrown value as an answer. */
export function failureOf(thrown: unknown): SessionFailure {
  if (thrown instanceof SessionError) {
    const { code, message, findings } = thrown;
    return findings === undefined ? { code, message } : { code, message, findings };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const [, code] = CODES.find(([kind]) => thrown instanceof kind) ?? [undefined, 'broken' as const];
  return { code, message };
}
