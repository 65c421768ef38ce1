/** Second half of a run with timing model: packets arrive at their times and are counted when they end. */
import { must } from '../../../compiler/data-plane/must.js';
import type { DataPlane } from '../../../compiler/index.js';
import {
  type Departures,
  type DropReason,
  digestPacket,
  type EngineName,
  type HeldBatch,
  OutputDigest,
  PS_PER_NS,
  Switch,
  stateDigest,
  TimedDriver,
  type TimeObserver,
  type UpdatePlayer,
} from '../../../sim/index.js';
import type { CaptureWriter } from '../../../traces/captures/capture-writer.js';
import type { TrafficOptions, TrafficResult, TrafficSample } from '../run/traffic-run.js';
import { ArrivalTimes } from './arrival-times.js';
import { BatchPool } from './batch-pool.js';
import { isMarked } from './congestion-mark.js';
import { IntervalSeries, noLosses } from './interval-series.js';
import type { TimedTraffic, TimingOptions } from './timing-result.js';

const BATCH = { packets: 2048, bytes: 2 ** 20 };
/** Maximum time in milliseconds before the event loop runs, for an interrupt to arrive. */
const BREATH_MS = 20;

/** A switch with timing model, and counters of its packets. */
export class TimedRun implements TimeObserver {
  readonly emulator: Switch;
  private readonly driver: TimedDriver;
  private readonly arrivals: ArrivalTimes;
  private readonly series: IntervalSeries;
  private readonly lostBy = noLosses();
  private readonly digest = new OutputDigest();
  private writer: CaptureWriter | undefined;
  private lastPs = 0;

  constructor(
    dataPlane: DataPlane,
    engine: EngineName,
    private readonly options: TimingOptions,
    seed: number,
  ) {
    this.arrivals = new ArrivalTimes(options.packetsPerSecond);
    this.series = new IntervalSeries(options.intervalNs * PS_PER_NS);
    this.emulator = new Switch(dataPlane, { engine, seed });
    this.driver = new TimedDriver(this.emulator, options.switch, this);
  }

  get nextTickPs(): number {
    return this.series.endPs;
  }

  tick(nowPs: number): void {
    this.series.close(this.driver, nowPs);
  }

  left({ count, held: batches, index, arrivalPs, departurePs }: Departures): void {
    const { series, digest, writer } = this;
    for (let place = 0; place < count; place++) {
      const { batch, words } = must(batches[place], 'batch of a packet');
      const i = must(index[place], 'place of a packet');
      const departure = must(departurePs[place], 'time of a departure');
      const arrival = must(arrivalPs[place], 'time of an arrival');
      series.countOut(must(batch.originalLength[i], 'length of a packet'), departure - arrival, isMarked(batch, i));
      digestPacket(batch, words, i);
      digest.add(batch, i);
      if (writer === undefined) continue;
      this.arrivals.stamp(batch, i, departure);
      writer.write(batch, i);
    }
    this.lastPs = must(departurePs[count - 1], 'time of a departure');
  }

  lost(_held: HeldBatch, _i: number, reason: DropReason): void {
    this.lostBy[reason]++;
    this.series.countLost(reason);
  }

  /** Runs all packets of the source. @throws {TimingError} */
  async run(
    traffic: TrafficOptions,
    player: UpdatePlayer | undefined,
  ): Promise<TrafficResult & { readonly timing: TimedTraffic }> {
    const { source, clock, signal } = traffic;
    const { emulator, driver, arrivals, series } = this;
    const { counters } = emulator;
    this.writer = traffic.writer;
    if (player !== undefined) driver.playUpdates(player);
    const pool = new BatchPool(BATCH.packets, BATCH.bytes);
    const times = new Float64Array(BATCH.packets);
    const samples: TrafficSample[] = [];
    const start = clock();
    let lastBreath = start;
    while (!signal.aborted) {
      const held = pool.take();
      const { batch } = held;
      if ((await source.fill(batch)) === 0) break;
      for (let i = 0; i < batch.count; i++) times[i] = arrivals.next(batch, i);
      driver.arriveAll(held, times);
      samples.push({ seconds: (clock() - start) / 1000, ...counters });
      traffic.onProgress(source.progress, counters.in);
      if (clock() - lastBreath > BREATH_MS) {
        await new Promise(setImmediate);
        lastBreath = clock();
      }
    }
    driver.runToEnd();
    series.close(driver, this.lastPs);
    samples.push({ seconds: (clock() - start) / 1000, ...counters });
    return {
      counters: { ...counters },
      packets: counters.in,
      warmupPackets: 0,
      samples,
      wallSeconds: (clock() - start) / 1000,
      stateHash: stateDigest(emulator.memory.words),
      outputHash: this.digest.finish(),
      outputs: this.digest.state,
      traces: [],
      untraced: 0,
      timing: this.result(player),
    };
  }

  private result(player: UpdatePlayer | undefined): TimedTraffic {
    return {
      options: this.options,
      early: this.arrivals.early,
      untimed: this.arrivals.untimed,
      endPs: this.lastPs,
      bytesOut: this.series.allBytesOut,
      lost: this.lostBy,
      latencyNs: this.series.allLatencies.summary,
      mostCells: this.driver.trafficManager.mostCells,
      mostInFlight: this.driver.packets.most,
      ports: this.driver.trafficManager.ports.map(({ port, counters }) => ({ port, ...counters })),
      intervals: this.series.intervals,
      queues: this.series.queues,
      updates: player?.played,
    };
  }
}
