/** Every conformance vector: what other implementations of the data plane made of the same entries and packets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFORMANCE_DATA_PLANE, type ConformanceVector, findVectors } from '../../bench/conformance/vector.js';
import { Switch } from '../../sim/index.js';
import { createPacketBatch, DROPPED, openCapture, type PacketBatch, packetBytes } from '../../traces/index.js';
import { sourceFile } from './test-switch.js';

const VECTORS = 20;

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

const vectors = await findVectors(sourceFile('test', 'conformance', 'vectors'));

test('all vectors are there', () => {
  assert.is(vectors.length, VECTORS);
  assert.ok(vectors.every(({ packets }) => packets.length > 0));
});

for (const vector of vectors) {
  test(`vector ${vector.name}`, async () => {
    const emulator = new Switch(CONFORMANCE_DATA_PLANE);
    for (const entry of vector.entries) emulator.apply({ kind: 'insertEntry', entry });
    const batch = await readPackets(vector);
    assert.is(batch.count, 150);
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

test.run();
