/**
 * Processed batches in order. With one worker a batch is filled and processed on this thread; with several, a batch is
 * filled while the previous ones are processed. The caller owns a batch until it requests the next one.
 */

import { must } from '../../../compiler/data-plane/must.js';
import type { Operation } from '../../../compiler/index.js';
import {
  type BatchInMemory,
  createOwnVerdicts,
  createPacketProcessor,
  createPacketRecords,
  createWorkerProcessor,
  type Emulator,
  type OutputDigest,
  type OwnRound,
  type PacketProcessor,
  type PacketRecords,
  type WorkerProcessor,
} from '../../../sim/index.js';
import {
  allocatePacketBatchMemory,
  clearPacketBatch,
  type PacketBatch,
  packetBatchOver,
} from '../../../traces/packets/packet-batch.js';
import type { GeneratedPackets, PacketSource } from '../../workloads/packet-source.js';
import { TracedProcessor, type Tracing } from './traced-processor.js';

/** The processor of a run, for all its repeats: the threads of workers keep the code that they have compiled. */
export interface RunProcessor {
  readonly processor: PacketProcessor;
  /** The same processor, if it is one with workers. */
  readonly onWorkers: WorkerProcessor | undefined;
}

/** @param operations applied to the switch so far, for its replicas */
export async function openProcessor(
  emulator: Emulator,
  workers: number,
  operations: readonly Operation[],
): Promise<RunProcessor> {
  if (workers === 1) {
    return { processor: await createPacketProcessor(emulator, workers, operations), onWorkers: undefined };
  }
  const onWorkers = await createWorkerProcessor(emulator, workers, operations);
  return { processor: onWorkers, onWorkers };
}

/** Packets that have been processed: in a batch, or only what the digest of all outputs takes of them. */
export type Processed = PacketBatch | PacketRecords;

export const isBatch = (processed: Processed): processed is PacketBatch => 'bytes' in processed;

/** Adds processed packets to the digest of all outputs. */
export function addOutputs(digest: OutputDigest, processed: Processed): void {
  if (isBatch(processed)) digest.update(processed);
  else digest.addRecords(processed);
}

export interface ProcessedBatches {
  /** Processes the remaining packets of the source. */
  readonly batches: () => AsyncIterable<Processed>;
  /** The processor of the run, which traces packets if some are selected. */
  readonly processor: PacketProcessor;
  /** Tracer of selected packets; undefined if none are traced. */
  readonly traced: TracedProcessor | undefined;
}

export interface BatchOptions {
  readonly source: PacketSource | GeneratedPackets;
  readonly tracing: Tracing | undefined;
  /** Whether the caller needs only ports, lengths and digests of the packets. */
  readonly verdictsOnly: boolean;
  readonly signal: AbortSignal;
}

/** Batch sizes: fits the cache with one thread; larger where batches are handed to workers. */
const BATCH = { alone: { packets: 2048, bytes: 2 ** 20 }, shared: { packets: 32768, bytes: 2 ** 24 } };

export async function processedBatches(
  { processor: untraced, onWorkers }: RunProcessor,
  options: BatchOptions,
): Promise<ProcessedBatches> {
  const { source, tracing, signal } = options;
  // Tracing examines packets one by one, so batches are filled on this thread.
  if (onWorkers !== undefined && 'traffic' in source && tracing === undefined) {
    const { programIds } = source;
    const { workers, mayOwn } = onWorkers;
    if (options.verdictsOnly && programIds !== undefined && mayOwn && isEven(programIds, workers)) {
      await onWorkers.prepareOwn(source.traffic, programIds);
      return { processor: onWorkers, batches: () => generatedApart(onWorkers, source, signal), traced: undefined };
    }
    await onWorkers.prepare(source.traffic);
    return { processor: onWorkers, batches: () => generatedByWorkers(onWorkers, source, signal), traced: undefined };
  }
  const traced = tracing && new TracedProcessor(untraced, tracing);
  const processor = traced ?? untraced;
  return { processor, batches: () => filledHere(processor, source, signal), traced };
}

function batchInMemory(packets: number, bytes: number, shares: number): BatchInMemory {
  const memory = allocatePacketBatchMemory(packets, bytes, shares);
  return { memory, batch: packetBatchOver(memory) };
}

