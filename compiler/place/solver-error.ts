import { type CommandEnd, DomainError } from '../data-plane/domain-error.js';

/** Z3 is not installed, cannot run here, or gave no answer. */
export class SolverError extends DomainError {
  override readonly name = 'SolverError';
  readonly ends: CommandEnd;

  constructor(
    readonly code: 'not-installed' | 'no-answer',
    message: string,
  ) {
    super(message);
    this.ends = code === 'not-installed' ? 'bad-input' : 'failed';
  }
}
