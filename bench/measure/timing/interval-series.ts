/** Counts for each interval of virtual time; intervals without events have no row. */
import type { DropReason, TrafficManager } from '../../../sim/index.js';
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
  /** Maximum cells in all queues together, of one switch. */
  readonly mostCells: number;
  /** Latencies of packets that left. */
  readonly latencyNs: LatencySummary | null;
}

/** What is counted of a switch, or of several in a row. */
export interface CountedSwitches {
  readonly trafficManagers: readonly TrafficManager[];
  /** Packets and bytes that have come. */
  readonly arrived: { readonly packets: number; readonly bytes: number };
  /** The most in a switch at once. */
  readonly packets: { readonly most: number };
}

/** A queue in an interval, if it was not empty throughout. */
export interface QueueRow {
  readonly startPs: number;
  /** From 1; of a chain. */
  readonly switch?: number;
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
  close({ trafficManagers, arrived }: CountedSwitches, nowPs: number): void {
    const startPs = this.endPs - this.intervalPs;
    const came = { packetsIn: arrived.packets - this.packetsBefore, bytesIn: arrived.bytes - this.bytesBefore };
    let happened = came.packetsIn + this.packetsOut + Object.values(this.lost).reduce((sum, count) => sum + count, 0);
    for (const [member, { ports }] of trafficManagers.entries()) {
      for (const queue of ports) {
        const mostCells = queue.takeMostCells();
        if (mostCells === 0) continue;
        happened++;
        const place = trafficManagers.length > 1 ? { switch: member + 1 } : {};
        this.queues.push({ startPs, ...place, port: queue.port, mostCells, cells: queue.cells });
      }
    }
    const mostCells = trafficManagers.reduce((most, each) => Math.max(most, each.takeMostCells()), 0);
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
