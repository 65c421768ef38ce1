/** Latencies of packets: exact minimum, mean and maximum; percentiles with a relative error of 0.1 %. */
import { createHistogram } from 'node:perf_hooks';

export interface LatencySummary {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Significant decimal digits of percentiles. */
const FIGURES = 3;
const MAX_PS = 1e15;
const PS_PER_NS = 1000;

export class Latencies {
  private readonly histogram = createHistogram({ lowest: 1, highest: MAX_PS, figures: FIGURES });
  private count = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = 0;

  record(ps: number): void {
    this.histogram.record(Math.max(1, ps));
    this.count++;
    this.sum += ps;
    if (ps < this.min) this.min = ps;
    if (ps > this.max) this.max = ps;
  }

  /** Summary in nanoseconds; null without packets. */
  get summary(): LatencySummary | null {
    if (this.count === 0) return null;
    const ns = (ps: number): number => ps / PS_PER_NS;
    // The histogram returns bucket bounds, which are limited to the recorded range.
    const percentile = (share: number): number =>
      ns(Math.min(this.max, Math.max(this.min, this.histogram.percentile(share))));
    return {
      min: ns(this.min),
      mean: ns(this.sum / this.count),
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
      p999: percentile(99.9),
      max: ns(this.max),
    };
  }

  reset(): void {
    this.histogram.reset();
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = 0;
  }
}
