/** Conditions that cannot be used. */
import { DomainError } from '../../../compiler/index.js';

/** A text that is no condition, or names what the run does not have; the message is for the user. */
export class ConditionError extends DomainError {
  override readonly name = 'ConditionError';
  readonly ends = 'bad-input';

  constructor(
    readonly code: 'not-a-condition' | 'not-in-the-run',
    message: string,
    /** Where in the text it went wrong, from 0; undefined if the text is well-formed. */
    readonly at?: number,
  ) {
    super(message);
  }
}
