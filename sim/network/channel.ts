/** One direction of a link, at its sender: it delays packets, loses some, and is down at times. */
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import { GAP_BYTES, type Line, lineBytes } from '../blocks/line.js';
import { randomWord } from '../blocks/random-numbers.js';
import type { PacketSink } from './packet-fifo.js';

/** A time from which on a link is down, and at which it is up again. */
export interface Outage {
  readonly fromPs: number;
  /** Infinity if it stays down. */
  readonly toPs: number;
}

export interface ChannelOptions {
  readonly line: Line;
  /** From end to end: at least 1. */
  readonly delayPs: number;
  readonly lossPerMillion: number;
  /** Of the losses: 32 bits. */
  readonly seed: number;
  /** In order of time, none touching another. */
  readonly outages: readonly Outage[];
  /** Whether the receiver gets packets when their last bit has come, as hosts do, or their first, as switches do. */
  readonly deliversWhole: boolean;
  /** The end of the run: what would start later does not start. */
  readonly endPs: number;
}

/** Why a link loses a packet: by chance, or as it is down while some of the packet is on it. */
export const LINK_LOSSES = ['loss', 'down'] as const;
export type LinkLoss = (typeof LINK_LOSSES)[number];

export interface ChannelCounters {
  /** Packets put on the line, and their bytes as captures count them. */
  packets: number;
  bytes: number;
  /** How long the line was taken by them, gaps included. */
  busyPs: number;
  lost: Record<LinkLoss, number>;
  /** Packets that had not started when the run ended, and those that were on the link. */
  waiting: number;
  underWay: number;
}

/** Sees what is put on a link. */
export interface ChannelTap {
  carried(batch: PacketBatch, i: number, startPs: number, lost: LinkLoss | undefined): void;
}

/** Words of 32 bits below this times the losses per million are losses. */
const WORDS_PER_MILLIONTH = 2 ** 32 / 1e6;

export class Channel {
  readonly counters: ChannelCounters = {
    packets: 0,
    bytes: 0,
    busyPs: 0,
    lost: { loss: 0, down: 0 },
    waiting: 0,
    underWay: 0,
  };
  /** Absent if nobody looks. */
  tap: ChannelTap | undefined;
  /** When the line is free after the last packet. */
  freePs = 0;
  private outage = 0;
  private readonly lossBelow: number;

  constructor(
    readonly options: ChannelOptions,
    private readonly sink: PacketSink,
  ) {
    this.lossBelow = options.lossPerMillion * WORDS_PER_MILLIONTH;
  }

  /** The first bit of packet i of a batch is put on the line. @param startPs not before that of the packet before */
  carry(batch: PacketBatch, i: number, startPs: number): void {
    const { options, counters } = this;
    if (startPs > options.endPs) {
      counters.waiting++;
      return;
    }
    const length = batch.originalLength[i] as number;
    const bytes = lineBytes(length);
    const number = counters.packets++;
    counters.bytes += length;
    const onLine = options.line.timeFor(bytes);
    counters.busyPs += onLine;
    this.freePs = startPs + onLine;
    const firstBitPs = startPs + options.delayPs;
    const lastBitPs = firstBitPs + options.line.timeFor(bytes - GAP_BYTES);
    const lost = this.isDown(startPs, lastBitPs) ? 'down' : this.isLost(number) ? 'loss' : undefined;
    this.tap?.carried(batch, i, startPs, lost);
    const comesPs = options.deliversWhole ? lastBitPs : firstBitPs;
    if (lost !== undefined) counters.lost[lost]++;
    else if (comesPs > options.endPs) counters.underWay++;
    else this.sink.put(batch, i, comesPs);
  }

  private isDown(startPs: number, lastBitPs: number): boolean {
    const { outages } = this.options;
    while (this.outage < outages.length && (outages[this.outage] as Outage).toPs <= startPs) this.outage++;
    const next = outages[this.outage];
    return next !== undefined && next.fromPs <= lastBitPs;
  }

  private isLost(number: number): boolean {
    return this.lossBelow > 0 && randomWord(this.options.seed, number, 0) >>> 0 < this.lossBelow;
  }
}
