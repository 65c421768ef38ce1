import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTrafficGenerator, type PacketTemplate, TrafficError } from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import type { ParsedFrame } from './frame-parser.js';
import { eachPacket, ethernet, fewAddresses, ipv4Udp, oneOf, udp, withoutUdp } from './traffic-fixtures.js';

const choice = suite('targets, variants, flows');
choice('every target is hit as often, every variant by its weight', () => {
  const counts = new Map<number, number>();
  const variant = (ingressPort: number, weight: number): PacketTemplate => ({ ...udp, ingressPort, weight });
  const targets = [oneOf(variant(0, 5)), oneOf(variant(1, 1), variant(2, 2), variant(3, 7)), oneOf(udp)];
  targets[2] = oneOf({ ...udp, ingressPort: 4 });
  eachPacket(targets, 30_000, (_, batch, i) => {
    counts.set(itemAt(batch.ingressPort, i), (counts.get(itemAt(batch.ingressPort, i)) ?? 0) + 1);
  });
  for (const [port, expected] of [10_000, 1000, 2000, 7000, 10_000].entries()) {
    // Five standard deviations of a binomial count.
    const deviation = Math.sqrt(expected * (1 - expected / 30_000));
    assert.ok(Math.abs((counts.get(port) ?? 0) - expected) < 5 * deviation, `port ${port}: ${counts.get(port)}`);
  }
});

const tupleOf = ({ ipv4 }: ParsedFrame): string =>
  `${ipv4?.protocol} ${ipv4?.source}:${ipv4?.sourcePort} ${ipv4?.destination}:${ipv4?.destinationPort}`;

for (const [name, ports, flows] of [
  ['one flow', { sourcePort: 1, destinationPort: 2 }, 1],
  ['all flows that 4 bits hold', { sourcePort: 1, destinationPort: 2 }, 16],
  ['some of 18 bits', { destinationPort: 2 }, 300],
  ['some of 32 bits', {}, 500],
] as const) {
  choice(`distinct 5-tuples: ${name}`, () => {
    const tuples = new Set<string>();
    eachPacket([oneOf({ ...udp, ipv4: fewAddresses, udp: ports, flows })], 12_000, (frame) => {
      tuples.add(tupleOf(frame));
    });
    assert.is(tuples.size, flows);
  });
}
choice('more than 32 free bits: still distinct, and every part varies', () => {
  const anywhere = { base: 0, hostMask: 0xffffffff };
  const tuples = new Set<string>();
  const ports = new Set<number>();
  const ipv4 = { source: anywhere, destination: anywhere, protocol: 17 };
  eachPacket([oneOf({ ...udp, ipv4, udp: {}, flows: 400 })], 10_000, (frame) => {
    tuples.add(tupleOf(frame));
    ports.add(frame.ipv4?.destinationPort ?? 0);
  });
  assert.is(tuples.size, 400);
  assert.ok(ports.size > 300);
});
choice('variants of a target share its flows, targets do not', () => {
  const tuples = [new Set<string>(), new Set<string>(), new Set<string>()];
  const at = (ingressPort: number): PacketTemplate => ({ ...udp, ingressPort });
  eachPacket([oneOf(at(0), at(1)), oneOf(at(2))], 6000, (frame, batch, i) => {
    itemAt(tuples, itemAt(batch.ingressPort, i)).add(tupleOf(frame));
  });
  assert.equal([...itemAt(tuples, 0)].sort(), [...itemAt(tuples, 1)].sort());
  assert.is.not(JSON.stringify([...itemAt(tuples, 0)].sort()), JSON.stringify([...itemAt(tuples, 2)].sort()));
});
choice.run();

const refusals = suite('traffic that cannot be generated');
const { ipv4: _, ...withoutIpv4 } = udp;
for (const [name, targets, code, field] of [
  ['no targets', [], 'nothing-to-send', 'targets'],
  ['no variants', [oneOf()], 'nothing-to-send', 'targets[0].variants'],
  ['weight 0', [oneOf({ ...udp, weight: 0 })], 'out-of-range', 'targets[0].variants[0].weight'],
  ['no flows', [oneOf({ ...udp, flows: 0 })], 'out-of-range', 'targets[0].variants[0].flows'],
  [
    'a MAC address of 49 bits',
    [oneOf(udp), oneOf(udp, { ...udp, ethernet: { ...ethernet, source: 2 ** 48 } })],
    'out-of-range',
    'targets[1].variants[1].ethernet.source',
  ],
  [
    'a signed address',
    [oneOf({ ...udp, ipv4: { ...ipv4Udp, source: { base: -1, hostMask: 0 } } })],
    'out-of-range',
    'targets[0].variants[0].ipv4.source.base',
  ],
  [
    'a maximum below the minimum',
    [oneOf({ ...udp, frameBytes: { minimum: 100, maximum: 99 } })],
    'out-of-range',
    'targets[0].variants[0].frameBytes.maximum',
  ],
  [
    'UDP with the number of TCP',
    [oneOf({ ...udp, ipv4: { ...ipv4Udp, protocol: 6 } })],
    'contradictory-headers',
    'targets[0].variants[0].ipv4.protocol',
  ],
  ['UDP and TCP', [oneOf({ ...udp, tcp: { flags: 0 } })], 'contradictory-headers', 'targets[0].variants[0].udp'],
  [
    'UDP without IPv4',
    [oneOf({ ...withoutIpv4, ethernet: { ...ethernet, etherType: 0x800 } })],
    'contradictory-headers',
    'targets[0].variants[0].udp',
  ],
  [
    'an ether type other than its header’s',
    [oneOf({ ...udp, ethernet: { ...ethernet, etherType: 0x86dd } })],
    'contradictory-headers',
    'targets[0].variants[0].ethernet.etherType',
  ],
  [
    'words without UDP',
    [oneOf({ ...withoutUdp, applicationWords: [1] })],
    'contradictory-headers',
    'targets[0].variants[0].applicationWords',
  ],
  [
    'a word of 33 bits',
    [oneOf({ ...udp, applicationWords: [1, 2 ** 32] })],
    'out-of-range',
    'targets[0].variants[0].applicationWords[1]',
  ],
  [
    'more flows than bits',
    [oneOf({ ...udp, ipv4: fewAddresses, udp: { sourcePort: 1, destinationPort: 2 }, flows: 17 })],
    'too-many-flows',
    'targets[0].variants[0].flows',
  ],
] as const) {
  refusals(name, () => {
    assert.throws(
      () => createTrafficGenerator({ targets, seed: 1, packetsPerSecond: 1 }),
      (thrown: unknown) => thrown instanceof TrafficError && thrown.code === code && thrown.field === field,
    );
  });
}
refusals('a rate of 0, a start between seconds', () => {
  const targets = [oneOf(udp)];
  assert.throws(() => createTrafficGenerator({ targets, seed: 1, packetsPerSecond: 0 }), /packetsPerSecond/);
  const options = { targets, seed: 1, packetsPerSecond: 1, startSeconds: 0.5 };
  assert.throws(() => createTrafficGenerator(options), /startSeconds/);
});
refusals.run();
