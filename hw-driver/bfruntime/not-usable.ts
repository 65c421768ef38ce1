import { DomainError } from '../../compiler/index.js';

/** A switch that answers but cannot be used by this driver; the message is for the user. */
export class NotUsable extends DomainError {
  override readonly name = 'NotUsable';
  readonly code = 'not-usable';
  readonly ends = 'bad-input';
}