async function* filledHere(
  processor: PacketProcessor,
  source: PacketSource,
  signal: AbortSignal,
): AsyncGenerator<PacketBatch> {
  const size = processor.workers === 1 ? BATCH.alone : BATCH.shared;
  const ready = (): BatchInMemory => batchInMemory(size.packets, size.bytes, processor.workers);
  const batches = [ready(), ready()] as const;
  let inWork: Promise<PacketBatch> | undefined;
  try {
    for (let turn = 0; ; turn = 1 - turn) {
      const { batch, memory } = batches[turn] ?? batches[0];
      clearPacketBatch(batch);
      const filled = signal.aborted ? 0 : await source.fill(batch);
      if (inWork !== undefined) yield await inWork;
      inWork = undefined;
      if (filled === 0) return;
      inWork = processor.process(batch, memory).then(() => batch);
    }
  } finally {
    // After an error of the source, a batch may still be processed.
    await inWork?.catch(() => undefined);
  }
}

/** Maximum ratio of the targets of a worker to the mean; with more, the other workers would wait. */
const MAX_OF_MEAN = 1.2;

/** Whether programs are distributed evenly enough for workers that generate the packets of their own programs. */
function isEven(programIds: readonly number[], workers: number): boolean {
  const shares = new Uint32Array(workers);
  for (const id of programIds) shares[id % workers] = must(shares[id % workers], 'share of a worker') + 1;
  return Math.max(...shares) <= (MAX_OF_MEAN * programIds.length) / workers;
}

const OWN_ROUND_PACKETS = 16384;
/** Rounds under way: enough that a worker that is ahead need not wait for the others or for this thread. */
const OWN_ROUNDS = 4;

/** Each worker generates the packets of its own programs and reports verdicts. @throws {StrayPackets} */
async function* generatedApart(
  processor: WorkerProcessor,
  source: GeneratedPackets,
  signal: AbortSignal,
): AsyncGenerator<PacketRecords> {
  const most = OWN_ROUND_PACKETS * processor.workers;
  const rounds = Array.from({ length: OWN_ROUNDS }, () => createOwnVerdicts(processor.workers, most));
  const records = createPacketRecords(most);
  const underWay: Promise<OwnRound>[] = [];
  try {
    for (let turn = 0; ; turn++) {
      const round = must(rounds[turn % OWN_ROUNDS], 'round of batches');
      const { first, count } = signal.aborted ? { first: 0, count: 0 } : source.take(most);
      if (count > 0) {
        const run = processor.runOwn(round, first, count);
        // The caller that awaits the promise gets the error.
        run.catch(() => undefined);
        underWay.push(run);
      }
      if (count > 0 && underWay.length < OWN_ROUNDS) continue;
      const next = underWay.shift();
      if (next === undefined) return;
      processor.finishOwn(await next, records);
      yield records;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}

/** A batch for each worker, generated concurrently. */
type Round = readonly BatchInMemory[];

/** Number of rounds: one generated, one processed, one owned by the caller. */
const ROUNDS = 3;
const MAX_PACKETS = 16384;
const MAX_BYTES = MAX_PACKETS * 256;
/** Maximum padding bytes of a packet. */
const SPACING = 64;
/** Upper bound on the bytes of all headers. */
const SHORTEST_FRAME_ROOM = 256;

/** Each worker generates its share of a round, with packets of all programs. */
async function* generatedByWorkers(
  processor: WorkerProcessor,
  source: GeneratedPackets,
  signal: AbortSignal,
): AsyncGenerator<PacketBatch> {
  const frameBytes = Math.max(SHORTEST_FRAME_ROOM, source.traffic.longestFrame);
  const packets = Math.max(1, Math.min(MAX_PACKETS, Math.floor(MAX_BYTES / frameBytes)));
  const { workers } = processor;
  const rounds = Array.from({ length: ROUNDS }, () =>
    Array.from({ length: workers }, () => batchInMemory(packets, packets * (frameBytes + SPACING), workers)),
  );
  let turn = 0;
  const generate = async (): Promise<Round> => {
    const round = must(rounds[turn++ % ROUNDS], 'round of batches');
    const firsts = round.map(({ batch }) => {
      const { first, count } = signal.aborted ? { first: 0, count: 0 } : source.take(packets);
      batch.count = count;
      return first;
    });
    await processor.generate(round, firsts);
    return round;
  };
  let generated: Promise<Round> | undefined = generate();
  let processed: Promise<Round> | undefined;
  try {
    for (;;) {
      const round: Round = await generated;
      generated = undefined;
      const isLast = round.every(({ batch }) => batch.count === 0);
      const before: Promise<Round> | undefined = processed;
      if (!isLast) {
        // Queued first, so that no worker waits for the others between its two parts of a round.
        generated = generate();
        processed = processor.processClassified(round).then(() => round);
      }
      if (before !== undefined) for (const { batch } of await before) if (batch.count > 0) yield batch;
      if (isLast || generated === undefined) return;
    }
  } finally {
    await Promise.allSettled([generated, processed]);
  }
}
