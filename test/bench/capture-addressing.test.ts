/** How packets of a capture are addressed to programs: they reach one, flows stay together, checksums stay right. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureAddressing } from '../../bench/workloads/capture-addressing.js';
import { dataPlaneOf } from '../../bench/workloads/program-data-planes.js';
import { PROGRAM_KEYS } from '../../bench/workloads/program-kind.js';
import { type Arrival, loadWorkload } from '../../bench/workloads/workload.js';
import { analyse, DEFAULT_RECIRCULATIONS, defaultDataPlane, lower } from '../../compiler/index.js';
import { appendPacketBytes, createPacketBatch, type PacketBatch, packetBytes } from '../../traces/index.js';
import { Rig } from '../hw-driver/fifteen.js';
import { itemAt } from '../item-at.js';
import { checksumsOf, frame } from '../sim/frames.js';
import { ipv6Frame } from '../sim/ipv6-frames.js';
import { dataPlane } from '../sim/test-switch.js';
import { address, type Flow, fields, packetOf, reversed, toMac } from './packets.js';

const defaultPlane = defaultDataPlane();

/** A switch that runs these arrivals, and the addressing of packets to them. */
async function deployed(arrivals: readonly Arrival[], plane = defaultPlane) {
  const rig = new Rig(undefined, plane);
  const addressable = [];
  for (const { source, number, address: marks } of arrivals) {
    const analysis = analyse(source, plane);
    const program = itemAt(analysis.programs, 0);
    const lowered = lower(program, plane, DEFAULT_RECIRCULATIONS);
    await rig.controller.deploy(lowered, analysis.sourceHash, { filterPriority: number });
    addressable.push({ program, address: marks });
  }
  return { rig, addressing: new CaptureAddressing(plane, addressable) };
}

async function arrivalsOf(name: string, count: number, plane = defaultPlane): Promise<Arrival[]> {
  const workload = await loadWorkload({ name, memoryBytes: 1024, cases: 2, seed: '3', dataPlane: plane });
  return Array.from({ length: count }, (_, n) => workload.arrival(n));
}

/** Conversation n of a capture from somewhere: nothing in it knows of the programs. */
const conversation = (n: number): Flow => ({
  src: address(131, 7 + (n % 3), n % 256, 4),
  dst: address(8, 8, n % 5, n % 11),
  srcPort: 1025 + n * 13,
  dstPort: itemAt([80, 443, 53, 7777, 9999], n % 5),
  protocol: n % 2 === 0 ? 17 : 6,
});

const FLOWS = 120;

const otherKinds = (n: number): Uint8Array[] => [
  frame({ ipv4: { src: address(9, 9, 9, n), dst: address(7, 7, n, 7), protocol: 1 }, payload: [8, 0, n] }),
  frame({ tunnel: n, payload: [n, n] }),
  toMac(frame({ payload: [n, 1, 2] }), 0x0c0000000000 + n),
  ipv6Frame({
    source: [0x20, 1, ...new Array<number>(13).fill(0), n],
    destination: [0x20, 2, ...new Array<number>(14).fill(7)],
    extensions: n % 2 === 0 ? [] : [{ kind: 'hop-by-hop' }],
    transport: n % 3 === 0 ? 'tcp' : 'udp',
    payload: [],
  }).bytes,
];

/** Both directions of all conversations, and what is neither TCP nor UDP. */
function capture(): PacketBatch {
  const batch = createPacketBatch(2000, 2 ** 19);
  for (let n = 0; n < FLOWS; n++) {
    const flow = conversation(n);
    for (const packet of [packetOf(flow, n % 90), packetOf(reversed(flow), 20), packetOf(flow, 30, 1)]) {
      appendPacketBytes(batch, packet, n % 4);
    }
    for (const packet of otherKinds(n)) appendPacketBytes(batch, packet, n % 4);
  }
  return batch;
}
const PACKETS_PER_FLOW = 7;

test('with programs of all kinds, every packet runs one', async () => {
  const { rig, addressing } = await deployed(await arrivalsOf('all-mixed', 80));
  const batch = capture();
  addressing.address(batch);
  rig.emulator.process(batch);
  const none = Array.from({ length: batch.count }, (_, i) => i).filter((i) => batch.programId[i] === 0);
  assert.equal(none, []);
  assert.ok(new Set(batch.programId.subarray(0, batch.count)).size > 40, 'the packets are spread over the programs');
});

test('all packets of a flow, both ways, go to one program', async () => {
  for (const name of ['all-mixed', 'sf', 'lb']) {
    const { rig, addressing } = await deployed(await arrivalsOf(name, 40));
    const batch = capture();
    addressing.address(batch);
    rig.emulator.process(batch);
    for (let n = 0; n < FLOWS; n++) {
      const ids = batch.programId.subarray(n * PACKETS_PER_FLOW, n * PACKETS_PER_FLOW + 3);
      assert.is(new Set(ids).size, 1, `${name}: flow ${n} runs ${[...ids]}`);
    }
  }
});

test('for a firewall, the two directions of a flow keep exchanged addresses and ports', async () => {
  const { addressing } = await deployed(await arrivalsOf('sf', 10));
  const batch = createPacketBatch(400, 2 ** 17);
  for (let n = 1; n < 100; n += 2) {
    appendPacketBytes(batch, packetOf(conversation(n)));
    appendPacketBytes(batch, packetOf(reversed(conversation(n))));
  }
  addressing.address(batch);
  for (let i = 0; i < batch.count; i += 2) {
    const [there, back] = [fields(packetBytes(batch, i)), fields(packetBytes(batch, i + 1))];
    assert.equal(
      [there.src, there.dst, there.srcPort, there.dstPort],
      [back.dst, back.src, back.dstPort, back.srcPort],
    );
    assert.is([there.src, there.dst].filter((end) => end >>> 24 === 10).length, 1, 'one end is inside');
  }
});

