/**
 * Takes batches through a switch on one or several threads, with the same result. Programs do not share state, so each
 * worker owns the programs of one remainder of the program id, and with them their memory: no lock is needed, and the
 * order of packets within a program is kept. Packets lie in shared memory; nothing is copied.
 */
import type { Piscina } from 'piscina';
import { FIXED_NAMES, must, type Operation, programIdOf } from '../../../compiler/index.js';
import type { PreparedTraffic } from '../../../traces/generate/traffic-generator.js';
import { gatherVerdicts, type PacketBatch, type PacketBatchMemory } from '../../../traces/packets/packet-batch.js';
import { addCopies } from '../../../traces/packets/packet-copies.js';
import { addCounters, type Counters } from '../../blocks/counters.js';
import { digestPackets, type PacketRecords, RECORD, shareOf } from '../../blocks/digest.js';
import type { Emulator } from '../emulator.js';
import { packOperations } from './packed-operations.js';
import { type SharedBatch, VERDICT, type WorkerResult, type WorkerSetup, type WorkerTask } from './protocol.js';

/** Processes batches of packets on one or several threads. */
export interface PacketProcessor {
  readonly workers: number;
  /** Makes changes on all replicas, between two batches. */
  apply(operations: readonly Operation[]): Promise<void>;
  /** Arrival number of the next packet, which {@link process} counts on. */
  arrivals: number;
  /** Processes and digests packets `from` … `to - 1` of a batch that lies in this memory. */
  process(batch: PacketBatch, memory: PacketBatchMemory, from?: number, to?: number): Promise<void>;
  /** Sets the counters back to before the first packet. */
  forget(): Promise<void>;
  /** What happened to all packets processed so far. */
  readonly counters: Readonly<Counters>;
  close(): Promise<void>;
}

/** @param emulator holds the tables as they are now, and the memory that workers will share */
export async function createPacketProcessor(
  emulator: Emulator,
  workers: number,
  operations: readonly Operation[],
): Promise<PacketProcessor> {
  if (workers > 1) return createWorkerProcessor(emulator, workers, operations);
  emulator.prepare();
  return new InThreadProcessor(emulator);
}

/** As {@link createPacketProcessor}, for two workers or more. */
export async function createWorkerProcessor(
  emulator: Emulator,
  workers: number,
  operations: readonly Operation[],
): Promise<WorkerProcessor> {
  // Loaded by runs with workers only.
  const { Piscina: Pool } = await import('#platform/worker-pool');
  const processor = new WorkerProcessor(emulator, workers, Pool);
  await processor.replicate(operations);
  return processor;
}

class InThreadProcessor implements PacketProcessor {
  readonly workers = 1;
  private readonly countersBefore: Readonly<Counters>;
  private readonly arrivalsBefore: number;

  constructor(private readonly emulator: Emulator) {
    this.countersBefore = { ...emulator.counters };
    this.arrivalsBefore = emulator.arrivals;
  }

  get arrivals(): number {
    return this.emulator.arrivals;
  }

  set arrivals(arrivals: number) {
    this.emulator.arrivals = arrivals;
  }

  async apply(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) this.emulator.apply(operation);
  }

  async process(batch: PacketBatch, _memory: PacketBatchMemory, from = 0, to = batch.count): Promise<void> {
    this.emulator.process(batch, from, to);
    digestPackets(batch, from, to, 0, 1);
  }

  async forget(): Promise<void> {
    Object.assign(this.emulator.counters, this.countersBefore);
    this.emulator.arrivals = this.arrivalsBefore;
  }

  get counters(): Readonly<Counters> {
    return this.emulator.counters;
  }

  async close(): Promise<void> {}
}

/** A batch and its memory, which has verdicts for as many shares as there are workers. */
export interface BatchInMemory {
  readonly batch: PacketBatch;
  readonly memory: PacketBatchMemory;
}

export class WorkerProcessor implements PacketProcessor {
  /** One pool of one thread for each share, as a share's tasks must go to the thread that owns it. */
  private readonly pools: readonly Piscina<WorkerTask, WorkerResult>[];
  counters: Counters;
  arrivals: number;
  /** What was counted before, by the switch that the workers take over from. */
  private readonly countersBefore: Readonly<Counters>;

