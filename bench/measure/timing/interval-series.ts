/** Counts for each interval of virtual time; intervals without events have no row. */
import type { DropReason, TimedDriver } from '../../../sim/index.js';
import { Latencies, type LatencySummary } from './latencies.js';

export interface IntervalRow {
  readonly startPs: number;
  readonly packetsIn: number;
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly bytesOut: number;
  readonly lost: Readonly<Record<DropReason, number>>;
  /** Maximum cells in all queues together. */
  readonly mostCells: number;
  /** Latencies of packets that left. */
  readonly latencyNs: LatencySummary | null;
}

/** A queue in an interval, if it was not empty throughout. */
export interface QueueRow {
  readonly startPs: number;
  readonly port: number;
  readonly mostCells: number;
  /** Cells at the end of the interval. */
  readonly cells: number;
}

export const noLosses = (): Record<DropReason, number> => ({
  input: 0,
  ingress: 0,
  queue: 0,
  buffer: 0,
  egress: 0,
  unforwarded: 0,
});

export class IntervalSeries {
  readonly intervals: IntervalRow[] = [];
  readonly queues: QueueRow[] = [];
  /** End of the current interval. */
  endPs: number;
  private packetsIn = 0;
  private bytesIn = 0;
  private packetsOut = 0;
  private bytesOut = 0;
  private lost = noLosses();
  private readonly latencies = new Latencies();

  constructor(private readonly intervalPs: number) {
    this.endPs = intervalPs;
  }

  /** Bytes of a packet, as captures count them. */
  countIn(bytes: number): void {
    this.packetsIn++;
    this.bytesIn += bytes;
  }

  /** @param bucket of the latency */
  countOut(bytes: number, latencyPs: number, bucket: number): void {
    this.packetsOut++;
    this.bytesOut += bytes;
    this.latencies.record(latencyPs, bucket);
  }

  countLost(reason: DropReason): void {
    this.lost[reason]++;
  }

  /** Ends the interval; the next one is that of `nowPs`. */
  close({ trafficManager }: TimedDriver, nowPs: number): void {
    const startPs = this.endPs - this.intervalPs;
    let happened = this.packetsIn + this.packetsOut + Object.values(this.lost).reduce((sum, count) => sum + count, 0);
    for (const queue of trafficManager.ports) {
      const mostCells = queue.takeMostCells();
      if (mostCells === 0) continue;
      happened++;
      this.queues.push({ startPs, port: queue.port, mostCells, cells: queue.cells });
    }
    const mostCells = trafficManager.takeMostCells();
    if (happened > 0) this.intervals.push(this.row(startPs, mostCells));
    this.packetsIn = 0;
    this.bytesIn = 0;
    this.packetsOut = 0;
    this.bytesOut = 0;
    this.lost = noLosses();
    this.latencies.reset();
    this.endPs = (Math.floor(nowPs / this.intervalPs) + 1) * this.intervalPs;
  }

  private row(startPs: number, mostCells: number): IntervalRow {
    const { packetsIn, bytesIn, packetsOut, bytesOut, lost } = this;
    return { startPs, packetsIn, bytesIn, packetsOut, bytesOut, lost, mostCells, latencyNs: this.latencies.summary };
  }
}