for (const key of PROGRAM_KEYS) {
  test(`${key}: the packets that it can take reach it`, async () => {
    const plane = dataPlaneOf(key);
    const { rig, addressing } = await deployed(await arrivalsOf(key, 8, plane), plane);
    const batch = capture();
    const before = Array.from({ length: batch.count }, (_, i) => packetBytes(batch, i).slice());
    addressing.address(batch);
    rig.emulator.classify(batch, 0, batch.count);
    let reached = 0;
    for (let i = 0; i < batch.count; i++) {
      if (batch.programId[i] !== 0) reached++;
      else assert.equal(packetBytes(batch, i), before[i], `packet ${i} is for no program and stays as it is`);
    }
    // UDP and TCP conversations of three packets each, half and half; ICMP; tunnels; plain Ethernet; IPv6.
    const ofOneProtocol = [
      'sf',
      'cache',
      'nc',
      'calc',
      'acc',
      'netlock',
      'sequencer',
      'cheetah',
      'dtree',
      'pint',
      'switchml',
      'rtt',
    ];
    const shares: Partial<Record<string, number>> = { l2: 7, tn: 1, hh6: 1 };
    if (ofOneProtocol.includes(key)) shares[key] = 1.5;
    assert.is(reached, FLOWS * (shares[key] ?? 4), 'as many as there are of its kind');
  });
}

test('checksums that were right stay right', async () => {
  for (const name of ['all-mixed', 'cache', 'sf', 'lb']) {
    const { addressing } = await deployed(await arrivalsOf(name, 60));
    const batch = capture();
    addressing.address(batch);
    for (let i = 0; i < batch.count; i++) {
      const bytes = packetBytes(batch, i);
      if (i % PACKETS_PER_FLOW < 3) assert.equal(checksumsOf(bytes), { ipv4: true, transport: true }, `${name} ${i}`);
      if (i % PACKETS_PER_FLOW === 3) assert.is(checksumsOf(bytes).ipv4, true, `${name} ${i}`);
    }
  }
});

test('a wrong transport checksum keeps its error, and an absent one stays absent', async () => {
  const { addressing } = await deployed(await arrivalsOf('lb', 5));
  const batch = createPacketBatch(10, 4096);
  const wrong = packetOf(conversation(2));
  wrong[41] = itemAt(wrong, 41) ^ 0x55;
  appendPacketBytes(batch, wrong);
  const { src, dst } = conversation(4);
  appendPacketBytes(batch, frame({ ipv4: { src, dst }, udp: { checksum: 'none' } }));
  addressing.address(batch);
  assert.is(checksumsOf(packetBytes(batch, 0)).transport, false);
  assert.is(checksumsOf(packetBytes(batch, 1)).transport, 'none');
});

test('the same capture is addressed in the same way, whole or in parts', async () => {
  const { addressing } = await deployed(await arrivalsOf('all-mixed', 30));
  const whole = capture();
  addressing.address(whole);
  const parts = createPacketBatch(2000, 2 ** 19);
  const untouched = capture();
  for (let i = 0; i < untouched.count; i++) {
    appendPacketBytes(parts, packetBytes(untouched, i), untouched.ingressPort[i]);
    addressing.address(parts, i);
  }
  assert.equal(parts.bytes.slice(0, parts.usedBytes), whole.bytes.slice(0, whole.usedBytes));
  assert.equal([...parts.ingressPort], [...whole.ingressPort]);
});

test('packets cut at any byte are addressed without an exception', async () => {
  const { rig, addressing } = await deployed(await arrivalsOf('all-mixed', 30));
  const batch = createPacketBatch(500, 2 ** 17);
  for (const packet of [packetOf(conversation(2), 20), packetOf(conversation(3), 20), ...otherKinds(1)]) {
    for (let length = 0; length <= packet.length; length++) appendPacketBytes(batch, packet.slice(0, length));
  }
  addressing.address(batch);
  rig.emulator.process(batch);
  assert.is(rig.emulator.counters.in, batch.count);
});

test('the checksum of an IPv4 header that is cut in its options does not hang on what lies behind the packet', () => {
  const chip = dataPlane('tofino1');
  const program = itemAt(analyse('program p(<hdr.ipv4.dst, 10.0.0.0, 0xff000000>) { FORWARD(1); }', chip).programs, 0);
  const packet = frame({
    ipv4: { ihl: 10, src: address(1, 2, 3, 4), dst: address(5, 6, 7, 8) },
    payload: [1, 2, 3, 4],
  });
  const addressed = [0, 1].map((behind) => {
    const batch = createPacketBatch(1, 256);
    batch.bytes.fill(behind);
    appendPacketBytes(batch, packet.slice(0, 38), 1);
    new CaptureAddressing(chip, [{ program, address: { forward: [], reverse: [] } }]).address(batch);
    return packetBytes(batch, 0).slice();
  });
  const [first, second] = [itemAt(addressed, 0), itemAt(addressed, 1)];
  assert.is(first[30], 10);
  assert.equal(first, second);
});

test.run();