  constructor(
    private readonly emulator: Emulator,
    readonly workers: number,
    Pool: typeof Piscina,
  ) {
    this.countersBefore = { ...emulator.counters };
    this.counters = { ...this.countersBefore };
    this.arrivals = emulator.arrivals;
    this.pools = Array.from({ length: workers }, (_, share) => {
      const setup: WorkerSetup = {
        description: emulator.dataPlane.description,
        switches: emulator.dataPlane.switches,
        memory: emulator.memory.buffer,
        engine: emulator.engineName,
        seed: emulator.seed,
        share,
        shares: workers,
      };
      return new Pool<WorkerTask, WorkerResult>({
        filename: new URL('./worker.js', import.meta.url).href,
        minThreads: 1,
        maxThreads: 1,
        // Tasks wait at the worker, in order, rather than for a message to go there.
        concurrentTasksPerWorker: TASKS_AHEAD,
        workerData: setup,
        // Building tables makes garbage, packets do not: a large nursery would stay empty.
        resourceLimits: { maxYoungGenerationSizeMb: 4 },
      });
    });
  }

  /** Whether a packet stays with its program: where the filters are met again, it can change. */
  get mayOwn(): boolean {
    return !this.emulator.dataPlane.description.init.onEveryPass;
  }

  /** Brings the workers' tables to where the emulator's are. */
  async replicate(operations: readonly Operation[]): Promise<void> {
    const { workers } = this;
    for (let from = 0; from < operations.length; from += OPERATIONS_AT_ONCE) {
      const some = operations.slice(from, from + OPERATIONS_AT_ONCE);
      await this.all((share) => ({
        kind: 'apply',
        operations: packOperations(
          this.mayOwn ? some.filter((operation) => concerns(operation, share, workers)) : some,
        ),
      }));
    }
    await this.all(() => ({ kind: 'ready' }));
  }

  async apply(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) this.emulator.apply(operation);
    // Memory is shared: it has been reset already.
    await this.replicate(operations.filter(({ kind }) => kind !== 'resetMemory'));
  }

  async process(batch: PacketBatch, memory: PacketBatchMemory, from = 0, to = batch.count): Promise<void> {
    this.emulator.noteArrivals(batch, from, to, this.arrive(to - from));
    const bound = (share: number): number => from + Math.floor(((to - from) * share) / this.workers);
    await this.all((share) => ({ kind: 'classify', batch: { memory, from: bound(share), to: bound(share + 1) } }));
    const results = await this.all(() => ({ kind: 'process', batches: [{ memory, from, to }] }));
    this.count(results);
    this.gather(batch, memory, from, to);
    gatherCopies(batch, results, 0);
  }

  /** What {@link generate} generates. */
  async prepare(traffic: PreparedTraffic): Promise<void> {
    await this.all(() => ({ kind: 'prepare', traffic }));
  }

  /** Fills one batch on each worker with `count` generated packets, from `firsts` on, and classifies them. */
  async generate(batches: readonly BatchInMemory[], firsts: readonly number[]): Promise<void> {
    await this.all((share) => {
      const [batch, first] = [batches[share], firsts[share]];
      if (batch === undefined || first === undefined) return undefined;
      return { kind: 'generate', batch: wholeBatch(batch), first, arrival: this.arrive(batch.batch.count) };
    });
  }

  /** Processes batches that have been classified, one after the other. */
  async processClassified(batches: readonly BatchInMemory[]): Promise<void> {
    const results = await this.all(() => ({ kind: 'process', batches: batches.map(wholeBatch) }));
    this.count(results);
    for (const [place, { batch, memory }] of batches.entries()) {
      this.gather(batch, memory);
      batch.copies = undefined;
      gatherCopies(batch, results, place);
    }
  }

  /**
   * What {@link runOwn} generates: each worker the packets of its own programs, so that none crosses to another thread.
   * @param programIds by target: whose packets they are
   */
  async prepareOwn(traffic: PreparedTraffic, programIds: readonly number[]): Promise<void> {
    await this.all((share) => {
      const isOwn = Uint8Array.from(programIds, (id) => (id % this.workers === share ? 1 : 0));
      return { kind: 'prepareOwn', traffic, isOwn };
    });
  }

  /**
   * Generates and processes `count` packets from number `first` on. Rounds that are under way at the same time have
   * memory of their own each.
   */
  async runOwn(verdicts: OwnVerdicts, first: number, count: number): Promise<OwnRound> {
    const arrival = this.arrive(count);
    const results = await this.all((share) => {
      const buffer = verdicts[share]?.buffer as SharedArrayBuffer | undefined;
      return buffer && { kind: 'runOwn', verdicts: buffer, first, arrival, count };
    });
    return { verdicts, results, count };
  }

  /**
   * Counts the packets of a round, which come in their order.
   * @param records get the packets of the round
   * @throws {StrayPackets} if a packet was of another program than its target's
   */
  finishOwn({ verdicts, results, count }: OwnRound, records: PacketRecords): void {
    this.count(results);
    records.count = count;
    records.left = 0;
    for (const [share, { ownPackets }] of results.entries()) {
      if (ownPackets === undefined) throw new StrayPackets();
      orderVerdicts(must(verdicts[share], 'verdicts of a worker'), ownPackets, records);
    }
  }

  async forget(): Promise<void> {
    this.arrivals = this.emulator.arrivals;
    this.count(await this.all(() => ({ kind: 'forget' })));
  }

  /** Counts packets that arrive. @returns the arrival number of the first */
  private arrive(packets: number): number {
    const first = this.arrivals;
    this.arrivals += packets;
    return first;
  }

  private gather(batch: PacketBatch, memory: PacketBatchMemory, from = 0, to = batch.count): void {
    gatherVerdicts(batch, memory, (packets, i) => shareOf(packets, i, this.workers), from, to);
  }

  async close(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.destroy()));
  }

  /** Each worker counts for itself. */
  private count(results: readonly WorkerResult[]): void {
    this.counters = { ...this.countersBefore };
    for (const { counters } of results) addCounters(this.counters, counters);
  }

  /** Gives each worker a task, or none. @returns the results of those that had one */
  private all(task: (share: number) => WorkerTask | undefined): Promise<WorkerResult[]> {
    return Promise.all(
      this.pools.flatMap((pool, share) => {
        const given = task(share);
        return given === undefined ? [] : [pool.run(given)];
      }),
    );
  }
}

