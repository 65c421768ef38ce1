/** Second half of a run: packets through the switch, batch by batch, the next one filled while one is processed. */
import type { Operation } from '../../../compiler/index.js';
import {
  type Counters,
  OutputDigest,
  type OutputDigestState,
  type PacketProcessor,
  type PacketTrace,
  StrayPackets,
  type Switch,
  stateDigest,
} from '../../../sim/index.js';
import { type CaptureWriter, DROPPED, type PacketBatch } from '../../../traces/index.js';
import type { GeneratedPackets, PacketSource } from '../../workloads/packet-source.js';
import { processedBatches } from './processed-batches.js';
import type { Tracing } from './traced-processor.js';

export interface TrafficOptions {
  readonly source: PacketSource | GeneratedPackets;
  readonly workers: number;
  /**
   * Number of generated packets that run before and are undone, so that the time of the run is that of code that has been
   * compiled; none where packets are traced.
   */
  readonly warmup?: number;
  /** What the switch was asked for so far, for its replicas. */
  readonly operations: readonly Operation[];
  /** Takes the packets that leave. */
  readonly writer: CaptureWriter | undefined;
  /** Undefined where no packet is traced. */
  readonly tracing: Tracing | undefined;
  /** Where the digest of outputs stands, of a run that this one goes on with. */
  readonly outputs: OutputDigestState | undefined;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: number, packets: number) => void;
}

/** Counters at one time. */
export interface TrafficSample extends Counters {
  readonly seconds: number;
}

export interface TrafficResult {
  /** Of the switch, packets that came before this run included. */
  readonly counters: Counters;
  /** That came in in this run. */
  readonly packets: number;
  /** That ran before and were undone. */
  readonly warmupPackets: number;
  readonly samples: readonly TrafficSample[];
  /** From the first packet to the last, reading or generating included, warm-up not. */
  readonly wallSeconds: number;
  readonly stateHash: string;
  readonly outputHash: string;
  readonly outputs: OutputDigestState;
  readonly traces: readonly PacketTrace[];
  /** Packets that would have been traced but for the limit. */
  readonly untraced: number;
}

/** Some tens of milliseconds: often enough for a time series and for Ctrl-C. */
const PACKETS_PER_SAMPLE = 32768;

export async function runTraffic(emulator: Switch, options: TrafficOptions): Promise<TrafficResult> {
  const { source, workers, writer } = options;
  if (workers === 1 || writer !== undefined || !('traffic' in source)) return processTraffic(emulator, options, false);
  const memory = emulator.memory.words.slice();
  try {
    return await processTraffic(emulator, options, true);
  } catch (error) {
    if (!(error instanceof StrayPackets)) throw error;
    // Some had met a program out of turn: all over again, in their order.
    emulator.memory.words.set(memory);
    source.restart();
    return processTraffic(emulator, options, false);
  }
}

async function processTraffic(
  emulator: Switch,
  options: TrafficOptions,
  verdictsOnly: boolean,
): Promise<TrafficResult> {
  const { source, workers, clock, signal, warmup = 0 } = options;
  const { batches, processor, traced } = await processedBatches(emulator, {
    source,
    workers,
    operations: options.operations,
    tracing: options.tracing,
    verdictsOnly,
    signal,
  });
  const digest = new OutputDigest(options.outputs);
  const samples: TrafficSample[] = [];
  const warmupPackets = traced === undefined && 'restart' in source ? warmup : 0;
  const packetsBefore = processor.counters.in;
  let [start, end, unsampled] = [clock(), clock(), 0];
  const sample = (): void => {
    unsampled = 0;
    end = clock();
    samples.push({ seconds: (end - start) / 1000, ...processor.counters });
    options.onProgress(source.progress, processor.counters.in);
  };
  try {
    if ('restart' in source && warmupPackets > 0) {
      source.restart(warmupPackets);
      await runAndUndo(emulator, processor, batches());
      source.restart();
    }
    start = clock();
    end = start;
    for await (const batch of batches()) {
      digest.update(batch);
      options.writer?.writeBatch(batch, leaves);
      unsampled += batch.count;
      if (unsampled < PACKETS_PER_SAMPLE) continue;
      sample();
      // With one worker all is done on this thread: nothing else would let an interrupt arrive.
      await new Promise(setImmediate);
    }
    if (unsampled > 0) sample();
  } finally {
    await processor.close();
  }
  return {
    counters: { ...processor.counters },
    packets: processor.counters.in - packetsBefore,
    warmupPackets,
    samples,
    wallSeconds: (end - start) / 1000,
    stateHash: stateDigest(emulator.memory.words),
    outputHash: digest.finish(),
    outputs: digest.state,
    traces: traced?.traces ?? [],
    untraced: traced?.untraced ?? 0,
  };
}

/** Leaves the switch as it was before the packets. */
async function runAndUndo(
  emulator: Switch,
  processor: PacketProcessor,
  batches: AsyncIterable<PacketBatch>,
): Promise<void> {
  const memory = emulator.memory.words.slice();
  const digest = new OutputDigest();
  for await (const batch of batches) digest.update(batch);
  emulator.memory.words.set(memory);
  await processor.forget();
}

const leaves = (batch: PacketBatch, i: number): boolean => batch.egressPort[i] !== DROPPED;
