/** Sketches in a switch, fed with flows that are counted on the side. */
import seedrandom from 'seedrandom';
import { type Deployment, deployWorkload, type LinkedProgram } from '../../bench/workloads/deployment.js';
import type { ProgramKey } from '../../bench/workloads/program-kind.js';
import { loadWorkload } from '../../bench/workloads/workload.js';
import { defaultDataPlane, priceAllocator } from '../../compiler/index.js';
import { Switch } from '../../sim/index.js';
import { insideNetwork } from '../../sim/made-packet/addresses.js';
import { appendPacket, clearPacketBatch, createPacketBatch, hasRoomFor } from '../../traces/index.js';
import { frame } from '../sim/frames.js';
import { tupleBytes } from './packets.js';

export const dataPlane = defaultDataPlane();
const HOSTS = 256;

/** Flows of an instance: distinct, and spread over all parts of the 5-tuple but the network and the protocol. */
export class Flows {
  private readonly template = frame({ ipv4: {}, udp: {} });
  private readonly tuples: Uint8Array;

  constructor(
    readonly instance: number,
    readonly count: number,
    seed: string,
  ) {
    const random = seedrandom.alea(`${seed}/${instance}`);
    const seen = new Set<string>();
    this.tuples = new Uint8Array(count * TUPLE_BYTES);
    for (let n = 0; n < count; ) {
      const word = (): number => Math.floor(random() * 2 ** 32);
      const ports = word();
      const tuple = tupleBytes({
        src: insideNetwork(instance) + (word() % HOSTS),
        dst: (0x80800000 | word()) >>> 0,
        srcPort: ports >>> 16,
        // Not a port behind which the parser looks for more.
        dstPort: ports & 0x0fff,
        protocol: 17,
      });
      const name = Buffer.from(tuple).toString('latin1');
      if (seen.has(name)) continue;
      seen.add(name);
      this.tuples.set(tuple, TUPLE_BYTES * n++);
    }
  }

  /** The 5-tuple of flow n, as the hash units see it. */
  tuple(n: number): Uint8Array {
    return this.tuples.subarray(n * TUPLE_BYTES, (n + 1) * TUPLE_BYTES);
  }

  /** Writes a packet of flow n; its checksums are not computed. */
  write(bytes: Uint8Array, at: number, n: number): void {
    bytes.set(this.template, at);
    const tuple = this.tuple(n);
    bytes.set(tuple.subarray(0, 8), at + ADDRESSES_AT);
    bytes.set(tuple.subarray(8, 12), at + PORTS_AT);
  }

  get packetBytes(): number {
    return this.template.length;
  }
}

const TUPLE_BYTES = 13;
const ADDRESSES_AT = 26;
const PORTS_AT = 34;

export class SketchSwitch {
  private readonly batch = createPacketBatch(2048, 2 ** 20);

  private constructor(
    readonly emulator: Switch,
    readonly deployment: Deployment,
  ) {}

  /** So many instances of a program, each somewhere else and with flows of its own. */
  static async of(key: ProgramKey, instances: number, memoryBytes: number): Promise<SketchSwitch> {
    const emulator = new Switch(dataPlane);
    const workload = await loadWorkload({ name: key, memoryBytes, cases: 2, seed: '1', dataPlane });
    const deployment = await deployWorkload(emulator, {
      workload,
      programs: instances,
      allocator: priceAllocator(),
      recirculations: 1,
      clock: () => 0,
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    return new SketchSwitch(emulator, deployment);
  }

  /** Packets of the flows with these numbers, in order. @returns the port that each left by */
  send(flows: Flows, numbers: Iterable<number>): number[] {
    const { batch, emulator } = this;
    const ports: number[] = [];
    const flush = (): void => {
      emulator.process(batch);
      for (let i = 0; i < batch.count; i++) ports.push(batch.egressPort[i] ?? 0);
      clearPacketBatch(batch);
    };
    for (const n of numbers) {
      if (!hasRoomFor(batch, flows.packetBytes)) flush();
      flows.write(batch.bytes, appendPacket(batch, flows.packetBytes, flows.packetBytes, 1, 0, 0), n);
    }
    flush();
    return ports;
  }

  program(instance: number): LinkedProgram {
    const program = this.deployment.programs[instance];
    if (program === undefined) throw new Error(`there is no instance ${instance}`);
    return program;
  }

  memory(instance: number, name: string): Promise<Uint32Array> {
    return this.deployment.controller.readMemory(this.program(instance).compiled.program, name);
  }
}

/** How many packets each flow sends: proportional to rank^-exponent, at least 1. */
export const skewedCounts = (flows: number, largest: number, exponent: number): number[] =>
  Array.from({ length: flows }, (_, n) => Math.max(1, Math.round(largest / (n + 1) ** exponent)));

/** Flow numbers, each as often as it should be, in an order drawn at random. */
export function shuffled(counts: readonly number[], seed: string): number[] {
  const random = seedrandom.alea(seed);
  const numbers = counts.flatMap((count, n) => new Array<number>(count).fill(n));
  for (let i = numbers.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j] ?? 0, numbers[i] ?? 0];
  }
  return numbers;
}
