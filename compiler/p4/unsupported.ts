import { DomainError } from '../data-plane/domain-error.js';

/** A data plane for which no P4 source can be generated; the message has the reason. */
export class NoP4Source extends DomainError {
  override readonly name = 'NoP4Source';
  readonly ends = 'bad-input';
  readonly code = 'no-p4-source';
  constructor(dataPlane: string, reason: string) {
    super(`there is no P4 source for data plane '${dataPlane}': ${reason}`);
  }
}
