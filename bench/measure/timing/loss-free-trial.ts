/** The largest rate at which a switch, or several in a row, loses no packet of a program, and how long packets take. */
import { type DataPlane, must, type Operation } from '../../../compiler/index.js';
import {
  type Departures,
  type DropReason,
  type EngineName,
  type HeldBatch,
  lineBytes,
  newEmulator,
  PS_PER_SECOND,
  type TimedChain,
  type TimedDriver,
  type TimedSwitchOptions,
  type TimeObserver,
} from '../../../sim/index.js';
import type { TrafficTarget } from '../../../traces/generate/packet-template.js';
import { createTrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import { BatchPool } from './batch-pool.js';
import { timedDriver } from './timed-traffic.js';

export interface TrialOptions {
  /** Of a switch, or of a chain. */
  readonly dataPlane: DataPlane;
  readonly engine: EngineName;
  readonly switch: Pick<TimedSwitchOptions, 'portBitsPerSecond' | 'recirculationBitsPerSecond' | 'inputWaitPs'>;
  /** Of a chain: from the port of a switch to that of the next. */
  readonly betweenSwitchesNs?: number;
  /** What makes an empty switch ready for the packets. */
  readonly operations: readonly Operation[];
  /** Packets of one ingress port, all of this many bytes with frame check sequence. */
  readonly target: TrafficTarget;
  readonly packetBytes: number;
  /** Tolerance of the rate, as a share of it. */
  readonly tolerance: number;
}

/** Of a frame, as network testers count it and captures do not. */
export const CHECK_SEQUENCE_BYTES = 4;
/**
 * Size of a queue in packets: more than arrive at the recirculation port at once (one for each pass), and small, since
 * many times this number of packets is needed to detect a growing queue.
 */
const QUEUE_PACKETS = 20;
const BATCH_PACKETS = 1024;
const BITS_PER_BYTE = 8;

/** Where a rate that is too high shows; programs that drop packets drop them at any rate. */
const CONGESTED: ReadonlySet<DropReason> = new Set(['input', 'queue', 'buffer']);

interface Outcome {
  lost: number;
  /** The longest of those packets that left. */
  latencyPs: number;
}

export class LossFreeTrial {
  private readonly pool: BatchPool;
  private readonly packets: number;
  private readonly bytesOnLine: number;

  constructor(private readonly options: TrialOptions) {
    const { packetBytes, tolerance } = options;
    this.bytesOnLine = lineBytes(packetBytes - CHECK_SEQUENCE_BYTES);
    // A rate too high by half of the tolerance fills a queue; the bisection ends within the other half.
    this.packets = Math.ceil(QUEUE_PACKETS / (tolerance / 2));
    this.pool = new BatchPool(BATCH_PACKETS, BATCH_PACKETS * (packetBytes + 8));
  }

  /** Bisects between 0 and the rate of the port, which counts preamble and gap. */
  async lossFreeGbps(): Promise<number> {
    const most = this.options.switch.portBitsPerSecond / 1e9;
    if (this.losesNothing(most)) return most;
    let [low, high] = [0, most];
    while (high - low > (this.options.tolerance / 2) * high) {
      const middle = (low + high) / 2;
      if (this.losesNothing(middle)) low = middle;
      else high = middle;
      // Lets an interrupt arrive.
      await new Promise(setImmediate);
    }
    return low;
  }

  packetsPerSecond(gbps: number): number {
    return (gbps * 1e9) / (BITS_PER_BYTE * this.bytesOnLine);
  }

  /** The longest latency of packets that meet no other one. @param packets that are sent */
  latencyNs(packets = 1): number {
    return this.run(packets, LONELY_PS).latencyPs / 1000;
  }

  private losesNothing(gbps: number): boolean {
    return this.run(this.packets, (this.bytesOnLine * BITS_PER_BYTE * PS_PER_SECOND) / (gbps * 1e9)).lost === 0;
  }

  /** Runs packets at this distance until one is lost or all have left. */
  private run(packets: number, periodPs: number): Outcome {
    const outcome: Outcome = { lost: 0, latencyPs: 0 };
    const driver = this.driver({
      nextTickPs: Number.POSITIVE_INFINITY,
      tick() {},
      left({ count, arrivalPs, departurePs }: Departures) {
        for (let place = 0; place < count; place++) {
          const tookPs = must(departurePs[place], 'time of a departure') - must(arrivalPs[place], 'time of an arrival');
          if (tookPs > outcome.latencyPs) outcome.latencyPs = tookPs;
        }
      },
      lost(_held: HeldBatch, _i: number, reason: DropReason) {
        if (CONGESTED.has(reason)) outcome.lost++;
      },
    });
    const { target } = this.options;
    const generator = createTrafficGenerator({ targets: [target], seed: 'rounds', packetsPerSecond: 1 });
    for (let next = 0; next < packets && outcome.lost === 0; ) {
      const held = this.pool.take();
      const appended = generator.generateInto(held.batch, next, Math.min(BATCH_PACKETS, packets - next));
      for (let i = 0; i < appended && outcome.lost === 0; i++) {
        driver.arrive(held, i, Math.floor((next + i) * periodPs));
      }
      next += appended;
    }
    driver.runToEnd();
    return outcome;
  }

  /** Switches with the program, and small queues. */
  private driver(observer: TimeObserver): TimedDriver | TimedChain {
    const { dataPlane, engine, operations, betweenSwitchesNs } = this.options;
    const { cellBytes, bufferBytes } = dataPlane.description.trafficManager;
    // The state header of a packet takes up to two more cells.
    const queueBytes = QUEUE_PACKETS * (Math.ceil(this.options.packetBytes / cellBytes) + 2) * cellBytes;
    const limits = { bufferBytes: Math.max(bufferBytes, 2 * queueBytes), queueBytes };
    const emulator = newEmulator(dataPlane, { engine });
    for (const operation of operations) emulator.apply(operation);
    const between = betweenSwitchesNs === undefined ? {} : { betweenSwitchesNs };
    return timedDriver(emulator, { switch: { ...this.options.switch, ...limits }, ...between }, observer);
  }
}

/** Time between packets that do not meet. */
const LONELY_PS = 1e8;
