/** Ratio of two series of measurements, with a confidence interval. */
import { must } from '../../../compiler/data-plane/must.js';

/** Ratio of the second series to the first; above 1 if the second has higher values. */
export interface SpeedRatio {
  /** Hodges–Lehmann estimate: median of the ratios of all pairs. */
  readonly ratio: number;
  /** Interval with a confidence of at least {@link CONFIDENCE}; null for too few measurements. */
  readonly interval: readonly [number, number] | null;
}

export const CONFIDENCE = 0.95;

/**
 * The interval of the exact Mann–Whitney test, without assumptions about the distribution: no
 * outlier of a noisy machine moves it far. Needs four measurements of each at least.
 * @param before above 0 @param after above 0
 */
export function speedRatio(before: readonly number[], after: readonly number[]): SpeedRatio {
  const ratios = before.flatMap((a) => after.map((b) => b / a)).sort((a, b) => a - b);
  const middle = ratios.length / 2;
  const at = (i: number): number => ratios[i] ?? Number.NaN;
  const ratio = ratios.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
  const cut = orderCut(before.length, after.length);
  return { ratio, interval: cut === undefined ? null : [at(cut), at(ratios.length - 1 - cut)] };
}

/** Number of sorted pair ratios to drop at each end; undefined if even all of them do not reach the confidence. */
function orderCut(m: number, n: number): number | undefined {
  const counts = rankSumCounts(m, n);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [u, count] of counts.entries()) {
    below += count;
    if (below / total > (1 - CONFIDENCE) / 2) return u === 0 ? undefined : u - 1;
  }
  return undefined;
}

/** Number of orders of m and n measurements with u inverted pairs, for u = 0 … m·n. */
function rankSumCounts(m: number, n: number): number[] {
  // By the Gaussian binomial coefficient: product of (1 - q^(n+i)) / (1 - q^i).
  const counts = new Array<number>(m * n + 1).fill(0);
  counts[0] = 1;
  for (let i = 1; i <= m; i++) {
    for (let u = counts.length - 1; u >= n + i; u--)
      counts[u] = must(counts[u], 'count of orders') - must(counts[u - n - i], 'count of orders');
    for (let u = i; u < counts.length; u++)
      counts[u] = must(counts[u], 'count of orders') + must(counts[u - i], 'count of orders');
  }
  return counts;
}
