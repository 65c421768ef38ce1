/** Digests by WebAssembly are those of one packet at a time, which is done without. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestPacket, digestPackets, packetWords } from '../../sim/blocks/digest.js';
import { DigestKernel } from '../../sim/blocks/digest-kernel.js';
import { appendPacketBytes, createPacketBatch, DROPPED, type PacketBatch } from '../../traces/packets/packet-batch.js';
import { cases } from '../tiers.js';

function batchOf(lengths: readonly number[], isDropped: (i: number) => boolean): PacketBatch {
  const bytes = lengths.reduce((sum, length) => sum + length + 8, 0);
  const batch = createPacketBatch(lengths.length, bytes);
  lengths.forEach((length, i) => {
    appendPacketBytes(
      batch,
      Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, i + 77) >>> 3),
    );
    batch.egressPort[i] = isDropped(i) ? DROPPED : i;
  });
  return batch;
}

/** The digests of packets from one on, one at a time. */
function expected(batch: PacketBatch, from: number): number[] {
  const own: PacketBatch = { ...batch, digest: new Uint32Array(batch.digest.length) };
  for (let i = from; i < batch.count; i++) if (batch.egressPort[i] !== DROPPED) digestPacket(own, packetWords(own), i);
  return [...own.digest];
}

test('this machine has WebAssembly', () => assert.ok(DigestKernel.make()));

test('packets of any lengths, from any place on', () => {
  const length = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 1600 }));
  const property = fc.property(fc.array(length, { minLength: 16, maxLength: 90 }), fc.nat(20), (lengths, from) => {
    const batch = batchOf(lengths, (i) => i % 7 === 3);
    digestPackets(batch, from, batch.count, 0, 1);
    assert.equal([...batch.digest], expected(batch, from));
  });
  fc.assert(property, { seed: 20261129, numRuns: cases(60) });
});

test('more packets and bytes than the kernel takes at once, and one that is too long for it', () => {
  const lengths = Array.from({ length: 1500 }, (_, i) => (i === 700 ? 300_000 : i < 900 ? 1000 + (i % 9) : i % 64));
  const batch = batchOf(lengths, () => false);
  digestPackets(batch, 0, batch.count, 0, 1);
  assert.equal([...batch.digest], expected(batch, 0));
});

test('the digest of a known packet does not change', () => {
  const batch = batchOf(
    Array.from({ length: 16 }, () => 61),
    () => false,
  );
  digestPackets(batch, 0, 16, 0, 1);
  assert.equal([...batch.digest.subarray(0, 2)], [1535643768, 3153049676]);
});

test.run();
