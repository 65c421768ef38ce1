/** Counts what becomes of the packets of a switch with timing model. */
import { must } from '../../../compiler/data-plane/must.js';
import { digestPacket, OutputDigest } from '../../../sim/blocks/digest.js';
import { PS_PER_NS } from '../../../sim/blocks/virtual-time.js';
import type { Departures, DropReason, HeldBatch, TimeObserver, UpdatePlayer } from '../../../sim/index.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { isMarked } from './congestion-mark.js';
import { type CountedSwitches, IntervalSeries, noLosses } from './interval-series.js';
import type { TimedTraffic, TimingOptions } from './timing-result.js';

/** Takes each packet that leaves, when it is counted. */
export type OnLeft = (batch: PacketBatch, i: number, departurePs: number) => void;

export class TimedCounts implements TimeObserver {
  /** Set when the driver is made, which needs its observer. */
  driver: CountedSwitches | undefined;
  readonly digest = new OutputDigest();
  private readonly series: IntervalSeries;
  private readonly lostBy = noLosses();
  private lastPs = 0;

  constructor(
    private readonly options: TimingOptions,
    private readonly onLeft?: OnLeft,
  ) {
    this.series = new IntervalSeries(options.intervalNs * PS_PER_NS);
  }

  get nextTickPs(): number {
    return this.series.endPs;
  }

  tick(nowPs: number): void {
    this.series.close(this.counted, nowPs);
  }

  left({ count, held: batches, index, arrivalPs, departurePs }: Departures): void {
    const { series, digest, onLeft } = this;
    for (let place = 0; place < count; place++) {
      const { batch, words } = must(batches[place], 'batch of a packet');
      const i = must(index[place], 'place of a packet');
      const departure = must(departurePs[place], 'time of a departure');
      const arrival = must(arrivalPs[place], 'time of an arrival');
      series.countOut(must(batch.originalLength[i], 'length of a packet'), departure - arrival, isMarked(batch, i));
      digestPacket(batch, words, i);
      digest.add(batch, i);
      onLeft?.(batch, i, departure);
    }
    if (count > 0) this.lastPs = must(departurePs[count - 1], 'time of a departure');
  }

  lost(_held: HeldBatch, _i: number, reason: DropReason): void {
    this.lostBy[reason]++;
    this.series.countLost(reason);
  }

  /** Ends the last interval, when all has happened. */
  close(): void {
    this.series.close(this.counted, this.lastPs);
  }

  /** What was counted; the last interval is closed. */
  result(arrivals: Pick<TimedTraffic, 'early' | 'untimed'>, player: UpdatePlayer | undefined): TimedTraffic {
    const { trafficManagers, packets } = this.counted;
    return {
      options: this.options,
      early: arrivals.early,
      untimed: arrivals.untimed,
      endPs: this.lastPs,
      bytesOut: this.series.allBytesOut,
      lost: this.lostBy,
      latencyNs: this.series.allLatencies.summary,
      mostCells: Math.max(...trafficManagers.map(({ mostCells }) => mostCells)),
      mostInFlight: packets.most,
      ports: trafficManagers.flatMap(({ ports }, member) =>
        ports.map(({ port, counters }) => ({
          ...(trafficManagers.length > 1 ? { switch: member + 1 } : {}),
          port,
          ...counters,
        })),
      ),
      intervals: this.series.intervals,
      queues: this.series.queues,
      updates: player?.played,
    };
  }

  private get counted(): CountedSwitches {
    return must(this.driver, 'driver whose packets are counted');
  }
}
