/** Traffic at a fixed rate through a switch, on the time that the packets carry; sampled at fixed intervals. */
import { clearPacketBatch, createPacketBatch, type PacketBatch, type TrafficGenerator } from '../../traces/index.js';

/** A switch on virtual time. */
export interface TimedSwitch {
  /** Takes packets `from` … `to - 1` through, in order, doing what falls due before each of them. */
  process(batch: PacketBatch, from: number, to: number): void | Promise<void>;
}

/** What a study plots. */
export interface Measure {
  /** Looks at packet i of a batch that has been processed. */
  add(batch: PacketBatch, i: number): void;
  /** The value of the interval that ends; null where there is none. */
  sample(): number | null;
}

export interface Sample {
  /** The end of its interval. */
  readonly seconds: number;
  readonly value: number | null;
}

export interface VirtualTimeOptions {
  readonly generator: TrafficGenerator;
  readonly packetsPerSecond: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** 50 ms, as in the paper's figure 13. */
export const SAMPLES_PER_SECOND = 20;
const MOST_FRAME_BYTES = 2048;

export const secondsOf = (batch: PacketBatch, i: number): number =>
  (batch.timeSeconds[i] as number) + (batch.timeNanoseconds[i] as number) / 1e9;

export async function onVirtualTime(
  timed: TimedSwitch,
  measure: Measure,
  { generator, packetsPerSecond, seconds, signal, onProgress }: VirtualTimeOptions,
): Promise<Sample[]> {
  const perSample = packetsPerSecond / SAMPLES_PER_SECOND;
  const batch = createPacketBatch(Math.ceil(perSample), Math.ceil(perSample) * MOST_FRAME_BYTES);
  const samples: Sample[] = [];
  for (let n = 1; n <= seconds * SAMPLES_PER_SECOND && !signal.aborted; n++) {
    clearPacketBatch(batch);
    const first = Math.round((n - 1) * perSample);
    generator.generateInto(batch, first, Math.round(n * perSample) - first);
    await timed.process(batch, 0, batch.count);
    for (let i = 0; i < batch.count; i++) measure.add(batch, i);
    samples.push({ seconds: n / SAMPLES_PER_SECOND, value: measure.sample() });
    onProgress(n / (seconds * SAMPLES_PER_SECOND));
    await new Promise(setImmediate);
  }
  return samples;
}
