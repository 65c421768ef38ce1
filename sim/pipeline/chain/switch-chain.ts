/**
 * Several emulated switches in a row that run programs together: packets come to the first, which filters them, go on
 * through the port that recirculates in a single switch, and leave by the last. It is put together of switches, which
 * keep their tables, memory and engines; packets that no program takes leave by the first.
 */
import {
  type DataPlane,
  type EntryKey,
  type MulticastGroup,
  must,
  type Operation,
  switchOf,
  type TableEntry,
} from '../../../compiler/for-switches.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { Counters } from '../../blocks/counters.js';
import type { Phv } from '../../blocks/phv.js';
import { RegisterArrays } from '../../blocks/register-arrays.js';
import type { EngineName } from '../../engines/rpb-engine.js';
import {
  entryOfChain,
  entryOfMember,
  memberAt,
  memberOfTable,
  memberOperations,
} from '../../target/chain-operations.js';
import type { PacketRunner } from '../drivers/run-to-end-driver.js';
import type { Emulator } from '../emulator.js';
import type { Pipeline } from '../pipeline.js';
import { Switch } from '../switch.js';
import { ChainRunner } from './chain-runner.js';

/** Options of a {@link SwitchChain}. */
export interface SwitchChainOptions {
  /** As of a switch. */
  readonly engine?: EngineName;
  /** Register arrays of all switches, to share with another chain of the same data plane. */
  readonly memory?: ArrayBuffer | SharedArrayBuffer;
  /** As of a switch. */
  readonly seed?: number;
}

/** Emulated switches in a row. */
export class SwitchChain implements Emulator {
  readonly members: readonly Switch[];
  readonly memory: RegisterArrays;
  readonly registersOfPipes: readonly RegisterArrays[];
  readonly hits = undefined;
  readonly vectorDriver = undefined;
  private readonly pipelines: readonly Pipeline[];
  private readonly runner: PacketRunner;
  private readonly phv: Phv;

  /** @param dataPlane of the chain, of `chainOf` */
  constructor(
    readonly dataPlane: DataPlane,
    { engine, memory: shared, seed = 0 }: SwitchChainOptions = {},
  ) {
    this.memory = new RegisterArrays(dataPlane, shared);
    this.registersOfPipes = [this.memory];
    const { buffer } = this.memory;
    const single = switchOf(dataPlane);
    const members: Switch[] = [];
    for (let member = 0; member < dataPlane.switches; member++) {
      const inChain = { before: members.at(-1), member };
      members.push(new Switch(single, { ...(engine && { engine }), memory: buffer, seed, inChain }));
    }
    this.members = members;
    this.pipelines = members.map(({ pipeline }) => pipeline);
    this.runner = this.newRunner();
    this.phv = this.pipeline.newPhv();
  }

  get counters(): Counters {
    return this.first.counters;
  }

  get engineName(): EngineName {
    return this.first.engineName;
  }

  get pipeline(): Pipeline {
    return this.first.pipeline;
  }

  get seed(): number {
    return this.first.seed;
  }

  set seed(seed: number) {
    for (const member of this.members) member.seed = seed;
  }

  get arrivals(): number {
    return this.first.arrivals;
  }

  set arrivals(arrivals: number) {
    this.first.arrivals = arrivals;
  }

  pipelineOf(pass: number): Pipeline | undefined {
    return this.pipelines[pass];
  }

  newRunner(): PacketRunner {
    return new ChainRunner(this.pipelines);
  }

  apply(operation: Operation): void {
    for (const { member, operation: own } of memberOperations(operation, this.dataPlane)) {
      memberAt(this.members, member).apply(own);
    }
  }

  prepare(): void {
    for (const { engine } of this.pipelines) engine.prepare();
  }

  entries(): TableEntry[] {
    return this.members.flatMap((member, i) => member.entries().map((entry) => entryOfChain(entry, i)));
  }

  entryLike(key: EntryKey): TableEntry | undefined {
    const { member, entry } = entryOfMember(key);
    const found = this.members[member]?.entryLike(entry);
    return found && entryOfChain(found, member);
  }

  entryCount(name: string): number {
    const { member, table } = memberOfTable(name, this.dataPlane);
    return memberAt(this.members, member).entryCount(table);
  }

  /** Those of the last switch, which makes the copies. */
  groups(): MulticastGroup[] {
    return must(this.members.at(-1), 'last switch of a chain').groups();
  }

  process(batch: PacketBatch, from = 0, to = batch.count): void {
    this.noteArrivals(batch, from, to, this.arrivals);
    this.arrivals += to - from;
    this.processNoted(batch, from, to);
  }

  noteArrivals(batch: PacketBatch, from: number, to: number, first: number): void {
    this.first.noteArrivals(batch, from, to, first);
  }

  stamp(batch: PacketBatch, from: number, to: number): void {
    this.first.stamp(batch, from, to);
  }

  processNoted(batch: PacketBatch, from: number, to: number): void {
    const { pipeline, phv, runner } = this;
    for (let i = from; i < to; i++) {
      pipeline.load(phv, batch, i);
      pipeline.init(phv);
      batch.programId[i] = phv.programId;
      runner.run(phv, batch, i);
    }
  }

  classify(batch: PacketBatch, from: number, to: number): void {
    this.first.classify(batch, from, to);
  }

  private get first(): Switch {
    return must(this.members[0], 'first switch of a chain');
  }
}
