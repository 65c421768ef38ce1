/** The congestion mark in the bytes of a packet. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isMarked } from '../../bench/measure/timing/congestion-mark.js';
import { appendPacketBytes, createPacketBatch } from '../../traces/index.js';
import { flowFromInside, packetOf } from './packets.js';

function marked(bytes: Uint8Array): boolean {
  const batch = createPacketBatch(2, 4096);
  // Not at the start of the batch.
  for (const each of [new Uint8Array(60).fill(0xff), bytes]) appendPacketBytes(batch, each);
  return isMarked(batch, 1);
}

const ipv6 = (trafficClass: number): Uint8Array => {
  const bytes = new Uint8Array(54);
  bytes.set([0x86, 0xdd, 0x60 | (trafficClass >> 4), (trafficClass & 15) << 4], 12);
  return bytes;
};

test('ECN 3 is a mark, in IPv4 and IPv6, and no other value is', () => {
  for (const ecn of [0, 1, 2, 3]) {
    assert.is(marked(packetOf(flowFromInside(1), 100, ecn)), ecn === 3, `IPv4 ${ecn}`);
    assert.is(marked(ipv6(0xb8 | ecn)), ecn === 3, `IPv6 ${ecn}`);
  }
});

test('packets of other protocols, and cut ones, have none', () => {
  const other = packetOf(flowFromInside(1), 100, 3);
  other[13] = 6;
  assert.not(marked(other));
  assert.not(marked(packetOf(flowFromInside(1), 100, 3).subarray(0, 15)));
});

test.run();
