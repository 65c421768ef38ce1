/** Traffic at a fixed rate in virtual time (the time stamps of packets), and samples at fixed intervals. */
import { PS_PER_NS, PS_PER_SECOND } from '../../../sim/index.js';
import type { TrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';

export interface Traffic {
  readonly generator: TrafficGenerator;
  readonly packetsPerSecond: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** A switch that processes traffic. */
export interface Network {
  /** @param watcher called for each packet @returns the samples of the measure */
  run(traffic: Traffic, watcher: Watcher): Promise<Sample[]>;
}

export interface Watcher {
  /** Called when packets have been generated into a batch. */
  generated?(batch: PacketBatch): void;
  /** Called when packet i of a batch has its verdict. */
  ended(batch: PacketBatch, i: number): void;
  /** The value of the ending interval; null if there is none. */
  sample(): number | null;
}

export interface Sample {
  /** End of the interval. */
  readonly seconds: number;
  readonly value: number | null;
}

/** 50 ms, as in the paper's figure 13. */
export const SAMPLES_PER_SECOND = 20;

export const arrivalPs = (batch: PacketBatch, i: number): number =>
  (batch.timeSeconds[i] as number) * PS_PER_SECOND + (batch.timeNanoseconds[i] as number) * PS_PER_NS;

/** Samples a watcher at the end of each interval. */
export class Sampler {
  readonly samples: Sample[] = [];

  constructor(
    private readonly watcher: Watcher,
    private readonly seconds: number,
  ) {}

  /** End of the current interval. */
  get endPs(): number {
    const n = this.samples.length + 1;
    return n > this.seconds * SAMPLES_PER_SECOND ? Number.POSITIVE_INFINITY : (n * PS_PER_SECOND) / SAMPLES_PER_SECOND;
  }

  /** Ends the intervals that end by this time. */
  advance(timePs: number): void {
    while (this.endPs <= timePs) {
      const seconds = (this.samples.length + 1) / SAMPLES_PER_SECOND;
      this.samples.push({ seconds, value: this.watcher.sample() });
    }
  }
}

/** Generates batches until all packets are generated or a signal arrives. */
export async function forEachBatch(
  { generator, packetsPerSecond, seconds, signal, onProgress }: Traffic,
  take: () => PacketBatch,
  use: (batch: PacketBatch) => void,
): Promise<void> {
  const packets = Math.round(packetsPerSecond * seconds);
  for (let next = 0; next < packets && !signal.aborted; ) {
    const batch = take();
    next += generator.generateInto(batch, next, packets - next);
    use(batch);
    onProgress(next / packets);
    await new Promise(setImmediate);
  }
}

export const BATCH = { packets: 2048, bytes: 2 ** 20 };
