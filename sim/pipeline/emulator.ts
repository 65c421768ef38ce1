/** What a switch and a chain of switches have in common, for those who take packets through either. */
import type { DataPlane, EntryKey, MulticastGroup, Operation, TableEntry } from '../../compiler/for-switches.js';
import type { PacketBatch } from '../../traces/packets/packet-batch.js';
import type { Counters } from '../blocks/counters.js';
import type { RegisterArrays } from '../blocks/register-arrays.js';
import type { EngineName } from '../engines/rpb-engine.js';
import type { PacketRunner } from './drivers/run-to-end-driver.js';
import type { VectorDriver } from './drivers/vector-driver.js';
import type { HitCounters } from './hits/hit-counters.js';
import type { Pipeline } from './pipeline.js';

/** An emulated switch, or several in a row. Tables and RPBs of a chain have the names that its data plane gives them. */
export interface Emulator {
  readonly dataPlane: DataPlane;
  readonly counters: Counters;
  /** The register arrays of the first pipe. */
  readonly memory: RegisterArrays;
  /** The register arrays of each pipe. */
  readonly registersOfPipes: readonly RegisterArrays[];
  readonly engineName: EngineName;
  /** Packets by the entry that they hit; undefined where they are not counted. */
  readonly hits: HitCounters | undefined;
  /** Present where packets go through in vectors. */
  readonly vectorDriver: VectorDriver | undefined;
  /** The first pipeline: it parses packets, has the filters and gives verdicts. */
  readonly pipeline: Pipeline;
  /** Seed of the numbers that RANDOM draws: an integer of 32 bits. */
  seed: number;
  /** Number of packets that have come so far: that of the next one, which random numbers depend on. */
  arrivals: number;
  /** The pipeline of a pass, from 0; undefined behind the last switch of a chain. */
  pipelineOf(pass: number): Pipeline | undefined;
  newRunner(): PacketRunner;
  /** Makes one change; it takes effect between two packets. @throws {TargetError} and changes nothing */
  apply(operation: Operation): void;
  /** Generates code for programs that have changed; without it, the first packet of each waits for that. */
  prepare(): void;
  entries(): TableEntry[];
  entryLike(key: EntryKey): TableEntry | undefined;
  entryCount(table: string): number;
  groups(): MulticastGroup[];
  /** Takes packets `from` … `to - 1` of a batch through, in order, by default all; they are rewritten in place. */
  process(batch: PacketBatch, from?: number, to?: number): void;
  noteArrivals(batch: PacketBatch, from: number, to: number, first: number): void;
  stamp(batch: PacketBatch, from: number, to: number): void;
  processNoted(batch: PacketBatch, from: number, to: number): void;
  classify(batch: PacketBatch, from: number, to: number): void;
}
