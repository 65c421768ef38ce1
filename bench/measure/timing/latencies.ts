/** Latencies of packets: exact minimum, mean and maximum; percentiles with a relative error of 0.1 %. */
import { must } from '../../../compiler/data-plane/must.js';

export interface LatencySummary {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

const PS_PER_NS = 1000;
const COUNT = 'count of a bucket';

/**
 * Buckets of a histogram with three significant digits, as HdrHistogram has them: of width 1 below 2 · 1024, and from
 * there on 1,024 buckets of equal width for each power of two.
 */
const HALF_BITS = 10;
const HALF = 2 ** HALF_BITS;
/** Bits of the largest time in picoseconds, a whole number that a double holds. */
const TIME_BITS = 53;
const BUCKETS = (TIME_BITS - HALF_BITS + 1) * HALF;
const WORD = 2 ** 32;
const POWERS = Float64Array.from({ length: TIME_BITS }, (_, exponent) => 2 ** exponent);

const powerOf2 = (exponent: number): number => must(POWERS[exponent], 'power of 2');

/** Number of the bucket of a time, a whole number of at least 0. */
export function latencyBucket(value: number): number {
  const high = Math.floor(value / WORD);
  const bits = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(value);
  const shift = Math.max(0, bits - HALF_BITS - 1);
  return shift * HALF + Math.floor(value / powerOf2(shift));
}

/** The largest value of a bucket. */
function lastOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / HALF) - 1);
  return (bucket - shift * HALF + 1) * powerOf2(shift) - 1;
}

export class Latencies {
  private readonly counts = new Float64Array(BUCKETS);
  private count = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = 0;

  record(ps: number): void {
    const { counts } = this;
    const bucket = latencyBucket(ps);
    counts[bucket] = must(counts[bucket], COUNT) + 1;
    this.count++;
    this.sum += ps;
    if (ps < this.min) this.min = ps;
    if (ps > this.max) this.max = ps;
  }

  /** Summary in nanoseconds; null without packets. */
  get summary(): LatencySummary | null {
    if (this.count === 0) return null;
    const ns = (ps: number): number => ps / PS_PER_NS;
    return {
      min: ns(this.min),
      mean: ns(this.sum / this.count),
      p50: ns(this.percentile(50)),
      p90: ns(this.percentile(90)),
      p99: ns(this.percentile(99)),
      p999: ns(this.percentile(99.9)),
      max: ns(this.max),
    };
  }

  /** Adds those of another. */
  add(others: Latencies): void {
    if (others.count === 0) return;
    const last = latencyBucket(others.max);
    for (let bucket = latencyBucket(others.min); bucket <= last; bucket++) {
      this.counts[bucket] = must(this.counts[bucket], COUNT) + must(others.counts[bucket], COUNT);
    }
    this.count += others.count;
    this.sum += others.sum;
    this.min = Math.min(this.min, others.min);
    this.max = Math.max(this.max, others.max);
  }

  reset(): void {
    if (this.count > 0) this.counts.fill(0, latencyBucket(this.min), latencyBucket(this.max) + 1);
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = 0;
  }

  /** The largest value of the bucket that holds this share of the latencies, within the range of those recorded. */
  private percentile(share: number): number {
    const wanted = Math.max(1, Math.floor((share / 100) * this.count + 0.5));
    let bucket = latencyBucket(this.min) - 1;
    for (let upTo = 0; upTo < wanted; ) upTo += must(this.counts[++bucket], COUNT);
    return Math.min(this.max, lastOf(bucket));
  }
}
