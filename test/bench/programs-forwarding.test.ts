/** The programs that forward or mark: lb, l2, l3, tn, ecn. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { frame } from '../sim/frames.js';
import { address, type Flow, fields, flowFromInside, packetOf, reversed, toMac, tupleBytes } from './packets.js';
import { ProgramSwitch, programText } from './program-switch.js';

/** A flow to 10.0.0.0/24. */
const flowToInside = (n: number): Flow => reversed(flowFromInside(n));

test('lb: every packet of a flow goes to the one server that its hash picks', async () => {
  const network = await ProgramSwitch.ofKey('lb');
  const ports = Array.from({ length: 256 }, (_, bucket) => (bucket * 7) % 2);
  const addresses = Array.from({ length: 256 }, (_, bucket) => address(172, 20, 1, bucket));
  await network.controller.writeMemory('lb', 'port', ports);
  await network.controller.writeMemory('lb', 'address', addresses);
  const hash = network.hashOf('HASH_5_TUPLE_MEM(port)');
  const servers = new Set<number>();
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 150; n++) {
      const flow = flowToInside(n);
      const bucket = hash.digest(tupleBytes(flow), 13) % 256;
      const packet = packetOf(flow, 10 * round);
      const { port, bytes } = network.send(packet, 1 + (n % 4));
      assert.is(port, ports[bucket], `flow ${n}, round ${round}`);
      assert.is(fields(bytes).dst, addresses[bucket], `flow ${n}, round ${round}`);
      assert.equal({ ...fields(bytes), dst: 0 }, { ...fields(packet), dst: 0 });
      servers.add(bucket);
    }
  }
  assert.ok(servers.size > 75, `${servers.size} servers for 150 flows`);
  assert.equal([...(await network.memory('port'))], ports, 'reading changes nothing');
  assert.equal([...(await network.memory('address'))], addresses);
});

test('lb: packets of other prefixes stay unchanged', async () => {
  const network = await ProgramSwitch.ofKey('lb');
  const packet = packetOf({ ...flowToInside(1), dst: address(10, 0, 1, 5) });
  assert.equal(network.send(packet, 2), { port: 12, bytes: packet, programId: 0 });
});

test('l2: address and ingress port together pick the rule', async () => {
  const network = await ProgramSwitch.ofKey('l2');
  const [first, second] = [0x020000000001, 0x020000000002];
  const cases: readonly (readonly [mac: number, ingress: number, egress: number, program: number])[] = [
    [first, 1, 2, 1],
    [second, 2, 1, 2],
    [first, 2, 12, 0],
    [second, 1, 11, 0],
    [first, 3, 13, 0],
    [0x020000000003, 1, 11, 0],
    [0xffffffffffff, 2, 12, 0],
  ];
  for (const payload of [frame(), packetOf(flowFromInside(3)), frame({ vlans: [5], tunnel: 1 })]) {
    for (const [mac, ingress, port, programId] of cases) {
      const bytes = toMac(payload, mac);
      assert.equal(network.send(bytes, ingress), { port, bytes, programId }, `${mac.toString(16)} on ${ingress}`);
    }
  }
});

test('l3: each prefix has its port', async () => {
  const network = await ProgramSwitch.ofKey('l3');
  for (const [dst, port] of [
    [address(10, 0, 0, 0), 1],
    [address(10, 0, 0, 255), 1],
    [address(10, 0, 1, 7), 2],
    [address(10, 0, 2, 7), 13],
    [address(11, 0, 0, 7), 13],
  ] as const) {
    const packet = packetOf({ ...flowToInside(4), dst });
    const { port: left, bytes } = network.send(packet, 3);
    assert.is(left, port);
    assert.equal(bytes, packet);
  }
  const plain = frame({ ipv4: { dst: address(10, 0, 1, 9), protocol: 1 } });
  assert.is(network.send(plain, 3).port, 2, 'packets without ports too');
});

test('tn: the destination of the tunnel picks the port', async () => {
  const network = await ProgramSwitch.ofKey('tn');
  for (const [id, port] of [
    [1, 1],
    [2, 2],
    [3, 14],
    [0x0101, 14],
  ] as const) {
    const packet = frame({ tunnel: id });
    const { port: left, bytes } = network.send(packet, 4);
    assert.is(left, port, `id ${id}`);
    assert.equal(bytes, packet);
  }
  assert.is(network.send(packetOf(flowFromInside(1)), 4).programId, 0, 'no tunnel, no rule');
});

test('ecn: without time in a queue nothing is marked', async () => {
  const network = await ProgramSwitch.ofKey('ecn');
  for (const ecn of [0, 1, 2, 3]) {
    const packet = packetOf(flowFromInside(ecn), 4, ecn);
    assert.equal(network.send(packet, 1), { port: 11, bytes: packet, programId: 1 });
  }
});

test('ecn: at the threshold, packets of capable ends are marked', async () => {
  // There is no timing model yet: all packets have spent 0 ns in the queue, so the threshold comes to them.
  const text = programText('ecn').replaceAll('10000', '0');
  assert.is.not(text, programText('ecn'));
  const network = await ProgramSwitch.of(text);
  for (const [ecn, marked] of [
    [0, 0],
    [1, 3],
    [2, 3],
    [3, 3],
  ]) {
    for (const n of [0, 1]) {
      const packet = packetOf(flowFromInside(n), 4, ecn);
      const { port, bytes } = network.send(packet, 1);
      assert.is(port, 11);
      assert.equal(fields(bytes), { ...fields(packet), ecn: marked }, `ecn ${ecn}`);
    }
  }
  const outside = packetOf(reversed(flowFromInside(0)), 4, 1);
  assert.equal(network.send(outside, 1).bytes, outside, 'another source prefix');
});

test.run();
