/** Runs packets through a switch and copies of them through network functions, and compares the results. */
import { addTo } from '../../compiler/data-plane/counting.js';
import { must } from '../../compiler/data-plane/must.js';
import { type Controller, FRONT_PORTS } from '../../hw-driver/index.js';
import { EMPTY_QUEUE, QueuedDriver, type Switch } from '../../sim/index.js';
import { COPIED, DROPPED, type PacketBatch, packetBytes } from '../../traces/packets/packet-batch.js';
import { leftOf } from '../../traces/packets/packet-copies.js';
import { DEFAULT_PORT, groupOf } from './functions/network-function.js';
import { PacketView } from './functions/packet.js';
import { bySpecificity, programFor, type VerifiedProgram } from './verified-program.js';

/** An actual or expected output: a port, {@link DROPPED} or {@link COPIED}, and bytes. */
export interface Outcome {
  readonly program: string | undefined;
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** The first difference between a program and its network function. */
export type Difference =
  | {
      readonly kind: 'packet';
      /** From 1, in order of arrival. */
      readonly number: number;
      readonly ingressPort: number;
      readonly queueNs: number;
      /** Bytes on arrival. */
      readonly packet: Uint8Array;
      readonly expected: Outcome;
      readonly actual: Outcome;
    }
  | {
      readonly kind: 'memory';
      readonly program: string;
      readonly memory: string;
      readonly bucket: number;
      readonly expected: number;
      /** The word, and its meaning. */
      readonly word: number;
      readonly actual: number;
    };

export class Comparison {
  private readonly programs: readonly VerifiedProgram[];
  private readonly names: ReadonlyMap<number, string>;
  private readonly view = new PacketView();
  private before = new Uint8Array(0);
  private copies = new Uint8Array(0);
  /** Number of compared packets by program. */
  readonly packets = new Map<string, number>();
  /** Number of compared packets, including those of no program. */
  total = 0;

  private readonly driver: QueuedDriver;

  /** @param queueNs queueing time of packet n, from 0, in ns */
  constructor(
    private readonly emulator: Switch,
    programs: readonly VerifiedProgram[],
    private readonly queueNs: (n: number) => number = () => 0,
  ) {
    this.driver = new QueuedDriver(emulator, EMPTY_QUEUE);
    this.programs = bySpecificity(programs);
    this.names = new Map(programs.map(({ programId, name }) => [programId, name]));
  }

  /** Processes the packets of a batch on both sides. @returns the first difference */
  process(batch: PacketBatch): Difference | undefined {
    this.copy(batch);
    const { driver } = this;
    for (let i = 0; i < batch.count; i++) {
      driver.queue = { nanoseconds: this.queueNs(this.total + i), cells: 0 };
      driver.process(batch, i, i + 1);
    }
    for (let i = 0; i < batch.count; i++) {
      const difference = this.compare(batch, i);
      if (difference !== undefined) return difference;
      this.total++;
    }
    return undefined;
  }

  /** Compares the memories of all programs. @returns the first difference */
  async memories(controller: Controller): Promise<Difference | undefined> {
    for (const { name: program, function: own } of this.programs) {
      for (const { memory, values, reading } of own.memories()) {
        const words = await controller.readMemory(program, memory);
        for (let bucket = 0; bucket < words.length; bucket++) {
          const word = words[bucket] as number;
          const [expected, actual] = [values[bucket] as number, reading(word)];
          if (expected !== actual) return { kind: 'memory', program, memory, bucket, expected, word, actual };
        }
      }
    }
    return undefined;
  }

  private copy({ bytes, usedBytes }: PacketBatch): void {
    if (this.copies.length < usedBytes) {
      this.copies = new Uint8Array(bytes.length);
      this.before = new Uint8Array(bytes.length);
    }
    this.copies.set(bytes.subarray(0, usedBytes));
    this.before.set(bytes.subarray(0, usedBytes));
  }

  /** Whether the copies of a packet are those of a group, in order, each with these bytes. */
  private isCopied(group: number, batch: PacketBatch, i: number, bytes: Uint8Array): boolean {
    const ports = this.emulator.tables.replication.copies(group)?.ports;
    const left = leftOf(batch, i);
    return (
      ports?.length === left.length &&
      left.every(
        ({ packets, place }, copy) =>
          packets.egressPort[place] === ports[copy] && Buffer.compare(packetBytes(packets, place), bytes) === 0,
      )
    );
  }

  private compare(batch: PacketBatch, i: number): Difference | undefined {
    const { view, copies } = this;
    const start = batch.offset[i] as number;
    const end = start + (batch.capturedLength[i] as number);
    const ingressPort = batch.ingressPort[i] as number;
    view.load(copies, start, end, ingressPort);
    view.arrival = this.total;
    view.timestamp = timestampOf(batch, i);
    view.queueNs = this.queueNs(this.total);
    const program = programFor(this.programs, view);
    const decision = program?.function.handle(view) ?? DEFAULT_PORT;
    const group = groupOf(decision);
    const port = group !== undefined ? COPIED : decision === DEFAULT_PORT ? defaultPort(ingressPort) : decision;
    if (program !== undefined) addTo(this.packets, program.name);
    const actualPort = batch.egressPort[i] as number;
    const isSame =
      port === actualPort &&
      batch.programId[i] === (program?.programId ?? 0) &&
      (port === DROPPED ||
        (group === undefined
          ? isEqual(copies, batch.bytes, start, end)
          : this.isCopied(group, batch, i, copies.subarray(start, end))));
    if (isSame) return undefined;
    return {
      kind: 'packet',
      number: this.total + 1,
      ingressPort,
      queueNs: view.queueNs,
      packet: this.before.slice(start, end),
      expected: { program: program?.name, port, bytes: copies.slice(start, end) },
      actual: {
        program: this.names.get(batch.programId[i] as number),
        port: actualPort,
        bytes: batch.bytes.slice(start, end),
      },
    };
  }
}

/** The low 32 bits of a packet's nanoseconds. */
function timestampOf({ timeSeconds, timeNanoseconds }: PacketBatch, i: number): number {
  const seconds = BigInt(must(timeSeconds[i], `time of packet ${i}`));
  return Number(BigInt.asUintN(32, seconds * 1_000_000_000n + BigInt(must(timeNanoseconds[i], `time of packet ${i}`))));
}

/** Egress port of the harness's default forwarding: the neighbour of a port. */
const defaultPort = (ingressPort: number): number => (ingressPort < FRONT_PORTS ? ingressPort ^ 1 : DROPPED);

function isEqual(a: Uint8Array, b: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (a[at] !== b[at]) return false;
  return true;
}
