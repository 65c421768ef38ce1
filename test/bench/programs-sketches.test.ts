/** The programs that measure: cms, bf, sm, hll, hh. Their memory against a plain computation with the same hashes. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProgramKey } from '../../bench/workloads/program-kind.js';
import { itemAt } from '../item-at.js';
import { type Flow, fields, flowFromInside, packetOf, reversed, tupleBytes } from './packets.js';
import { CPU_PORT, ProgramSwitch } from './program-switch.js';

const FLOWS = 180;
const PACKETS = 1500;
const TUPLE_BYTES = 13;

/** Flow and payload of packet n: some flows often, some seldom, in mixed order. */
const flowNumber = (n: number): number => Math.floor((FLOWS * ((n * 7919) % 1009) ** 2) / 1009 ** 2);
const payloadBytes = (n: number): number => (n * 31) % 200;

/** A sketch of three rows: what each packet makes of the bucket that its hash picks. */
async function checkRows(key: ProgramKey, update: (old: number, packet: Uint8Array) => number): Promise<void> {
  const network = await ProgramSwitch.ofKey(key);
  const rows = ['row1', 'row2', 'row3'].map((name) => ({
    name,
    hash: network.hashOf(`HASH_5_TUPLE_MEM(${name})`),
    words: new Uint32Array(256),
  }));
  for (let n = 0; n < PACKETS; n++) {
    const flow = flowFromInside(flowNumber(n));
    const packet = packetOf(flow, payloadBytes(n));
    assert.equal(network.send(packet, 1), { port: 11, bytes: packet, programId: 1 });
    network.send(packetOf(reversed(flow), 4), 1);
    for (const { hash, words } of rows) {
      const bucket = hash.digest(tupleBytes(flow), TUPLE_BYTES) % words.length;
      words[bucket] = update(itemAt(words, bucket), packet);
    }
  }
  for (const { name, words } of rows) assert.equal([...(await network.memory(name))], [...words], name);
  const places = rows.map(({ words }) => [...words.keys()].filter((bucket) => itemAt(words, bucket) > 0).join());
  assert.is(new Set(places).size, rows.length, 'the rows hash differently');
}

test('cms: each row counts the packets of a flow', () => checkRows('cms', (old) => old + 1));

test('bf: each row marks the flow', () => checkRows('bf', () => 1));

test('sm: each row keeps the longest packet of a flow', () =>
  checkRows('sm', (old, packet) => Math.max(old, fields(packet).totalLength)));

/** The place of the first 1 among the 11 bits above the low 5, from 1; 12 without one. */
function rankOf(hash: number): number {
  for (let rank = 1; rank <= 11; rank++) if ((hash >>> (4 + rank)) & 1) return rank;
  return 12;
}

test('hll: each bucket keeps the largest rank of its flows', async () => {
  const network = await ProgramSwitch.ofKey('hll');
  const hash = network.hashOf('HASH_5_TUPLE;');
  const expected = new Uint32Array(32);
  const ranks = new Set<number>();
  for (let n = 0; n < 4000; n++) {
    const flow = flowFromInside(n);
    const packet = packetOf(flow);
    assert.equal(network.send(packet, 1), { port: 11, bytes: packet, programId: 1 });
    const value = hash.digest(tupleBytes(flow), TUPLE_BYTES);
    ranks.add(rankOf(value));
    expected[value & 31] = Math.max(itemAt(expected, value & 31), rankOf(value));
    if (n % 500 === 0) assert.equal([...(await network.memory('rank'))], [...expected], `after ${n + 1} flows`);
  }
  assert.equal([...(await network.memory('rank'))], [...expected]);
  assert.ok(ranks.size >= 10, `${ranks.size} ranks`);
});

test('hll: packets of one flow count once', async () => {
  const network = await ProgramSwitch.ofKey('hll');
  for (let n = 0; n < 10; n++) network.send(packetOf(flowFromInside(5), n));
  assert.is([...(await network.memory('rank'))].filter((word) => word > 0).length, 1);
});

const THRESHOLD = 1024;

/** Small flows that share no bucket of either row with flow 0. */
function flowsApart(network: ProgramSwitch, wanted: number): Flow[] {
  const hashes = ['count1', 'count2'].map((row) => network.hashOf(`HASH_5_TUPLE_MEM(${row})`));
  const buckets = (flow: Flow): number[] => hashes.map((hash) => hash.digest(tupleBytes(flow), TUPLE_BYTES) % 256);
  const heavy = buckets(flowFromInside(0));
  const candidates = Array.from({ length: 200 }, (_, n) => flowFromInside(n + 1));
  return candidates.filter((flow) => buckets(flow).every((bucket, row) => bucket !== heavy[row])).slice(0, wanted);
}

test('hh: a flow is reported once, with its 1,024th packet, and no other flow', async () => {
  const network = await ProgramSwitch.ofKey('hh');
  const others = flowsApart(network, 40);
  assert.is(others.length, 40);
  for (let n = 1; n <= 2 * THRESHOLD + 100; n++) {
    const packet = packetOf(flowFromInside(0), n % 9);
    const { port, bytes } = network.send(packet, 1);
    assert.is(port, n === THRESHOLD ? CPU_PORT : 11, `packet ${n}`);
    assert.equal(bytes, packet);
    assert.is(network.send(packetOf(itemAt(others, n % others.length)), 2).port, 12, 'a small flow');
  }
});

test('hh: two heavy flows are reported once each, also when they come mixed', async () => {
  const network = await ProgramSwitch.ofKey('hh');
  const second = itemAt(flowsApart(network, 1), 0);
  const reports: string[] = [];
  for (let n = 1; n <= 1500; n++) {
    if (network.send(packetOf(flowFromInside(0))).port === CPU_PORT) reports.push(`first ${n}`);
    if (network.send(packetOf(second)).port === CPU_PORT) reports.push(`second ${n}`);
  }
  assert.equal(reports, [`first ${THRESHOLD}`, `second ${THRESHOLD}`]);
});

test('hh: one row alone does not report', async () => {
  const network = await ProgramSwitch.ofKey('hh');
  const flow = flowFromInside(0);
  const bucket = (row: string) =>
    network.hashOf(`HASH_5_TUPLE_MEM(${row})`).digest(tupleBytes(flow), TUPLE_BYTES) % 256;
  const only = (index: number) => Uint32Array.from({ length: 256 }, (_, i) => (i === index ? 5000 : 0));
  await network.controller.writeMemory('hh', 'count1', only(bucket('count1')));
  assert.is(network.send(packetOf(flow)).port, 11);
  await network.controller.writeMemory('hh', 'count1', new Uint32Array(256));
  await network.controller.writeMemory('hh', 'count2', only(bucket('count2')));
  assert.is(network.send(packetOf(flow)).port, 11);
  await network.controller.writeMemory('hh', 'count1', only(bucket('count1')));
  assert.is(network.send(packetOf(flow)).port, CPU_PORT);
});

test.run();
