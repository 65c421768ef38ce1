/** Second half of a run with timing model: packets arrive at their times and are counted when they end. */
import { type DataPlane, must } from '../../../compiler/index.js';
import {
  type Emulator,
  type EngineName,
  newEmulator,
  PS_PER_NS,
  type Switch,
  SwitchChain,
  stateDigest,
  TimedChain,
  TimedDriver,
  type TimeObserver,
  type UpdatePlayer,
} from '../../../sim/index.js';
import type { CaptureWriter } from '../../../traces/captures/capture-writer.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { TrafficOptions, TrafficResult, TrafficSample } from '../run/traffic-run.js';
import { ArrivalTimes } from './arrival-times.js';
import { BatchPool } from './batch-pool.js';
import { TimedCounts } from './timed-counts.js';
import type { TimedTraffic, TimingOptions } from './timing-result.js';

const BATCH = { packets: 2048, bytes: 2 ** 20 };
/** Maximum time in milliseconds before the event loop runs, for an interrupt to arrive. */
const BREATH_MS = 20;

/** The driver with time of a switch, or of several in a row. */
export const timedDriver = (
  emulator: Emulator,
  { switch: options, betweenSwitchesNs }: Pick<TimingOptions, 'switch' | 'betweenSwitchesNs'>,
  observer: TimeObserver,
): TimedDriver | TimedChain =>
  emulator instanceof SwitchChain
    ? new TimedChain(emulator, options, must(betweenSwitchesNs, 'time between switches') * PS_PER_NS, observer)
    : new TimedDriver(emulator as Switch, options, observer);

/** A switch with timing model, and counters of its packets. */
export class TimedRun {
  readonly emulator: Emulator;
  private readonly driver: TimedDriver | TimedChain;
  private readonly arrivals: ArrivalTimes;
  private readonly counts: TimedCounts;
  private writer: CaptureWriter | undefined;

  constructor(dataPlane: DataPlane, engine: EngineName, options: TimingOptions, seed: number) {
    this.arrivals = new ArrivalTimes(options.packetsPerSecond);
    this.counts = new TimedCounts(options, (batch, i, departurePs) => this.write(batch, i, departurePs));
    const emulator = newEmulator(dataPlane, { engine, seed });
    this.emulator = emulator;
    this.driver = timedDriver(emulator, options, this.counts);
    this.counts.driver = this.driver;
  }

  private write(batch: PacketBatch, i: number, departurePs: number): void {
    if (this.writer === undefined) return;
    this.arrivals.stamp(batch, i, departurePs);
    this.writer.write(batch, i);
  }

  /** Runs all packets of the source. @throws {TimingError} */
  async run(
    traffic: TrafficOptions,
    player: UpdatePlayer | undefined,
  ): Promise<TrafficResult & { readonly timing: TimedTraffic }> {
    const { source, clock, signal } = traffic;
    const { emulator, driver, arrivals, counts } = this;
    const { counters } = emulator;
    this.writer = traffic.writer;
    if (player !== undefined && driver instanceof TimedDriver) driver.playUpdates(player);
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
    counts.close();
    samples.push({ seconds: (clock() - start) / 1000, ...counters });
    return {
      counters: { ...counters },
      packets: counters.in,
      warmupPackets: 0,
      samples,
      wallSeconds: (clock() - start) / 1000,
      stateHash: stateDigest(emulator.memory.words),
      outputHash: counts.digest.finish(),
      outputs: counts.digest.state,
      traces: [],
      untraced: 0,
      timing: counts.result(arrivals, player),
    };
  }
}
