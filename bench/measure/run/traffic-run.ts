/** Second half of a run: packets are processed in batches; the next batch is filled while one is processed. */
import {
  type Counters,
  type Emulator,
  OutputDigest,
  type OutputDigestState,
  type PacketProcessor,
  type PacketTrace,
  StrayPackets,
  stateDigest,
} from '../../../sim/index.js';
import type { CaptureWriter } from '../../../traces/captures/capture-writer.js';
import { forEachLeft } from '../../../traces/packets/packet-copies.js';
import type { GeneratedPackets, PacketSource } from '../../workloads/packet-source.js';
import { addOutputs, isBatch, type Processed, processedBatches, type RunProcessor } from './processed-batches.js';
import type { Tracing } from './traced-processor.js';

export interface TrafficOptions {
  readonly source: PacketSource | GeneratedPackets;
  /**
   * Number of generated warm-up packets, which are undone, so that the measured code is compiled; none if packets are
   * traced.
   */
  readonly warmup?: number;
  /** Writer for the packets that leave. */
  readonly writer: CaptureWriter | undefined;
  /** Packets to trace; undefined if none. */
  readonly tracing: Tracing | undefined;
  /** State of the output digest of a resumed run. */
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
  /** Counters of the switch, including packets before this run. */
  readonly counters: Counters;
  /** Number of packets of this run. */
  readonly packets: number;
  /** Number of warm-up packets, which were undone. */
  readonly warmupPackets: number;
  readonly samples: readonly TrafficSample[];
  /** Seconds from the first packet to the last, including reading or generating, without warm-up. */
  readonly wallSeconds: number;
  readonly stateHash: string;
  readonly outputHash: string;
  readonly outputs: OutputDigestState;
  readonly traces: readonly PacketTrace[];
  /** Number of selected packets beyond the limit of traced packets. */
  readonly untraced: number;
}

/** Milliseconds between samples and checks for an interrupt. */
const PACKETS_PER_SAMPLE = 32768;

/** @param run the processor of the switch, which is left open, with its counters as after the packets */
export async function runTraffic(
  emulator: Emulator,
  run: RunProcessor,
  options: TrafficOptions,
): Promise<TrafficResult> {
  const { source, writer } = options;
  // Workers that report verdicts alone report none of copies.
  const verdictsSuffice = writer === undefined && emulator.groups().length === 0;
  if (run.onWorkers === undefined || !verdictsSuffice || !('traffic' in source)) {
    return processTraffic(emulator, run, options, undefined);
  }
  const memory = emulator.memory.words.slice();
  try {
    return await processTraffic(emulator, run, options, memory);
  } catch (error) {
    if (!(error instanceof StrayPackets)) throw error;
    // A packet matched a program of another worker: the run restarts with all packets in order.
    emulator.memory.words.set(memory);
    await run.processor.forget();
    source.restart();
    return processTraffic(emulator, run, options, undefined);
  }
}

/** @param before the memory of the switch as it is, where the verdicts of packets are enough; else undefined */
async function processTraffic(
  emulator: Emulator,
  run: RunProcessor,
  options: TrafficOptions,
  before: Uint32Array | undefined,
): Promise<TrafficResult> {
  const { source, writer, clock, signal, warmup = 0 } = options;
  const { batches, processor, traced } = await processedBatches(run, {
    source,
    tracing: options.tracing,
    verdictsOnly: before !== undefined,
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
  if ('restart' in source && warmupPackets > 0) {
    source.restart(warmupPackets);
    await runAndUndo(emulator, processor, batches(), before ?? emulator.memory.words.slice());
    source.restart();
  }
  start = clock();
  end = start;
  for await (const processed of batches()) {
    addOutputs(digest, processed);
    if (writer !== undefined && isBatch(processed)) forEachLeft(processed, (packets, i) => writer.write(packets, i));
    unsampled += processed.count;
    if (unsampled < PACKETS_PER_SAMPLE) continue;
    sample();
    // With one worker all work is on this thread, which has to yield for an interrupt to arrive.
    await new Promise(setImmediate);
  }
  if (unsampled > 0) sample();
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

/** Runs packets and restores the state of the switch. @param memory of the switch before the packets */
async function runAndUndo(
  emulator: Emulator,
  processor: PacketProcessor,
  batches: AsyncIterable<Processed>,
  memory: Uint32Array,
): Promise<void> {
  const digest = new OutputDigest();
  for await (const processed of batches) addOutputs(digest, processed);
  emulator.memory.words.set(memory);
  await processor.forget();
}
