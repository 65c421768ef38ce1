/** A switch in this process with its controller, for scripts: texts of programs in, packets through, memory out. */
import { must } from '../../compiler/data-plane/must.js';
import {
  type Allocator,
  analyse,
  type CompiledProgram,
  DataPlane,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  type Diagnostic,
  DomainError,
  defaultDataPlane,
  type Expected,
  instanceOf,
  lower,
  maxRecirculations,
  objectWith,
  oneOf,
  renderDiagnostics,
  requireArgument,
  requireOptions,
  TEXT,
  wholeNumberIn,
} from '../../compiler/index.js';
import { ENGINES, type EngineName, InProcessTarget, Switch } from '../../sim/index.js';
import { madePacket } from '../../sim/made-packet/index.js';
import { appendPacketBytes, createPacketBatch, packetBytes } from '../../traces/packets/packet-batch.js';
import { leftOf } from '../../traces/packets/packet-copies.js';
import { Controller } from './controller.js';
import { frontPortForwarding } from './front-ports.js';

/** What an option of a switch, and of what makes one, may be. */
export const switchOptions = (dataPlane: unknown) => ({
  dataPlane: instanceOf(DataPlane, 'a DataPlane'),
  engine: oneOf(ENGINES),
  allocator: objectWith(['place'], 'an allocator { name, place }'),
  recirculations: wholeNumberIn(0, maxRecirculations(dataPlane instanceof DataPlane ? dataPlane : defaultDataPlane())),
});

/** A text that does not compile; the message shows its findings as the command line does. */
export class ProgramTextError extends DomainError {
  override readonly name = 'ProgramTextError';
  readonly code = 'text-with-errors';
  readonly ends = 'bad-input';

  constructor(
    message: string,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(message);
  }
}

/** Options of a {@link SimulatedSwitch}. */
export interface SimulatedSwitchOptions {
  /** `default` if left out. */
  readonly dataPlane?: DataPlane;
  /** 'compiled' if left out. */
  readonly engine?: EngineName;
  /** `price` if left out. One's own is checked: see {@link Allocator}. */
  readonly allocator?: Allocator;
  /** That a program may take at most; 1 if left out. */
  readonly recirculations?: number;
}

/** A whole frame, and the port by which it comes in. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly ingressPort: number;
}

/** What became of a packet. */
export interface SentPacket {
  /** By which it left; undefined: dropped, or copied to a group. */
  readonly port: number | undefined;
  /** As it left, or as it was when it was dropped. */
  readonly bytes: Uint8Array;
  /** The program that ran; undefined for none. */
  readonly program: string | undefined;
  readonly recirculations: number;
  /** The copies that left of a packet to a group, in order; none of other packets. */
  readonly copies: readonly { readonly port: number; readonly bytes: Uint8Array }[];
}

const MAX_PORT = 511;
const PORT = wholeNumberIn(0, MAX_PORT);
const PACKET: Expected = {
  text: `a text of field values or a frame { bytes: Uint8Array, ingressPort: ${PORT.text} }`,
  accepts: (value) =>
    typeof value === 'string' ||
    (typeof value === 'object' &&
      value !== null &&
      'bytes' in value &&
      value.bytes instanceof Uint8Array &&
      'ingressPort' in value &&
      PORT.accepts(value.ingressPort)),
};

/** Room for the spacing of packets in a batch. */
const PADDING_BYTES = 64;

/**
 * An emulated switch and what deploys on it. Ports n and n xor 1 of the first 32 are connected, so that packets that no
 * program forwards leave by the neighbouring port.
 */
export class SimulatedSwitch {
  readonly dataPlane: DataPlane;
  readonly emulator: Switch;
  readonly controller: Controller;
  private readonly link: { readonly allocator: Allocator };
  private readonly recirculations: number;
  private deployed = 0;

  /** @throws {OptionError} */
  constructor(options: SimulatedSwitchOptions = {}) {
    requireOptions('SimulatedSwitch', options, switchOptions(options?.dataPlane));
    const { dataPlane = defaultDataPlane(), engine, recirculations = DEFAULT_RECIRCULATIONS } = options;
    this.dataPlane = dataPlane;
    this.emulator = new Switch(dataPlane, engine === undefined ? {} : { engine });
    this.controller = new Controller(dataPlane, new InProcessTarget(this.emulator));
    this.link = { allocator: options.allocator ?? DEFAULT_LINK_OPTIONS.allocator };
    this.recirculations = recirculations;
    for (const operation of frontPortForwarding(dataPlane)) this.emulator.apply(operation);
  }

  /**
   * Compiles all programs of a text and installs them, one after another. Of overlapping filters that of the program
   * which came first wins.
   * @throws {ProgramTextError} {@link OptionError} {@link DoesNotFit} {@link AllocatorError}; programs before the one that failed stay
   */
  async deploy(source: string): Promise<readonly CompiledProgram[]> {
    requireArgument('what deploy() was given', source, TEXT);
    const analysis = analyse(source, this.dataPlane);
    if (analysis.hasErrors) {
      throw new ProgramTextError(renderDiagnostics(analysis, 'program', source), analysis.diagnostics);
    }
    const compiled: CompiledProgram[] = [];
    for (const program of analysis.programs) {
      const lowered = lower(program, this.dataPlane, this.recirculations);
      const options = { ...this.link, filterPriority: this.deployed };
      compiled.push(await this.controller.deploy(lowered, analysis.sourceHash, options));
      this.deployed++;
    }
    return compiled;
  }

  /** Removes a program; its memory is reset. @throws {NoSuchProgram} */
  revoke(name: string): Promise<void> {
    return this.controller.revoke(name);
  }

  /**
   * Takes packets through the switch, one after another.
   * @param packets field values, as in `ipv4.src=10.0.0.1 tcp.dst_port=80`, or whole frames
   * @returns one for each packet, in order
   * @throws {MadePacketError} for field values that make no packet, {@link OptionError} for what is neither; none is sent
   */
  send(...packets: readonly (string | Frame)[]): readonly SentPacket[] {
    for (const packet of packets) requireArgument('a packet of send()', packet, PACKET);
    const frames = packets.map((packet) => (typeof packet === 'string' ? madePacket(packet, this.dataPlane) : packet));
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length + PADDING_BYTES, 0);
    const batch = createPacketBatch(Math.max(1, frames.length), bytes);
    for (const { bytes: frame, ingressPort } of frames) appendPacketBytes(batch, frame, ingressPort);
    this.emulator.process(batch);
    const names = new Map<number, string>();
    for (const [name, { compiled }] of this.controller.state.programs) names.set(compiled.programId, name);
    return frames.map((_, i) => ({
      port: must(batch.egressPort[i], 'egress port of a packet') < 0 ? undefined : batch.egressPort[i],
      bytes: packetBytes(batch, i).slice(),
      program: names.get(must(batch.programId[i], 'program of a packet')),
      recirculations: must(batch.recirculations[i], 'recirculations of a packet'),
      copies: leftOf(batch, i)
        .filter(({ packets }) => packets !== batch)
        .map(({ packets, place }) => ({
          port: must(packets.egressPort[place], 'egress port of a copy'),
          bytes: packetBytes(packets, place).slice(),
        })),
    }));
  }

  /** All words of a memory. @throws {NoSuchProgram} */
  readMemory(program: string, memory: string): Promise<Uint32Array> {
    return this.controller.readMemory(program, memory);
  }

  /** @param from the first bucket that is written @throws {NoSuchProgram} */
  writeMemory(program: string, memory: string, words: Uint32Array, from = 0): Promise<void> {
    return this.controller.writeMemory(program, memory, words, from);
  }
}
