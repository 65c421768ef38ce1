/** The switch: its tables, its register arrays, and what takes packets through its pipelines. */
import {
  type DataPlane,
  type EntryKey,
  type MulticastGroup,
  type Operation,
  type TableEntry,
  TIMESTAMP,
} from '../../compiler/for-switches.js';
import { numberArrivals, type PacketBatch, stampArrivals } from '../../traces/packets/packet-batch.js';
import type { ActionWatch } from '../blocks/action-watch.js';
import { type Counters, emptyCounters } from '../blocks/counters.js';
import { FieldOperands } from '../blocks/instructions/field-operands.js';
import type { MemoryOwners } from '../blocks/memory-owners.js';
import type { Phv } from '../blocks/phv.js';
import { RegisterArrays } from '../blocks/register-arrays.js';
import { canGenerateCode } from '../engines/compiled/compiled-engine.js';
import { compiledLookups } from '../engines/compiled/filter-code.js';
import type { EngineName } from '../engines/rpb-engine.js';
import type { PacketDriver } from './drivers/packet-driver.js';
import { PipedDriver } from './drivers/piped-driver.js';
import { type PacketRunner, PassRunner, RunToEndDriver } from './drivers/run-to-end-driver.js';
import { VectorDriver } from './drivers/vector-driver.js';
import type { Emulator } from './emulator.js';
import { HitCounters } from './hits/hit-counters.js';
import { Pipeline } from './pipeline.js';
import { SwitchTables, type TableOperation } from './switch-tables.js';

/** Options of a {@link Switch}. */
export interface SwitchOptions {
  /** Runs parser, filters and RPBs; 'compiled' if left out, and 'interpreted' where no code can be generated. */
  readonly engine?: EngineName;
  /** Register arrays to share with other switches of the same data plane; for switches of one pipe. */
  readonly memory?: ArrayBuffer | SharedArrayBuffer;
  /** Number of pipes, at least 1; 1 if left out. */
  readonly pipes?: number;
  /** Seed of the numbers that RANDOM draws: an integer of 32 bits; 0 if left out. */
  readonly seed?: number;
  /** Whether packets are counted by the entries that they hit. Slower, and the engine is the interpreted one. */
  readonly countsHits?: boolean;
  /** Sees each action that packets take. Slower, and the engine is the interpreted one. */
  readonly watch?: ActionWatch;
  /** Of a switch in a chain. */
  readonly inChain?: PlaceInChain;
}

/** The place of a switch among others in a row. */
export interface PlaceInChain {
  /** The switch from which packets come with their state; what happens to packets is counted there. */
  readonly before: Switch | undefined;
  /** From 0. */
  readonly member: number;
}

/** An emulated switch: tables, register arrays and pipelines. */
export class Switch implements Emulator {
  readonly tables: SwitchTables;
  readonly counters: Counters;
  /** The pipeline of the first pipe. */
  readonly pipeline: Pipeline;
  /** Packets by the entry that they hit; undefined for a switch that does not count them. */
  readonly hits: HitCounters | undefined;
  /** The register arrays of each pipe. */
  readonly registersOfPipes: readonly RegisterArrays[];
  private readonly pipes: readonly Pipeline[];
  private readonly driver: PacketDriver;
  /** The driver, where packets go through in vectors. */
  readonly vectorDriver: VectorDriver | undefined;
  private readonly phv: Phv;
  private randomSeed: number;
  private readonly readsTime: boolean;
  /** Number of packets that have come so far: that of the next one, which random numbers depend on. */
  arrivals = 0;

  constructor(
    readonly dataPlane: DataPlane,
    { engine: wanted = 'compiled', memory: shared, pipes = 1, countsHits = false, ...options }: SwitchOptions = {},
  ) {
    const { seed = 0, watch, inChain } = options;
    if (dataPlane.switches > 1) throw new Error(`${dataPlane.name}: a SwitchChain emulates switches in a row`);
    if (shared !== undefined && pipes > 1) throw new Error('switches of several pipes share no memory with others');
    const isInterpreted = countsHits || watch !== undefined || !canGenerateCode();
    const engine = isInterpreted ? 'interpreted' : wanted;
    const operands = new FieldOperands(dataPlane);
    const lookups = engine === 'compiled' ? compiledLookups() : undefined;
    const tables = new SwitchTables(dataPlane, operands, lookups, inChain?.before?.tables);
    const counters = inChain?.before?.counters ?? emptyCounters();
    this.counters = counters;
    const hits = countsHits ? new HitCounters(dataPlane) : undefined;
    this.hits = hits;
    const newPipeline = (): Pipeline =>
      new Pipeline(dataPlane, {
        tables,
        operands,
        memory: new RegisterArrays(dataPlane, shared, inChain?.member),
        counters,
        engine,
        hits,
        watch,
        isInChain: inChain !== undefined,
      });
    this.tables = tables;
    this.pipeline = newPipeline();
    this.pipes = [this.pipeline, ...Array.from({ length: pipes - 1 }, newPipeline)];
    this.registersOfPipes = this.pipes.map(({ memory }) => memory);
    const { vectors } = this.pipeline;
    this.vectorDriver = pipes === 1 && vectors !== undefined ? new VectorDriver(this.pipeline, vectors) : undefined;
    this.driver =
      this.vectorDriver ??
      (pipes === 1 ? new RunToEndDriver(this.pipeline) : new PipedDriver(this.pipeline, this.pipes));
    this.phv = this.pipeline.newPhv();
    this.readsTime = dataPlane.fields.has(TIMESTAMP);
    this.randomSeed = seed;
    this.seed = seed;
  }

