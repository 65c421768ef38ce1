/** Every conformance vector: what other implementations of the data plane made of the same entries and packets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ConformanceVector, findVectors } from '../../bench/verify/conformance/vector.js';
import { Switch } from '../../sim/index.js';
import { createPacketBatch, DROPPED, openCapture, type PacketBatch, packetBytes } from '../../traces/index.js';
import { sourceFile } from './test-switch.js';

/** In the setting of `published`, from elsewhere; and of `default`, where nobody forwards packets but programs. */
const GIVEN = { vectors: 20, packets: 150 };
const OWN = { vectors: 3, packets: 120 };

async function readPackets({ capture, ingressPort }: ConformanceVector): Promise<PacketBatch> {
  const batch = createPacketBatch(1000, 1 << 19);
  const reader = await openCapture(capture);
  try {
    await reader.readInto(batch, { ingressPort });
    assert.ok(reader.ended);
  } finally {
    await reader.close();
  }
  return batch;
}

/** `port bytes` of the packets that left, in order, by port. */
function byPort(packets: readonly (readonly [port: number, hex: string])[]): Record<string, string[]> {
  const ports: Record<string, string[]> = {};
  for (const [port, hex] of packets) ports[port] = [...(ports[port] ?? []), hex];
  return ports;
}

function registersOf(emulator: Switch): Record<string, Record<string, number>> {
  const registers: Record<string, Record<string, number>> = {};
  for (const { number, buckets } of emulator.dataPlane.rpbs) {
    const words = emulator.memory.range(number, 0, buckets);
    const found: Record<string, number> = {};
    words.forEach((word, bucket) => {
      if (word !== 0) found[bucket] = word;
    });
    if (Object.keys(found).length > 0) registers[number] = found;
  }
  return registers;
}

const given = await findVectors(sourceFile('test', 'conformance', 'vectors'));
const own = await findVectors(sourceFile('test', 'conformance', 'default'));

test('all vectors are there', () => {
  assert.equal([given.length, own.length], [GIVEN.vectors, OWN.vectors]);
  assert.ok([...given, ...own].every(({ packets }) => packets.length > 0));
});

test('vectors of default have memory in egress that packets which nobody forwards wrote', () => {
  for (const { registers, dataPlane, packets } of own) {
    const inEgress = Object.keys(registers).filter((rpb) => dataPlane.rpb(Number(rpb)).gress === 'egress');
    assert.ok(inEgress.length >= 2 && packets.length < OWN.packets);
  }
});

for (const [kind, vectors, { packets }] of [
  ['published', given, GIVEN],
  ['default', own, OWN],
] as const) {
  for (const vector of vectors) {
    test(`${kind}: vector ${vector.name}`, async () => {
      const emulator = new Switch(vector.dataPlane);
      for (const entry of vector.entries) emulator.apply({ kind: 'insertEntry', entry });
      const batch = await readPackets(vector);
      assert.is(batch.count, packets);
      emulator.process(batch);
      const left: [number, string][] = [];
      for (let i = 0; i < batch.count; i++) {
        const port = batch.egressPort[i] ?? DROPPED;
        if (port !== DROPPED) left.push([port, Buffer.from(packetBytes(batch, i)).toString('hex')]);
      }
      assert.equal(byPort(left), byPort(vector.packets));
      assert.equal(registersOf(emulator), vector.registers);
    });
  }
}

test.run();
