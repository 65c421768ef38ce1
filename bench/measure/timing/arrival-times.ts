/** Arrival times of packets: their time stamps relative to the first, or a constant rate. */

import { DomainError } from '../../../compiler/data-plane/domain-error.js';
import { must } from '../../../compiler/data-plane/must.js';
import { LAST_TIME_PS, PS_PER_NS, PS_PER_SECOND } from '../../../sim/blocks/virtual-time.js';
import { PACKET_MARKS, type PacketBatch } from '../../../traces/packets/packet-batch.js';

/** Thrown for packets whose arrival times are out of range. */
export class TimingError extends DomainError {
  override readonly name = 'TimingError';
  readonly code = 'no-times';
  readonly ends = 'bad-input';
}

const NS_PER_SECOND = 1e9;
/** Last second of arrivals. Picoseconds are exact a little beyond it, so that packets in the switch can still leave. */
const LAST_SECOND = Math.floor(LAST_TIME_PS / PS_PER_SECOND) - 7;

const isUntimed = (batch: PacketBatch, i: number): boolean =>
  (must(batch.marks[i], 'marks of a packet') & PACKET_MARKS.untimed) !== 0;

export class ArrivalTimes {
  /** Number of packets with an earlier time stamp than the previous packet; they arrive with it. */
  early = 0;
  /** Number of packets without time stamps; they arrive with the previous packet, or at time 0. */
  untimed = 0;
  private packets = 0;
  private lastPs = 0;
  private isStarted = false;
  /** The first time stamp. */
  private seconds = 0;
  private nanoseconds = 0;

  /** @param packetsPerSecond constant rate, in place of the time stamps */
  constructor(private readonly packetsPerSecond: number | undefined) {}

  /** Arrival time of packet i of a batch. To be called once for each packet, in order. @throws {TimingError} */
  next(batch: PacketBatch, i: number): number {
    if (!this.isStarted && !isUntimed(batch, i)) {
      this.isStarted = true;
      this.seconds = must(batch.timeSeconds[i], 'time of a packet');
      this.nanoseconds = must(batch.timeNanoseconds[i], 'time of a packet');
    }
    const ps = this.packetsPerSecond === undefined ? this.stampOf(batch, i) : this.atRate(this.packetsPerSecond);
    if (ps > LAST_SECOND * PS_PER_SECOND) {
      throw new TimingError(
        `packet ${this.packets + 1} arrives more than ${LAST_SECOND.toLocaleString('en-US')} s after the first, the maximum of the timing model`,
      );
    }
    if (ps < this.lastPs) this.early++;
    else this.lastPs = ps;
    this.packets++;
    return this.lastPs;
  }

  /** Sets the time stamp of packet i. */
  stamp(batch: PacketBatch, i: number, ps: number): void {
    const nanoseconds = this.nanoseconds + Math.floor(ps / PS_PER_NS);
    batch.timeSeconds[i] = this.seconds + Math.floor(nanoseconds / NS_PER_SECOND);
    batch.timeNanoseconds[i] = nanoseconds % NS_PER_SECOND;
  }

  private stampOf(batch: PacketBatch, i: number): number {
    if (isUntimed(batch, i)) {
      this.untimed++;
      return this.lastPs;
    }
    const seconds = must(batch.timeSeconds[i], 'time of a packet') - this.seconds;
    return (
      seconds * PS_PER_SECOND + (must(batch.timeNanoseconds[i], 'time of a packet') - this.nanoseconds) * PS_PER_NS
    );
  }

  private atRate(packetsPerSecond: number): number {
    const whole = Math.floor(this.packets / packetsPerSecond);
    const rest = this.packets - whole * packetsPerSecond;
    return whole * PS_PER_SECOND + Math.floor((rest * PS_PER_SECOND) / packetsPerSecond);
  }
}