  /** Seed of the numbers that RANDOM draws: an integer of 32 bits. */
  get seed(): number {
    return this.randomSeed;
  }

  set seed(seed: number) {
    this.randomSeed = seed;
    for (const pipe of this.pipes) pipe.seed = seed;
  }

  /** The register arrays of the first pipe. */
  get memory(): RegisterArrays {
    return this.pipeline.memory;
  }

  /** The memory blocks that were declared for each program. */
  get owners(): MemoryOwners {
    return this.tables.owners;
  }

  /** What runs the RPBs. */
  get engineName(): EngineName {
    return this.pipeline.engine.name;
  }

  /** All passes of a packet are in the first pipe, for callers that take packets through pipelines. */
  pipelineOf(): Pipeline {
    return this.pipeline;
  }

  newRunner(): PacketRunner {
    return new PassRunner(this.pipeline);
  }

  /** Makes one change; it takes effect between two packets. @throws {TargetError} and changes nothing */
  apply(operation: Operation): void {
    switch (operation.kind) {
      case 'drain':
        // A packet runs to its end, recirculations included, before the next one starts: none is in flight.
        return;
      case 'resetMemory':
        for (const memory of this.registersOfPipes) {
          memory.range(operation.rpb, operation.base, operation.buckets).fill(0);
        }
        return;
      default:
        this.applyToTables(operation);
    }
  }

  private applyToTables(operation: TableOperation): void {
    const { hits, tables } = this;
    if (hits === undefined) return tables.apply(operation);
    const held =
      operation.kind === 'deleteEntry'
        ? tables.entryLike(operation.entry)
        : operation.kind === 'replaceEntry'
          ? tables.entryLike(operation.before)
          : undefined;
    tables.apply(operation);
    hits.apply(operation, held);
  }

  /** To be called when no packet is in flight that entered before the last deletion of an entry. */
  forgetRetiredBranchIds(): void {
    this.tables.rpbs.forgetRetiredBranchIds();
  }

  /** Generates code for programs that have changed; without it, the first packet of each waits for that. */
  prepare(): void {
    if (this.vectorDriver === undefined) for (const { engine } of this.pipes) engine.prepare();
    else this.pipeline.vectors?.engine.prepare();
  }

  /** All entries, in the order of their insertion: inserted so into another switch, they make an equal one. */
  entries(): TableEntry[] {
    return this.tables.entries();
  }

  /** What makes an empty switch equal to this one, but for memory and its owners. */
  operations(): Operation[] {
    return [
      ...this.groups().map((group) => ({ kind: 'insertGroup', group }) as const),
      ...this.entries().map((entry) => ({ kind: 'insertEntry', entry }) as const),
    ];
  }

  /** All groups to which packets are copied, by number. */
  groups(): MulticastGroup[] {
    return this.tables.replication.list();
  }

  /** The entry of this key and priority. */
  entryLike(key: EntryKey): TableEntry | undefined {
    return this.tables.entryLike(key);
  }

  /** Entries in a table now. @throws {TargetError} unknown-table */
  entryCount(table: string): number {
    return this.tables.entryCount(table);
  }

  process(batch: PacketBatch, from = 0, to = batch.count): void {
    this.noteArrivals(batch, from, to, this.arrivals);
    this.arrivals += to - from;
    this.processNoted(batch, from, to);
  }

  /** Gives packets arrival numbers, and their time stamps. @param first number of the first of them */
  noteArrivals(batch: PacketBatch, from: number, to: number, first: number): void {
    numberArrivals(batch, from, to, first);
    this.stamp(batch, from, to);
  }

  /** Gives packets that have arrival numbers their time stamps, where programs can read these. */
  stamp(batch: PacketBatch, from: number, to: number): void {
    if (this.readsTime) stampArrivals(batch, from, to);
  }

  /** As {@link process}, of packets whose arrivals are noted. */
  processNoted(batch: PacketBatch, from: number, to: number): void {
    this.driver.process(batch, from, to);
  }

  /** Sets `batch.programId` of packets `from` … `to - 1` and does nothing else to them. */
  classify(batch: PacketBatch, from: number, to: number): void {
    const { pipeline, phv } = this;
    if (this.vectorDriver !== undefined) return this.vectorDriver.classify(batch, from, to);
    for (let i = from; i < to; i++) {
      pipeline.load(phv, batch, i);
      batch.programId[i] = pipeline.classify(phv);
    }
  }
}