/** Adds the copies that workers have made of a batch's packets, in order. @param place of the batch in their tasks */
function gatherCopies(batch: PacketBatch, results: readonly WorkerResult[], place: number): void {
  const made = results.map(({ copies }) => copies?.[place]).filter((list) => list !== undefined);
  if (made.length > 0) addCopies(batch, made);
}

/** A packet that a worker generated for its programs matched a program of another worker: the packets have to be
 * processed in one order instead. */
export class StrayPackets extends Error {
  override readonly name = 'StrayPackets';
}

/** By worker: the verdicts of the packets that it generated for itself, in shared memory. */
export type OwnVerdicts = readonly Uint32Array[];

/** Packets that workers have generated for themselves and processed. */
export interface OwnRound {
  readonly verdicts: OwnVerdicts;
  readonly results: readonly WorkerResult[];
  readonly count: number;
}

/** @param packets maximum in one round */
export function createOwnVerdicts(workers: number, packets: number): OwnVerdicts {
  const bytes = packets * VERDICT.words * Uint32Array.BYTES_PER_ELEMENT;
  return Array.from({ length: workers }, () => new Uint32Array(new SharedArrayBuffer(bytes)));
}

function orderVerdicts(verdicts: Uint32Array, packets: number, records: PacketRecords): void {
  const { words } = records;
  let left = 0;
  for (let at = 0; at < packets * VERDICT.words; at += VERDICT.words) {
    const record = (verdicts[at + VERDICT.distance] as number) * RECORD.words;
    const port = verdicts[at + VERDICT.egressPort] as number;
    words[record + RECORD.egressPort] = port;
    words[record + RECORD.capturedLength] = verdicts[at + VERDICT.capturedLength] as number;
    words[record + RECORD.digest] = verdicts[at + VERDICT.digest] as number;
    words[record + RECORD.digest + 1] = verdicts[at + VERDICT.digest + 1] as number;
    left += ~port >>> 31;
  }
  records.left += left;
}

/**
 * Whether a worker has to apply a change: filters and forwarding concern all packets, other entries those of one
 * program.
 */
function concerns(operation: Operation, share: number, shares: number): boolean {
  if (!('entry' in operation)) return true;
  const { entry } = operation;
  const programId = programIdOf(entry);
  return programId === 0 || entry.action === FIXED_NAMES.setProgram || programId % shares === share;
}

const wholeBatch = ({ batch, memory }: BatchInMemory): SharedBatch => ({ memory, from: 0, to: batch.count });

/** Operations of one message, which is garbage as soon as they are applied. */
const OPERATIONS_AT_ONCE = 2048;

/** Each round of generated packets is two tasks, and two rounds are under way; of own packets four of one task each. */
const TASKS_AHEAD = 4;
