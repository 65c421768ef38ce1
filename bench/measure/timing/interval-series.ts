/** Counts for each interval of virtual time; intervals without events have no row. */
import type { DropReason, TimedDriver } from '../../../sim/index.js';
import { Latencies, type LatencySummary } from './latencies.js';

export interface IntervalRow {
  readonly startPs: number;
  readonly packetsIn: number;
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly bytesOut: number;
  /** Packets that left with ECN 3, as having experienced congestion. */
  readonly packetsMarked: number;
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
  /** Packets and bytes that had come when the last interval ended. */
  private packetsBefore = 0;
  private bytesBefore = 0;
  private packetsOut = 0;
  private bytesOut = 0;
  private packetsMarked = 0;
  private lost = noLosses();
  private readonly latencies = new Latencies();
  /** Of all intervals that are closed. */
  readonly allLatencies = new Latencies();
  allBytesOut = 0;

  constructor(private readonly intervalPs: number) {
    this.endPs = intervalPs;
  }

  /** @param bytes of a packet, as captures count them */
  countOut(bytes: number, latencyPs: number, isMarked: boolean): void {
    this.packetsOut++;
    if (isMarked) this.packetsMarked++;
    this.bytesOut += bytes;
    this.latencies.record(latencyPs);
  }

  countLost(reason: DropReason): void {
    this.lost[reason]++;
  }

  /** Ends the interval; the next one is that of `nowPs`. */
  close({ trafficManager, arrived }: TimedDriver, nowPs: number): void {
    const startPs = this.endPs - this.intervalPs;
    const came = { packetsIn: arrived.packets - this.packetsBefore, bytesIn: arrived.bytes - this.bytesBefore };
    let happened = came.packetsIn + this.packetsOut + Object.values(this.lost).reduce((sum, count) => sum + count, 0);
    for (const queue of trafficManager.ports) {
      const mostCells = queue.takeMostCells();
      if (mostCells === 0) continue;
      happened++;
      this.queues.push({ startPs, port: queue.port, mostCells, cells: queue.cells });
    }
    const mostCells = trafficManager.takeMostCells();
    if (happened > 0) this.intervals.push(this.row(startPs, came, mostCells));
    this.packetsBefore = arrived.packets;
    this.bytesBefore = arrived.bytes;
    this.packetsOut = 0;
    this.packetsMarked = 0;
    this.lost = noLosses();
    this.allBytesOut += this.bytesOut;
    this.bytesOut = 0;
    this.allLatencies.add(this.latencies);
    this.latencies.reset();
    this.endPs = (Math.floor(nowPs / this.intervalPs) + 1) * this.intervalPs;
  }

  private row(startPs: number, came: Pick<IntervalRow, 'packetsIn' | 'bytesIn'>, mostCells: number): IntervalRow {
    const { packetsOut, bytesOut, packetsMarked, lost } = this;
    return {
      startPs,
      ...came,
      packetsOut,
      bytesOut,
      packetsMarked,
      lost,
      mostCells,
      latencyNs: this.latencies.summary,
    };
  }
}
