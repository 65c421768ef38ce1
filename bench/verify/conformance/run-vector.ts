/** Runs a conformance vector on the emulator and reports the first difference. */
import { appendTo } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { type EngineName, Switch } from '../../../sim/index.js';
import { openCapture } from '../../../traces/captures/open-capture.js';
import { clearPacketBatch, createPacketBatch, packetBytes } from '../../../traces/packets/packet-batch.js';
import { forEachLeft } from '../../../traces/packets/packet-copies.js';
import type { ConformanceVector } from './vector.js';

export type Difference =
  /** The first different packet of a port; null for a packet that is missing. */
  | {
      readonly kind: 'packet';
      readonly port: number;
      readonly index: number;
      readonly expected: string | null;
      readonly actual: string | null;
    }
  | {
      readonly kind: 'register';
      readonly rpb: number;
      readonly bucket: number;
      readonly expected: number;
      readonly actual: number;
    };

export interface VectorResult {
  readonly name: string;
  readonly packets: number;
  readonly packetDifferences: number;
  readonly registerDifferences: number;
  readonly first: Difference | null;
}

const BATCH = { packets: 1024, bytes: 2 ** 20 };

/** @throws {CaptureError} for a capture that cannot be read, {@link TargetError} for entries that the switch refuses */
export async function runVector(vector: ConformanceVector, engine: EngineName): Promise<VectorResult> {
  const emulator = new Switch(vector.dataPlane, { engine });
  for (const entry of vector.entries) emulator.apply({ kind: 'insertEntry', entry });
  const actual = await packetsByPort(vector, emulator);
  const differences = [...comparePackets(vector, actual), ...compareRegisters(vector, emulator)];
  const count = (kind: Difference['kind']): number =>
    differences.filter((difference) => difference.kind === kind).length;
  return {
    name: vector.name,
    packets: emulator.counters.in,
    packetDifferences: count('packet'),
    registerDifferences: count('register'),
    first: differences[0] ?? null,
  };
}

async function packetsByPort(vector: ConformanceVector, emulator: Switch): Promise<Map<number, string[]>> {
  const byPort = new Map<number, string[]>();
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  const reader = await openCapture(vector.capture);
  try {
    while ((await reader.readInto(batch, { ingressPort: vector.ingressPort })) > 0) {
      emulator.process(batch);
      forEachLeft(batch, (packets, i) => {
        const port = must(packets.egressPort[i], 'port of a packet');
        appendTo(byPort, port, Buffer.from(packetBytes(packets, i)).toString('hex'));
      });
      clearPacketBatch(batch);
    }
  } finally {
    await reader.close();
  }
  return byPort;
}

function* comparePackets(vector: ConformanceVector, actual: ReadonlyMap<number, string[]>): Generator<Difference> {
  const expected = new Map<number, string[]>();
  for (const [port, hex] of vector.packets) appendTo(expected, port, hex);
  for (const port of [...new Set([...expected.keys(), ...actual.keys()])].sort((a, b) => a - b)) {
    const wanted = expected.get(port) ?? [];
    const got = actual.get(port) ?? [];
    for (let index = 0; index < Math.max(wanted.length, got.length); index++) {
      if (wanted[index] === got[index]) continue;
      yield { kind: 'packet', port, index, expected: wanted[index] ?? null, actual: got[index] ?? null };
    }
  }
}

function* compareRegisters(vector: ConformanceVector, emulator: Switch): Generator<Difference> {
  for (const rpb of emulator.dataPlane.rpbs) {
    const words = emulator.memory.range(rpb.number, 0, rpb.buckets);
    // Of more than a million words a vector names few: looked up by name, the others would take most of a run.
    const expected = new Float64Array(words.length);
    for (const [bucket, word] of Object.entries(vector.registers[String(rpb.number)] ?? {})) {
      expected[Number(bucket)] = word;
    }
    for (const bucket of differing(expected, words)) {
      const word = (of: Float64Array | Uint32Array): number => must(of[bucket], 'word of a register');
      yield { kind: 'register', rpb: rpb.number, bucket, expected: word(expected), actual: word(words) };
    }
  }
}

/** Places at which two arrays differ. A loop in a generator is interpreted; this one is compiled. */
function differing(a: Float64Array, b: Uint32Array): number[] {
  const places: number[] = [];
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) places.push(i);
  return places;
}
