/** Selection of packets by time, and shortening of gaps between packets. */
import { epochNanoseconds, type TimeStamp, timeStampOf } from './time-stamp.js';

/** A time: since the epoch, or after the first packet that has a time. Nanoseconds. */
export interface TimeBound {
  readonly since: 'epoch' | 'first-packet';
  readonly nanoseconds: bigint;
}

export interface TimeSelectionOptions {
  /** Packets before this time are skipped. */
  readonly from?: TimeBound | undefined;
  /** Packets at and after this time are skipped. */
  readonly to?: TimeBound | undefined;
  /** Maximum gap between packets in ns; longer gaps are shortened to it. */
  readonly squeezeGapsNs?: bigint | undefined;
}

/** A packet's time, changed in place. */
export interface MovableTime {
  timeSeconds: number;
  timeNanoseconds: number;
  untimed: boolean;
}

const NANOSECONDS = 1e9;

/** Compares times given as seconds and nanoseconds: below 0 if the first one is earlier. */
const compare = (seconds: number, nanoseconds: number, other: TimeStamp): number =>
  seconds - other.seconds || nanoseconds - other.nanoseconds;

/** Selects the packets of all captures of a run, in order. */
export class TimeSelection {
  /** Number of packets skipped because of their times. */
  outside = 0;
  /** Number of packets skipped because they have no time, if times are selected. */
  untimedOutside = 0;
  /** Number of shortened gaps. */
  gapsSqueezed = 0;
  private from: TimeStamp | undefined;
  private to: TimeStamp | undefined;
  private readonly gap: TimeStamp | undefined;
  private begun = false;
  /** The latest time that a packet had in its capture. */
  private latest: { seconds: number; nanoseconds: number } | undefined;
  /** Nanoseconds subtracted from times so far. */
  private shift = { seconds: 0, nanoseconds: 0 };

  constructor(private readonly options: TimeSelectionOptions) {
    this.gap = options.squeezeGapsNs === undefined ? undefined : timeStampOf(options.squeezeGapsNs);
  }

  /** Total shortening of all gaps in ns. */
  get squeezedNs(): bigint {
    return epochNanoseconds(this.shift);
  }

  /** To be called first for each packet, including packets skipped for another reason. */
  see(packet: Readonly<MovableTime>): void {
    if (this.begun || packet.untimed) return;
    this.begun = true;
    const first = epochNanoseconds({ seconds: packet.timeSeconds, nanoseconds: packet.timeNanoseconds });
    const stampOf = (bound: TimeBound | undefined): TimeStamp | undefined =>
      bound && timeStampOf(bound.since === 'epoch' ? bound.nanoseconds : first + bound.nanoseconds);
    this.from = stampOf(this.options.from);
    this.to = stampOf(this.options.to);
  }

  /** Whether the packet is read; its time is moved by the gaps before it. Once for each packet that has been seen. */
  admit(packet: MovableTime): boolean {
    if (packet.untimed) {
      if (this.options.from === undefined && this.options.to === undefined) return true;
      this.untimedOutside++;
      return false;
    }
    const { from, to } = this;
    const { timeSeconds, timeNanoseconds } = packet;
    const isEarly = from !== undefined && compare(timeSeconds, timeNanoseconds, from) < 0;
    if (isEarly || (to !== undefined && compare(timeSeconds, timeNanoseconds, to) >= 0)) {
      this.outside++;
      return false;
    }
    if (this.gap !== undefined) this.squeeze(packet, this.gap);
    return true;
  }

  private squeeze(packet: MovableTime, gap: TimeStamp): void {
    const { latest, shift } = this;
    const { timeSeconds, timeNanoseconds } = packet;
    if (latest === undefined) this.latest = { seconds: timeSeconds, nanoseconds: timeNanoseconds };
    else if (compare(timeSeconds, timeNanoseconds, latest) > 0) {
      const borrow = timeNanoseconds < latest.nanoseconds ? 1 : 0;
      const seconds = timeSeconds - latest.seconds - borrow;
      const nanoseconds = timeNanoseconds - latest.nanoseconds + borrow * NANOSECONDS;
      if (compare(seconds, nanoseconds, gap) > 0) {
        this.gapsSqueezed++;
        shift.seconds += seconds - gap.seconds;
        shift.nanoseconds += nanoseconds - gap.nanoseconds;
        normalise(shift);
      }
      latest.seconds = timeSeconds;
      latest.nanoseconds = timeNanoseconds;
    }
    packet.timeNanoseconds -= shift.nanoseconds;
    packet.timeSeconds -= shift.seconds;
    if (packet.timeNanoseconds < 0) {
      packet.timeNanoseconds += NANOSECONDS;
      packet.timeSeconds--;
    }
  }
}

function normalise(time: { seconds: number; nanoseconds: number }): void {
  const carry = Math.floor(time.nanoseconds / NANOSECONDS);
  time.seconds += carry;
  time.nanoseconds -= carry * NANOSECONDS;
}
