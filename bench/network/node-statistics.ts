/** What is counted of hosts and links while a network runs, in all and for each interval. */
import { must } from '../../compiler/data-plane/must.js';
import type { ChannelTap, HostTap, LinkLoss } from '../../sim/network/index.js';
import { sentPsOf } from '../../sim/network/index.js';
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import { Latencies, type LatencySummary } from '../measure/timing/latencies.js';

/** A host in an interval; intervals in which nothing happened have no row. */
export interface HostRow {
  readonly startPs: number;
  readonly sent: number;
  readonly received: number;
  /** Of packets that it had sent itself, from then on. */
  readonly meanRoundTripNs: number | null;
  readonly mostRoundTripNs: number | null;
}

/** One direction of a link in an interval. */
export interface LinkRow {
  readonly startPs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
}

const PS_PER_NS = 1000;

export class HostStatistics implements HostTap {
  readonly rows: HostRow[] = [];
  /** Made for the first packet: most hosts have one kind, and both are large. */
  private roundTrips: Latencies | undefined;
  private oneWays: Latencies | undefined;
  private startPs = 0;
  private sentPackets = 0;
  private receivedPackets = 0;
  private own = 0;
  private sumPs = 0;
  private mostPs = 0;

  constructor(private readonly intervalPs: number) {}

  sent(_batch: PacketBatch, _i: number, nowPs: number): void {
    this.turnTo(nowPs);
    this.sentPackets++;
  }

  received(batch: PacketBatch, i: number, nowPs: number, isOwn: boolean): void {
    this.turnTo(nowPs);
    const tookPs = nowPs - sentPsOf(batch, i);
    this.receivedPackets++;
    if (!isOwn) {
      this.oneWays ??= new Latencies();
      return this.oneWays.record(tookPs);
    }
    this.roundTrips ??= new Latencies();
    this.roundTrips.record(tookPs);
    this.own++;
    this.sumPs += tookPs;
    if (tookPs > this.mostPs) this.mostPs = tookPs;
  }

  /** From sending a packet to its coming back; null without such packets. */
  get roundTripNs(): LatencySummary | null {
    return this.roundTrips?.summary ?? null;
  }

  /** From the sending of packets, or of those that they answer, by others. */
  get oneWayNs(): LatencySummary | null {
    return this.oneWays?.summary ?? null;
  }

  /** Ends the last interval. */
  close(): void {
    const { startPs, sentPackets: sent, receivedPackets: received, own, sumPs, mostPs } = this;
    if (sent + received > 0) {
      const meanRoundTripNs = own === 0 ? null : sumPs / own / PS_PER_NS;
      const mostRoundTripNs = own === 0 ? null : mostPs / PS_PER_NS;
      this.rows.push({ startPs, sent, received, meanRoundTripNs, mostRoundTripNs });
    }
    this.sentPackets = 0;
    this.receivedPackets = 0;
    this.own = 0;
    this.sumPs = 0;
    this.mostPs = 0;
  }

  private turnTo(nowPs: number): void {
    if (nowPs < this.startPs + this.intervalPs) return;
    this.close();
    this.startPs = Math.floor(nowPs / this.intervalPs) * this.intervalPs;
  }
}

/** Packets as they were put on a link, with their times. */
export interface CapturedPackets {
  readonly timesPs: readonly number[];
  readonly packets: readonly Uint8Array[];
  readonly originalLengths: readonly number[];
}

export class LinkStatistics implements ChannelTap {
  readonly rows: LinkRow[] = [];
  private startPs = 0;
  private packets = 0;
  private bytes = 0;
  private losses = 0;
  private readonly timesPs: number[] = [];
  private readonly copies: Uint8Array[] = [];
  private readonly lengths: number[] = [];

  /** @param isCaptured whether packets are kept */
  constructor(
    private readonly intervalPs: number,
    private readonly isCaptured: boolean,
  ) {}

  carried(batch: PacketBatch, i: number, startPs: number, lost: LinkLoss | undefined): void {
    if (startPs >= this.startPs + this.intervalPs) {
      this.close();
      this.startPs = Math.floor(startPs / this.intervalPs) * this.intervalPs;
    }
    const length = must(batch.originalLength[i], 'length of a packet');
    this.packets++;
    this.bytes += length;
    if (lost !== undefined) this.losses++;
    if (!this.isCaptured) return;
    const offset = must(batch.offset[i], 'offset of a packet');
    this.timesPs.push(startPs);
    this.copies.push(batch.bytes.slice(offset, offset + must(batch.capturedLength[i], 'length of a packet')));
    this.lengths.push(length);
  }

  /** Undefined if packets are not kept. */
  get captured(): CapturedPackets | undefined {
    if (!this.isCaptured) return undefined;
    return { timesPs: this.timesPs, packets: this.copies, originalLengths: this.lengths };
  }

  /** Ends the last interval. */
  close(): void {
    const { startPs, packets, bytes, losses: lost } = this;
    if (packets > 0) this.rows.push({ startPs, packets, bytes, lost });
    this.packets = 0;
    this.bytes = 0;
    this.losses = 0;
  }
}
