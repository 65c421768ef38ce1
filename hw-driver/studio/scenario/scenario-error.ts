import { DomainError } from '../../../compiler/index.js';

/** Bytes that are no scenario that this studio can show; the message is one sentence for the person who opened it. */
export class ScenarioError extends DomainError {
  override readonly name = 'ScenarioError';
  readonly ends = 'bad-input';

  constructor(
    readonly code: 'not-a-scenario' | 'other-version' | 'damaged' | 'other-data-plane' | 'too-large',
    message: string,
  ) {
    super(message);
  }
}
