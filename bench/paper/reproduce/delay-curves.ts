/** Curves of delays over arrivals. */
import { must } from '../../../compiler/data-plane/must.js';
import { distribution } from '../../measure/statistics/statistics.js';
import { meanOf } from './value.js';

/** Number of arrivals in one point of a curve, as in the paper. */
export const WINDOW = 31;
/** Distance of two points in arrivals. */
const STEP = 5;

/**
 * A curve over a moving window of the means of the repeats.
 * @param repeats delays in order of arrival, at least one repeat
 * @param summary of the delays in a window; the paper's figures have the mean
 */
export function delayCurve(
  repeats: readonly (readonly number[])[],
  summary: (delays: readonly number[]) => number = meanOf,
): { x: number; y: number }[] {
  const length = Math.min(...repeats.map((series) => series.length));
  const means = Array.from({ length }, (_, i) => meanOf(repeats.map((series) => must(series[i], 'delay of a repeat'))));
  const half = (WINDOW - 1) / 2;
  return means.flatMap((_, x) =>
    x % STEP === 0 ? [{ x, y: summary(means.slice(Math.max(0, x - half), x + half + 1)) }] : [],
  );
}

/**
 * Medians of the second and of the last tenth of the arrivals. The first tenth is left out, as the code of a solver is
 * compiled while it runs.
 */
export function tenths(delays: readonly number[]): { readonly early: number; readonly late: number } {
  const count = Math.max(1, Math.floor(delays.length / 10));
  return { early: distribution(delays.slice(count, 2 * count)).p50, late: distribution(delays.slice(-count)).p50 };
}

/** How many times as long late arrivals take as early ones. */
export function growthOf(delays: readonly number[]): number {
  const { early, late } = tenths(delays);
  return late / early;
}
