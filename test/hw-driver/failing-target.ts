/** A switch that refuses a change when told to. */
import type { Operation } from '../../compiler/index.js';
import { InProcessTarget, TargetError } from '../../sim/index.js';

/** Refuses one change, counted from {@link failAfter}; then it works again. */
export class FailingTarget extends InProcessTarget {
  private left = Number.POSITIVE_INFINITY;

  failAfter(changes: number): void {
    this.left = changes;
  }

  override async apply(operations: readonly Operation[]): Promise<void> {
    for (const [i, operation] of operations.entries()) {
      if (this.left === 0) {
        this.left = Number.POSITIVE_INFINITY;
        const error = new TargetError('no-space', 'refused on purpose');
        error.applied = i;
        throw error;
      }
      this.left--;
      await super.apply([operation]);
    }
  }
}

/** What an attempt fails with; undefined if it does not. */
export const thrownBy = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
