/** Programs in a switch of their own, and the packets of a capture through it. */
import {
  type Allocator,
  analyse,
  type CompiledProgram,
  type DataPlane,
  lower,
  type Program,
  renderDiagnostics,
} from '../../../compiler/index.js';
import { Controller, UsageError } from '../../../hw-driver/index.js';
import {
  BranchCoverage,
  type EngineName,
  InProcessTarget,
  MeaningRun,
  type PacketTrace,
  PacketTracer,
  QueuedDriver,
  type QueueReading,
  Switch,
} from '../../../sim/index.js';
import {
  appendPacket,
  clearPacketBatch,
  createPacketBatch,
  DROPPED,
  hasRoomFor,
  type PacketBatch,
  packetBytes,
} from '../../../traces/index.js';
import type { PacketSelection } from '../../measure/run/packet-selection.js';
import { frontPortForwarding } from '../../workloads/deployment.js';
import type { BucketsOf, MemoryContents } from '../../workloads/memory-contents.js';
import type { CapturedPacket } from './captured-packets.js';

export interface ReplayOptions {
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  readonly recirculations: number;
  readonly engine: EngineName;
  /** What every packet meets in front of the egress. */
  readonly queue: QueueReading;
}

/** A program's text under the name that its findings are shown with. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

export interface ReplayedProgram extends SourceText {
  readonly program: Program;
  readonly compiled: CompiledProgram;
}

/** What became of one packet of the capture. */
export interface ReplayedPacket {
  /** The packet as it left; undefined if it was dropped. */
  readonly left: CapturedPacket | undefined;
  /** The id of the program that ran, 0 for none. */
  readonly programId: number;
  readonly verdict: PacketOutcome;
}

/** How a packet ended: by a port, by a DROP, or because nobody forwarded it. */
export type PacketOutcome = 'forwarded' | 'reported' | 'dropped' | 'unforwarded';

/** Packets that are traced. */
export interface ReplayTracing {
  readonly selection: PacketSelection;
  readonly limit: number;
}

/** A switch that holds the programs; neighbouring front ports are connected by default forwarding. */
export class ReplaySwitch {
  readonly programs: ReplayedProgram[] = [];
  /** Of the packets that were to be traced. */
  readonly traces: PacketTrace[] = [];
  /** More packets were to be traced than the limit allows. */
  untraced = 0;
  private packets = 0;
  private readonly controller: Controller;

  private constructor(
    private readonly emulator: Switch,
    private readonly driver: QueuedDriver,
    private readonly options: Omit<ReplayOptions, 'engine'>,
  ) {
    this.controller = new Controller(options.dataPlane, new InProcessTarget(emulator));
  }

  /** @throws {UsageError} for a program with errors; {@link DoesNotFit} and {@link TargetError} */
  static async of(sources: readonly SourceText[], options: ReplayOptions): Promise<ReplaySwitch> {
    const emulator = new Switch(options.dataPlane, { engine: options.engine });
    const made = new ReplaySwitch(emulator, new QueuedDriver(emulator, options.queue), options);
    for (const operation of frontPortForwarding(options.dataPlane)) emulator.apply(operation);
    for (const source of sources) await made.deploy(source);
    return made;
  }

  private async deploy({ file, text }: SourceText): Promise<void> {
    const { dataPlane, allocator, recirculations } = this.options;
    const analysis = analyse(text, dataPlane);
    if (analysis.hasErrors) {
      throw new UsageError(`${file} has errors:\n${renderDiagnostics(analysis, file, text)}`);
    }
    for (const program of analysis.programs) {
      if (this.programs.some((other) => other.program.name === program.name)) {
        throw new UsageError(`${file}: there is a program ${program.name} already`);
      }
      const filterPriority = this.programs.length;
      const lowered = lower(program, dataPlane, recirculations);
      const compiled = await this.controller.deploy(lowered, analysis.sourceHash, { allocator, filterPriority });
      this.programs.push({ file, text, program, compiled });
    }
  }

  readonly bucketsOf: BucketsOf = (program, memory) =>
    this.programs.find((each) => each.program.name === program)?.program.memories.find(({ name }) => name === memory)
      ?.buckets;

  async writeMemory(contents: MemoryContents): Promise<void> {
    for (const [program, memories] of contents) {
      for (const [memory, words] of memories) await this.controller.writeMemory(program, memory, words);
    }
  }

