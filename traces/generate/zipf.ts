import { must } from '../packets/must.js';
import { power } from './exact-functions.js';

/** Ranks drawn by Zipf's law: rank r, from 0, has a probability proportional to 1 / (r + 1)^exponent. */
export class Zipf {
  /** Running sums of the probabilities; the last one is 1. */
  private readonly cumulative: Float64Array;

  /** @param ranks from 1 on @param exponent 0 for equal probabilities */
  constructor(ranks: number, exponent: number) {
    this.cumulative = new Float64Array(ranks);
    let sum = 0;
    for (let r = 0; r < ranks; r++) {
      sum += power(r + 1, -exponent);
      this.cumulative[r] = sum;
    }
    for (let r = 0; r < ranks; r++) this.cumulative[r] = must(this.cumulative[r], 'running sum of a rank') / sum;
    this.cumulative[ranks - 1] = 1;
  }

  probability(rank: number): number {
    return (
      must(this.cumulative[rank], 'running sum of a rank') -
      (rank === 0 ? 0 : must(this.cumulative[rank - 1], 'running sum of a rank'))
    );
  }

  /** The rank of a number from 0 to below 1. */
  rankOf(uniform: number): number {
    let low = 0;
    let high = this.cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (uniform < must(this.cumulative[middle], 'running sum of a rank')) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
