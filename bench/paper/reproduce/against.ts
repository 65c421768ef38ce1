/** Changes since an earlier reproduction, as a regression test. */
import { DomainError } from '../../../compiler/index.js';
import { speedRatio } from '../../measure/compare/speed-ratio.js';
import { type Comparison, type Setting, VALUE_COLUMNS, type ValueColumn } from './experiment.js';
import type { ReproductionDocument } from './reproduction.js';
import type { Value } from './value.js';

export interface Change {
  readonly experiment: string;
  readonly quantity: string;
  readonly column: ValueColumn;
  readonly before: number;
  readonly after: number | null;
  readonly kind: /** A deterministic number: equal for equal code and seed. */
    | 'exact'
    /** A measurement of time: significantly slower or faster by more than {@link TIMED_FACTOR}. */
    | 'timed'
    | 'missing';
}

/** Ratio of times that is significant; the variation of machines is smaller. */
export const TIMED_FACTOR = 1.5;

/** Thrown for reproductions that cannot be compared. */
export class NotComparable extends DomainError {
  override readonly name = 'NotComparable';
  readonly code = 'not-comparable';
  readonly ends = 'bad-input';
}

/** @throws {NotComparable} if seeds or scales differ */
export function checkComparable(before: Setting, after: Setting): void {
  for (const key of ['scale', 'seed'] as const) {
    if (before[key] !== after[key]) throw new NotComparable(`${key} ${before[key]} there, ${after[key]} here`);
  }
}

/**
 * Changes of numbers that both have, and numbers that `after` lacks in the experiments that it ran.
 * @throws {NotComparable} if seeds or scales differ
 */
export function changesSince(before: ReproductionDocument, after: ReproductionDocument): Change[] {
  checkComparable(before, after);
  const earlier = new Map(before.experiments.map((experiment) => [experiment.id, experiment]));
  return after.experiments.flatMap(({ id, comparisons }) => {
    const now = new Map(comparisons.map((each) => [each.quantity, each]));
    return (earlier.get(id)?.comparisons ?? []).flatMap((then) => changesOf(id, then, now.get(then.quantity)));
  });
}

function changesOf(experiment: string, before: Comparison, after: Comparison | undefined): Change[] {
  return VALUE_COLUMNS.flatMap((column): Change[] => {
    const [then, now] = [before[column], after?.[column] ?? null];
    if (then === null) return [];
    const change = { experiment, quantity: before.quantity, column, before: then.mean };
    if (now === null) return [{ ...change, after: null, kind: 'missing' }];
    const kind = kindOfChange(then, now);
    return kind === undefined ? [] : [{ ...change, after: now.mean, kind }];
  });
}

function kindOfChange(before: Value, after: Value): 'exact' | 'timed' | undefined {
  if (before.samples === undefined || after.samples === undefined) {
    return sameFigures(before, after) ? undefined : 'exact';
  }
  const { interval } = speedRatio(before.samples, after.samples);
  if (interval === null) return undefined;
  return interval[0] > TIMED_FACTOR || interval[1] < 1 / TIMED_FACTOR ? 'timed' : undefined;
}

/** Relative tolerance, since sums may be added in another order. */
const ROUNDING = 1e-9;

const sameFigures = (a: Value, b: Value): boolean =>
  (['mean', 'least', 'greatest'] as const).every(
    (key) => Math.abs(a[key] - b[key]) <= ROUNDING * Math.max(1, Math.abs(a[key])),
  );
