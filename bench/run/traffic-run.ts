/** Second half of a run: packets through the switch, batch by batch, the next one filled while one is processed. */
import type { Operation } from '../../compiler/index.js';
import { type Counters, createPacketProcessor, OutputDigest, type Switch, stateDigest } from '../../sim/index.js';
import {
  allocatePacketBatchMemory,
  type CaptureWriter,
  clearPacketBatch,
  DROPPED,
  type PacketBatch,
  type PacketBatchMemory,
  packetBatchOver,
} from '../../traces/index.js';
import type { PacketSource } from './packet-source.js';

export interface TrafficOptions {
  readonly source: PacketSource;
  readonly workers: number;
  /** What the switch was asked for so far, for its replicas. */
  readonly operations: readonly Operation[];
  /** Takes the packets that leave. */
  readonly writer: CaptureWriter | undefined;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: number, packets: number) => void;
}

/** Counters after each batch. */
export interface TrafficSample extends Counters {
  readonly seconds: number;
}

export interface TrafficResult {
  readonly counters: Counters;
  readonly samples: readonly TrafficSample[];
  /** From the first packet to the last, reading or generating included. */
  readonly wallSeconds: number;
  readonly stateHash: string;
  readonly outputHash: string;
}

/** A batch small enough for the cache where one thread does all; larger where batches are handed over. */
const BATCH = { alone: { packets: 2048, bytes: 2 ** 20 }, shared: { packets: 32768, bytes: 2 ** 24 } };

export async function runTraffic(emulator: Switch, options: TrafficOptions): Promise<TrafficResult> {
  const { source, workers, clock } = options;
  const processor = await createPacketProcessor(emulator, workers, options.operations);
  const size = workers === 1 ? BATCH.alone : BATCH.shared;
  const memories = [0, 1].map(() => allocatePacketBatchMemory(size.packets, size.bytes));
  const batches = memories.map((memory) => ({ memory, batch: packetBatchOver(memory) }));
  const digest = new OutputDigest();
  const samples: TrafficSample[] = [];
  const start = clock();
  const finish = (batch: PacketBatch): void => {
    digest.update(batch);
    options.writer?.writeBatch(batch, leaves);
    samples.push({ seconds: (clock() - start) / 1000, ...processor.counters });
    options.onProgress(source.progress, processor.counters.in);
  };
  let inWork: Promise<PacketBatch> | undefined;
  try {
    let turn = 0;
    for (;;) {
      const { batch, memory } = batches[turn++ % batches.length] as { batch: PacketBatch; memory: PacketBatchMemory };
      clearPacketBatch(batch);
      const filled = options.signal.aborted ? 0 : await source.fill(batch);
      if (inWork !== undefined) finish(await inWork);
      inWork = undefined;
      if (filled === 0) break;
      // With one worker all is done on this thread: nothing else would let an interrupt arrive.
      await new Promise(setImmediate);
      inWork = processor.process(batch, memory).then(() => batch);
    }
  } finally {
    // After an error of the source, a batch may still be in work.
    await inWork?.catch(() => undefined);
    await processor.close();
  }
  return {
    counters: { ...processor.counters },
    samples,
    wallSeconds: (clock() - start) / 1000,
    stateHash: stateDigest(emulator.memory.words),
    outputHash: digest.finish(),
  };
}

const leaves = (batch: PacketBatch, i: number): boolean => batch.egressPort[i] !== DROPPED;
