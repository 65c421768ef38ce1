/** Bytes that no sender should send, through switches with all the programs deployed. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Switch } from '../../sim/index.js';
import { appendPacketBytes, createPacketBatch, type PacketBatch } from '../../traces/index.js';
import { type FrameOptions, frame } from './frames.js';
import { installAllPrograms } from './hostile-switch.js';
import { dataPlane, property } from './test-switch.js';

const GUARD = 0xa5;
const GUARD_BYTES = new Uint8Array(64).fill(GUARD);

/** Packets, each between two guards that are packets too but are never processed. */
function guarded(packets: readonly Uint8Array[]): PacketBatch {
  const bytes = packets.reduce((sum, packet) => sum + packet.length + 80, 128);
  const batch = createPacketBatch(packets.length * 2 + 1, bytes);
  appendPacketBytes(batch, GUARD_BYTES);
  for (const packet of packets) {
    appendPacketBytes(batch, packet, 1);
    appendPacketBytes(batch, GUARD_BYTES);
  }
  return batch;
}

/** Processes the packets and asserts that no byte outside them has changed. */
function processUnharmed(emulator: Switch, packets: readonly Uint8Array[]): void {
  const batch = guarded(packets);
  const before = batch.bytes.slice();
  for (let i = 1; i < batch.count; i += 2) {
    emulator.process(batch, i, i + 1);
    const from = batch.offset[i] ?? 0;
    const to = from + (batch.capturedLength[i] ?? 0);
    before.set(batch.bytes.subarray(from, to), from);
  }
  assert.ok(Buffer.compare(before, batch.bytes) === 0, 'bytes outside the packets have changed');
}

const VALID: readonly FrameOptions[] = [
  { udp: { dst: 7777 }, l5: [1, 0x8888, 0, 7] },
  { udp: { dst: 7778 }, l5: [1, 0x8888, 0, 7] },
  { udp: { dst: 8888 }, l5: [1, 5, 6, 7] },
  { udp: { dst: 9999 }, l5: [2, 5, 6, 7], payload: [1, 2, 3] },
  { tcp: { word4: 0x50020000 }, payload: [1, 2, 3, 4, 5] },
  { vlans: [3], ipv4: { ihl: 9, src: 0x0a000001, dst: 0x0a020202 }, tcp: {} },
  { tunnel: 5, payload: [4, 4] },
  { ipv4: { protocol: 1 } },
];

const randomBytes = fc.uint8Array({ minLength: 0, maxLength: 2000 });
/** Random bytes that parse a long way: a valid frame's beginning. */
const mutated = fc
  .record({
    packet: fc.constantFrom(...VALID).map(frame),
    changes: fc.array(fc.tuple(fc.nat(99), fc.nat(255)), { maxLength: 6 }),
    length: fc.option(fc.nat(120), { freq: 3 }),
    tail: fc.uint8Array({ maxLength: 30 }),
  })
  .map(({ packet, changes, length, tail }) => {
    const bytes = Uint8Array.from([...packet, ...tail]);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes.subarray(0, length ?? bytes.length);
  });

for (const [name, least] of [
  ['default', 15],
  ['published', 5],
] as const) {
  const { emulator, programs } = installAllPrograms(dataPlane(name));

  test(`${name}: at least ${least} programs are deployed`, () => assert.ok(programs >= least, `${programs}`));

  test(`${name}: random bytes of all lengths`, () => {
    const batches = fc.array(randomBytes, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(batches, (packets) => processUnharmed(emulator, packets)),
      property(250),
    );
    processUnharmed(
      emulator,
      Array.from({ length: 2001 }, (_, length) => new Uint8Array(length).fill(length)),
    );
  });

  test(`${name}: mutated valid packets`, () => {
    const batches = fc.array(mutated, { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(batches, (packets) => processUnharmed(emulator, packets)),
      property(600),
    );
  });

  test(`${name}: valid packets cut off at every byte`, () => {
    for (const bytes of VALID.map(frame)) {
      processUnharmed(
        emulator,
        Array.from({ length: bytes.length + 1 }, (_, length) => bytes.subarray(0, length)),
      );
    }
  });

  test(`${name}: programs did run`, () => {
    const { counters } = emulator;
    assert.ok(counters.unmatched < counters.in);
    assert.is(counters.in, counters.out + counters.dropped);
  });
}

test.run();
