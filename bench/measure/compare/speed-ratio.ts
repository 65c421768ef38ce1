/** How much faster one series of measurements is than another, and how sure that is. */
import { must } from '../../../compiler/data-plane/must.js';

/** Above 1: the second series has the higher figures. */
export interface SpeedRatio {
  /** Hodges and Lehmann's estimate: the median of the ratios of all pairs. */
  readonly ratio: number;
  /** Holds the ratio of what is measured with at least {@link CONFIDENCE}; null where there are too few measurements. */
  readonly interval: readonly [number, number] | null;
}

export const CONFIDENCE = 0.95;

/**
 * The interval that belongs to the test of Mann and Whitney, exact and free of assumptions about the distribution: no
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

/** How many of the pairs' ratios to leave out at either end; undefined where even all of them are not enough. */
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

/** In how many orders of m and n measurements u pairs are inverted, for u = 0 … m·n. */
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
