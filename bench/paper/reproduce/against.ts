/** What changed since an earlier reproduction: a regression test of everything that is reproduced. */
import { DomainError } from '../../../compiler/index.js';
import { speedRatio } from '../../measure/compare/speed-ratio.js';
import type { Comparison } from './experiment.js';
import type { ReproductionDocument } from './reproduction.js';
import type { Value } from './value.js';

export interface Change {
  readonly experiment: string;
  readonly quantity: string;
  readonly column: 'reproduced' | 'ours';
  readonly before: number;
  readonly after: number | null;
  readonly kind: /** Not a matter of chance: it comes out the same for equal code and seed. */
    | 'exact'
    /** A measurement of time, surely slower or faster by more than {@link TIMED_FACTOR}. */
    | 'timed'
    | 'missing';
}

/** Machines, and their hours, differ by less. */
export const TIMED_FACTOR = 1.5;

/** Two reproductions of different things. */
export class NotComparable extends DomainError {
  override readonly name = 'NotComparable';
  readonly code = 'not-comparable';
  readonly ends = 'bad-input';
}

/**
 * Changes of what both have, and what `after` lacks of the experiments that it ran.
 * @throws {NotComparable} if seeds or scales differ
 */
export function changesSince(before: ReproductionDocument, after: ReproductionDocument): Change[] {
  for (const key of ['scale', 'seed'] as const) {
    if (before[key] !== after[key]) throw new NotComparable(`${key} ${before[key]} there, ${after[key]} here`);
  }
  const earlier = new Map(before.experiments.map((experiment) => [experiment.id, experiment]));
  return after.experiments.flatMap(({ id, comparisons }) => {
    const now = new Map(comparisons.map((each) => [each.quantity, each]));
    return (earlier.get(id)?.comparisons ?? []).flatMap((then) => changesOf(id, then, now.get(then.quantity)));
  });
}

function changesOf(experiment: string, before: Comparison, after: Comparison | undefined): Change[] {
  return (['reproduced', 'ours'] as const).flatMap((column): Change[] => {
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

/** Sums may be added up in another order. */
const ROUNDING = 1e-9;

const sameFigures = (a: Value, b: Value): boolean =>
  (['mean', 'least', 'greatest'] as const).every(
    (key) => Math.abs(a[key] - b[key]) <= ROUNDING * Math.max(1, Math.abs(a[key])),
  );
