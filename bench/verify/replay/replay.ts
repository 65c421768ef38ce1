/** Deploys programs on an empty switch and runs the packets of a capture. */
import { must } from '../../../compiler/data-plane/must.js';
import {
  type Allocator,
  analyse,
  type CompiledProgram,
  type DataPlane,
  DomainError,
  lower,
  type MulticastGroup,
  type Program,
  renderDiagnostics,
} from '../../../compiler/index.js';
import { Controller, frontPortForwarding } from '../../../hw-driver/index.js';
import {
  type EngineName,
  InProcessTarget,
  type PacketTrace,
  PacketTracer,
  QueuedDriver,
  type QueueReading,
  Switch,
} from '../../../sim/index.js';
import { BranchCoverage, MeaningRun } from '../../../sim/validation/index.js';
import {
  appendPacket,
  COPIED,
  clearPacketBatch,
  createPacketBatch,
  DROPPED,
  hasRoomFor,
  type PacketBatch,
  packetBytes,
} from '../../../traces/packets/packet-batch.js';
import { leftOf } from '../../../traces/packets/packet-copies.js';
import type { PacketSelection } from '../../measure/run/packet-selection.js';
import type { BucketsOf, MemoryContents } from '../../workloads/memory-contents.js';
import type { CapturedPacket } from './captured-packets.js';

export interface ReplayOptions {
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  readonly recirculations: number;
  readonly engine: EngineName;
  /** State of the queue for every packet. */
  readonly queue: QueueReading;
  /** Groups of the switch; none if left out. */
  readonly groups?: readonly MulticastGroup[];
  /** Called with the number of packets that have run so far. */
  readonly progress?: ((packets: number) => void) | undefined;
}

/** A program's text, with a name for its findings. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

export interface ReplayedProgram extends SourceText {
  readonly program: Program;
  readonly compiled: CompiledProgram;
}

/** Outcome of one packet of the capture. */
export interface ReplayedPacket {
  /** The packet that left, or its copies that did; none if it was dropped. */
  readonly left: readonly CapturedPacket[];
  /** Id of the program that ran, 0 for none. */
  readonly programId: number;
  readonly verdict: PacketOutcome;
}

/** Verdict of a packet: left by a port, copied to a group, dropped by DROP, or not forwarded. */
export type PacketOutcome = 'forwarded' | 'reported' | 'copied' | 'dropped' | 'unforwarded';

/** Selection of packets to trace. */
export interface ReplayTracing {
  readonly selection: PacketSelection;
  readonly limit: number;
}

/** Programs that cannot be replayed as they are. */
export class ReplayError extends DomainError {
  override readonly name = 'ReplayError';
  readonly ends = 'bad-input';

  constructor(
    readonly code: 'program-with-errors' | 'name-in-use',
    message: string,
  ) {
    super(message);
  }
}

/** A switch with the programs; default forwarding connects neighbouring front ports. */
export class ReplaySwitch {
  readonly programs: ReplayedProgram[] = [];
  /** Traces of the selected packets. */
  readonly traces: PacketTrace[] = [];
  /** Number of selected packets beyond the limit. */
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

  /** @throws {ReplayError} for a program with errors; {@link DoesNotFit} and {@link TargetError} */
  static async of(sources: readonly SourceText[], options: ReplayOptions): Promise<ReplaySwitch> {
    const emulator = new Switch(options.dataPlane, { engine: options.engine });
    const made = new ReplaySwitch(emulator, new QueuedDriver(emulator, options.queue), options);
    for (const operation of frontPortForwarding(options.dataPlane)) emulator.apply(operation);
    if (options.groups !== undefined) {
      for (const group of options.groups) emulator.apply({ kind: 'insertGroup', group });
    }
    for (const source of sources) await made.deploy(source);
    return made;
  }

  /** Of the random numbers of the switch. */
  get seed(): number {
    return this.emulator.seed;
  }

  private async deploy({ file, text }: SourceText): Promise<void> {
    const { dataPlane, allocator, recirculations } = this.options;
    const analysis = analyse(text, dataPlane);
    if (analysis.hasErrors) {
      throw new ReplayError('program-with-errors', `${file} has errors:\n${renderDiagnostics(analysis, file, text)}`);
    }
    for (const program of analysis.programs) {
      if (this.programs.some((other) => other.program.name === program.name)) {
        throw new ReplayError('name-in-use', `${file}: another program has the name ${program.name}`);
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

  /** Runs packets through the switch in order. @param tracing selection of packets to trace */
  process(packets: readonly CapturedPacket[], tracing?: ReplayTracing): ReplayedPacket[] {
    const tracer = tracing && { ...tracing, tracer: this.tracer() };
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    const replayed: ReplayedPacket[] = [];
    const finish = (): void => {
      const unforwarded = this.run(batch, tracer);
      for (let i = 0; i < batch.count; i++) {
        const port = batch.egressPort[i] as number;
        const before = packets[replayed.length] as CapturedPacket;
        const left = leftOf(batch, i).map(({ packets: from, place }) => {
          const { egressPort } = from;
          return {
            ...before,
            port: must(egressPort[place], 'port of a packet'),
            bytes: packetBytes(from, place).slice(),
          };
        });
        const verdict = this.outcome(port, unforwarded.has(i));
        replayed.push({ left, programId: batch.programId[i] as number, verdict });
      }
      clearPacketBatch(batch);
      this.options.progress?.(replayed.length);
    };
    for (const { bytes, originalLength, port = 0, timeSeconds, timeNanoseconds } of packets) {
      if (!hasRoomFor(batch, bytes.length)) finish();
      const offset = appendPacket(batch, bytes.length, originalLength, port, timeSeconds, timeNanoseconds);
      batch.bytes.set(bytes, offset);
    }
    finish();
    return replayed;
  }

  private outcome(port: number, isUnforwarded: boolean): PacketOutcome {
    if (port === COPIED) return 'copied';
    if (port === DROPPED) return isUnforwarded ? 'unforwarded' : 'dropped';
    return port === this.options.dataPlane.description.ports.cpu ? 'reported' : 'forwarded';
  }

  /** @returns indices of the packets that nobody forwarded */
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
      batch.arrival[i] = this.emulator.arrivals++;
      const trace = tracing?.tracer.trace(batch, i, this.packets + i + 1);
      if (trace !== undefined) this.traces.push(trace);
      if (trace?.verdict.reason === 'nobody forwards') unforwarded.add(i);
      next = i + 1;
    }
    plain(next, batch.count);
    this.packets += batch.count;
    return unforwarded;
  }

  /** Selects packets before any of them is processed, since processing changes them. */
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
    tracer.apply(this.emulator.operations());
    return tracer;
  }
}

const BATCH = { packets: 2048, bytes: 2 ** 20 };

/**
 * Coverage of each program by the packets of a replay, in the order of programs.
 * @param before initial contents of memories
 */
export function coverageOf(
  { programs, seed }: ReplaySwitch,
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
    const meaning = new MeaningRun(program, compiled, dataPlane, memories, seed);
    const coverage = new BranchCoverage(program);
    packets.forEach(({ bytes, port = 0, originalLength, timeSeconds, timeNanoseconds }, i) => {
      if (replayed[i]?.programId !== compiled.programId) return;
      const timestamp = (Math.imul(timeSeconds, 1e9) + timeNanoseconds) >>> 0;
      coverage.note(
        meaning.run({ bytes, ingressPort: port, queue, arrival: i, timestamp, wireLength: originalLength }),
      );
    });
    return coverage;
  });
}
