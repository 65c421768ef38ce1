/** Packets through a ring in shared memory: all come out as they went in, also around its end and when it is full. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HeldPackets, newRing, PacketFifo } from '../../../sim/network/index.js';
import { RingReader, RingWriter } from '../../../sim/network/parallel/shared-ring.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, packetBytes } from '../../../traces/index.js';
import { cases } from '../../tiers.js';

test('packets come out in order, with their bytes, times and marks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 9000 }), pull: fc.boolean() }), { maxLength: 120 }),
      (packets) => {
        const ring = newRing();
        const fifo = new PacketFifo(new HeldPackets(false), 3);
        const reader = new RingReader(ring, fifo);
        let waits = 0;
        const writer = new RingWriter(ring, () => {
          waits++;
          reader.pull();
        });
        const batch = createPacketBatch(1, 10_000);
        for (const [n, { bytes, pull }] of packets.entries()) {
          clearPacketBatch(batch);
          appendPacketBytes(batch, new Uint8Array(bytes).fill(n + 1), 0, n * 7);
          batch.timeNanoseconds[0] = n + 0x80000000;
          batch.marks[0] = n & 0xff;
          batch.originalLength[0] = bytes + 4;
          writer.put(batch, 0, n * 1000);
          writer.promise(n * 1000);
          if (pull) assert.is(reader.pull(), n * 1000);
        }
        reader.pull();
        assert.is(fifo.count, packets.length);
        for (const [n, { bytes }] of packets.entries()) {
          const { batch: held } = fifo.firstHeld;
          const i = fifo.firstIndex;
          assert.is(fifo.firstPs, n * 1000);
          assert.equal(packetBytes(held, i), new Uint8Array(bytes).fill(n + 1));
          const notes = [held.timeSeconds[i], held.timeNanoseconds[i], held.marks[i], held.originalLength[i]];
          assert.equal([...notes, held.ingressPort[i]], [n * 7, n + 0x80000000, n & 0xff, bytes + 4, 3]);
          fifo.shift();
        }
        const all = packets.reduce((sum, { bytes }) => sum + bytes, 0);
        if (all > 600_000 && packets.every(({ pull }) => !pull)) assert.ok(waits > 0);
      },
    ),
    { numRuns: cases(60) },
  );
});

test('a promise is news once, and says up to when nothing comes', () => {
  const ring = newRing();
  const writer = new RingWriter(ring, () => assert.unreachable());
  const reader = new RingReader(ring, new PacketFifo(new HeldPackets(false), 0));
  assert.is(reader.pull(), 0);
  assert.equal(
    [writer.promise(5), writer.promise(5), writer.promise(4), writer.promise(9)],
    [true, false, false, true],
  );
  assert.is(reader.pull(), 9);
  writer.promise(Number.POSITIVE_INFINITY);
  assert.is(reader.pull(), Number.MAX_SAFE_INTEGER);
});

test.run();