  async readMemory(): Promise<MemoryContents> {
    const contents = new Map<string, Map<string, Uint32Array>>();
    for (const { program } of this.programs) {
      if (program.memories.length === 0) continue;
      const memories = new Map<string, Uint32Array>();
      for (const { name } of program.memories) {
        memories.set(name, await this.controller.readMemory(program.name, name));
      }
      contents.set(program.name, memories);
    }
    return contents;
  }

  /** Takes packets through the switch, in order. @param tracing which of them are traced */
  process(packets: readonly CapturedPacket[], tracing?: ReplayTracing): ReplayedPacket[] {
    const tracer = tracing && { ...tracing, tracer: this.tracer() };
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    const replayed: ReplayedPacket[] = [];
    const finish = (): void => {
      const unforwarded = this.run(batch, tracer);
      for (let i = 0; i < batch.count; i++) {
        const port = batch.egressPort[i] as number;
        const before = packets[replayed.length] as CapturedPacket;
        const left = port === DROPPED ? undefined : { ...before, port, bytes: packetBytes(batch, i).slice() };
        const { cpu } = this.options.dataPlane.description.ports;
        const verdict =
          port === DROPPED ? (unforwarded.has(i) ? 'unforwarded' : 'dropped') : port === cpu ? 'reported' : 'forwarded';
        replayed.push({ left, programId: batch.programId[i] as number, verdict });
      }
      clearPacketBatch(batch);
    };
    for (const { bytes, originalLength, port = 0, timeSeconds, timeNanoseconds } of packets) {
      if (!hasRoomFor(batch, bytes.length)) finish();
      const offset = appendPacket(batch, bytes.length, originalLength, port, timeSeconds, timeNanoseconds);
      batch.bytes.set(bytes, offset);
    }
    finish();
    return replayed;
  }

  /** @returns the places of the packets that nobody forwarded */
  private run(
    batch: PacketBatch,
    tracing: (ReplayTracing & { tracer: PacketTracer }) | undefined,
  ): ReadonlySet<number> {
    const { driver } = this;
    const unforwarded = new Set<number>();
    const plain = (from: number, to: number): void => {
      if (from === to) return;
      driver.process(batch, from, to);
      for (const i of driver.unforwarded) unforwarded.add(i);
      driver.unforwarded.clear();
    };
    let next = 0;
    for (const i of tracing === undefined ? [] : this.picked(batch, tracing)) {
      plain(next, i);
      const trace = tracing?.tracer.trace(batch, i, this.packets + i + 1);
      if (trace !== undefined) this.traces.push(trace);
      if (trace?.verdict.reason === 'nobody forwards') unforwarded.add(i);
      next = i + 1;
    }
    plain(next, batch.count);
    this.packets += batch.count;
    return unforwarded;
  }

  /** Before any of them is processed, which may change them. */
  private picked(batch: PacketBatch, { selection, limit }: ReplayTracing): number[] {
    const picked: number[] = [];
    for (let i = 0; i < batch.count; i++) {
      if (!selection.picks(batch, i, this.packets + i + 1)) continue;
      if (this.traces.length + picked.length < limit) picked.push(i);
      else this.untraced++;
    }
    return picked;
  }

  private tracer(): PacketTracer {
    const byId = new Map(
      this.programs.map(({ text, compiled }) => [
        compiled.programId,
        { name: compiled.program, placement: compiled.placement, source: text },
      ]),
    );
    const tracer = new PacketTracer(this.emulator, (programId) => byId.get(programId), this.options.queue);
    tracer.apply(this.emulator.entries().map((entry) => ({ kind: 'insertEntry', entry })));
    return tracer;
  }
}

const BATCH = { packets: 2048, bytes: 2 ** 20 };

/**
 * What of each program the packets of a replay have come to, in the order of the programs.
 * @param before what memories held before the first packet
 */
export function coverageOf(
  { programs }: ReplaySwitch,
  { dataPlane, queue }: Pick<ReplayOptions, 'dataPlane' | 'queue'>,
  packets: readonly CapturedPacket[],
  replayed: readonly ReplayedPacket[],
  before: MemoryContents,
): BranchCoverage[] {
  return programs.map(({ program, compiled }) => {
    const given = before.get(program.name);
    const memories = new Map(
      program.memories.map(({ name, buckets }) => [name, given?.get(name)?.slice() ?? new Uint32Array(buckets)]),
    );
    const meaning = new MeaningRun(program, compiled, dataPlane, memories);
    const coverage = new BranchCoverage(program);
    packets.forEach(({ bytes, port = 0 }, i) => {
      if (replayed[i]?.programId !== compiled.programId) return;
      coverage.note(meaning.run({ bytes, ingressPort: port, queue }));
    });
    return coverage;
  });
}
