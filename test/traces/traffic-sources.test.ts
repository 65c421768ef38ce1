/**
 * Statistics of generated traffic. Seeds are fixed, so a test passes always or never; limits of chi-square are those
 * that one true sample in a thousand exceeds (by Wilson and Hilferty's approximation).
 */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EPHEMERAL_PORT_BASE, usablePort } from '../../traces/generate/flow-bits.js';
import {
  mixedStream,
  type PacketStream,
  type SourceKind,
  type TimedPacket,
  TRAFFIC_SOURCES,
  TrafficError,
  trafficStream,
  Zipf,
} from '../../traces/index.js';
import { checksumsOf } from '../sim/frames.js';

type Values = Readonly<Record<string, number>>;

function take(stream: PacketStream, packets: number): TimedPacket[] {
  return Array.from({ length: packets }, () => {
    const { value } = stream.next();
    if (value === undefined) throw new Error('the stream has ended');
    return value;
  });
}
const packetsOf = (kind: SourceKind, values: Values, count: number, seed = 'statistics'): TimedPacket[] =>
  take(trafficStream({ kind, values }, seed), count);

const view = ({ bytes }: TimedPacket): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const flowOf = ({ bytes }: TimedPacket): string => Buffer.from(bytes.subarray(26, 38)).toString('hex');
const keyOf = (packet: TimedPacket): number => view(packet).getUint32(46);

function countsOf<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** Of the normal distribution. */
const ONE_IN_A_THOUSAND = 3.09;

function assertFits(counts: readonly number[], expected: readonly number[], name: string): void {
  assert.ok(
    expected.every((count) => count >= 5),
    `${name}: a class too small for the test`,
  );
  const chiSquare = expected.reduce((sum, e, i) => sum + ((counts[i] ?? 0) - e) ** 2 / e, 0);
  const freedom = expected.length - 1;
  const limit = freedom * (1 - 2 / (9 * freedom) + ONE_IN_A_THOUSAND * Math.sqrt(2 / (9 * freedom))) ** 3;
  assert.ok(chiSquare < limit, `${name}: chi-square ${chiSquare.toFixed(1)}, limit ${limit.toFixed(1)}`);
}

/** That a share of a number of draws is as near as it is in all but one case of a thousand. */
function assertShare(hits: number, all: number, share: number, name: string): void {
  const deviations = Math.abs(hits - all * share) / Math.sqrt(all * share * (1 - share));
  assert.ok(deviations < 3.29, `${name}: ${hits} of ${all}, ${deviations.toFixed(1)} standard deviations off`);
}

const zipfShares = (ranks: number, exponent: number): number[] => {
  const weights = Array.from({ length: ranks }, (_, r) => (r + 1) ** -exponent);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
};

for (const exponent of [0, 0.8, 1, 1.5]) {
  test(`flows: sizes by Zipf's law with exponent ${exponent}`, () => {
    const [flows, count] = [100, 100_000];
    const packets = packetsOf('flows', { flows, exponent }, count);
    const sizes = [...countsOf(packets.map(flowOf)).values()].sort((a, b) => b - a);
    const expected = zipfShares(flows, exponent).map((share) => share * count);
    assert.is(sizes.length, flows);
    // Sorted sizes of ranks that are alike fit better than they should: then order of first arrival does instead.
    const inOrder = exponent === 0 ? [...countsOf(packets.map(flowOf)).values()] : sizes;
    assertFits(inOrder, expected, `exponent ${exponent}`);
  });
}

test('Zipf: probabilities add up, and a draw at their edge goes to the next rank', () => {
  const zipf = new Zipf(5, 1);
  zipfShares(5, 1).forEach((share, rank) => {
    assert.ok(Math.abs(zipf.probability(rank) - share) < 1e-12);
  });
  assert.is(zipf.rankOf(0), 0);
  assert.is(zipf.rankOf(zipf.probability(0)), 1);
  assert.is(zipf.rankOf(1 - 2 ** -53), 4);
  assert.is(new Zipf(1, 2).rankOf(0.99), 0);
});

test('cache: hit rate, popularity of cached and uncached keys, share of writes', () => {
  const values = { hitrate: 0.6, cached: 20, uncached: 30, exponent: 0.9, writes: 0.1, firstkey: 1000 };
  const count = 60_000;
  const packets = packetsOf('cache', values, count);
  const counts = countsOf(packets.map(keyOf));
  const countOf = (first: number, keys: number): number[] =>
    Array.from({ length: keys }, (_, rank) => counts.get(first + rank) ?? 0);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const [hits, misses] = [countOf(1000, 20), countOf(0x01000000, 30)];
  assert.is(sum(hits) + sum(misses), count);
  assertShare(sum(hits), count, 0.6, 'hits');
  for (const [name, found] of [
    ['cached', hits],
    ['uncached', misses],
  ] as const) {
    assertFits(
      found,
      zipfShares(found.length, 0.9).map((share) => share * sum(found)),
      name,
    );
  }
  assertShare(packets.filter((packet) => view(packet).getUint32(42) === 2).length, count, 0.1, 'writes');
});

for (const hitrate of [0, 1]) {
  test(`cache: a hit rate of ${hitrate} is exact`, () => {
    const hits = packetsOf('cache', { hitrate }, 2000).filter((packet) => keyOf(packet) === 0x8888);
    assert.is(hits.length, hitrate * 2000);
  });
}

test('background: the bit rate, even spacing, equal flows', () => {
  const [flows, count, bytes, mbps] = [50, 50_000, 250, 100];
  const packets = packetsOf('background', { flows, bytes, mbps }, count);
  const gap = (bytes * 8 * 1e9) / (mbps * 1e6);
  for (const [i, { nanoseconds }] of packets.entries()) assert.is(nanoseconds, Math.floor(i * gap));
  assert.ok(packets.every((packet) => packet.bytes.length === bytes));
  const sizes = [...countsOf(packets.map(flowOf)).values()];
  assertFits(sizes, Array(flows).fill(count / flows), 'flows');
});

test('synflood: SYN only, many sources, equally frequent', () => {
  const [sources, count] = [200, 40_000];
  const packets = packetsOf('synflood', { sources, rate: 1e6 }, count);
  assert.ok(packets.every((packet) => packet.bytes[47] === 0x02 && view(packet).getUint16(36) === 443));
  const sizes = [...countsOf(packets.map(flowOf)).values()];
  assertFits(sizes, Array(sources).fill(count / sources), 'sources');
  assert.is(packets[1000]?.nanoseconds, 1e6);
});

interface Segment {
  readonly packet: TimedPacket;
  readonly isClient: boolean;
  readonly flags: number;
}

/** Packets of each connection, by the client's address and port. */
function connectionsOf(packets: readonly TimedPacket[]): Segment[][] {
  const connections = new Map<string, Segment[]>();
  for (const packet of packets) {
    const isClient = view(packet).getUint16(36) === 443;
    const [address, port] = isClient ? [26, 34] : [30, 36];
    const name = `${view(packet).getUint32(address)} ${view(packet).getUint16(port)}`;
    const segments = connections.get(name) ?? [];
    connections.set(name, [...segments, { packet, isClient, flags: packet.bytes[47] ?? 0 }]);
  }
  return [...connections.values()];
}

test('tcp: handshake, data in turns, close; every byte acknowledged', () => {
  const [data, rtt] = [5, 1000];
  const values = { rate: 1000, packets: data, rtt, resets: 0.25, port: 3, serverport: 4 };
  const connections = connectionsOf(packetsOf('tcp', values, 40_000)).slice(0, -50);
  let resets = 0;
  for (const segments of connections) {
    const text = segments.map(({ isClient, flags }) => `${isClient ? 'c' : 's'}${flags.toString(16)}`).join(' ');
    const open = 'c2 s12 c10 c18 s18 c18 s18 c18';
    assert.ok(text === `${open} c11 s11 c10` || text === `${open} c14`, text);
    if (text.endsWith('c14')) resets++;
    const next: Record<'client' | 'server', number | undefined> = { client: undefined, server: undefined };
    segments.forEach(({ packet, isClient, flags }, i) => {
      const [side, other] = isClient ? (['client', 'server'] as const) : (['server', 'client'] as const);
      const sequence = view(packet).getUint32(38);
      if (next[side] !== undefined) assert.is(sequence, next[side]);
      if ((flags & 0x10) !== 0) assert.is(view(packet).getUint32(42), next[other]);
      const counted = (flags & 0x03) === 0 ? 0 : 1;
      next[side] = (sequence + packet.bytes.length - 54 + counted) % 2 ** 32;
      assert.is(packet.ingressPort, isClient ? 3 : 4);
      assert.is(packet.nanoseconds, (segments[0]?.packet.nanoseconds ?? 0) + (i * rtt * 1000) / 2);
    });
  }
  assertShare(resets, connections.length, 0.25, 'resets');
});

test('tcp: connections arrive as a Poisson process', () => {
  const rate = 1000;
  const packets = packetsOf('tcp', { rate, packets: 0 }, 60_000);
  const starts = packets.filter(({ bytes }) => bytes[47] === 2).map(({ nanoseconds }) => nanoseconds / 1e9);
  const gaps = starts.slice(1).map((start, i) => start - (starts[i] ?? 0));
  // Ten classes, each with a tenth of an exponential distribution.
  const classes = countsOf(gaps.map((gap) => Math.min(9, Math.floor(10 * (1 - Math.exp(-gap * rate))))));
  const counts = Array.from({ length: 10 }, (_, i) => classes.get(i) ?? 0);
  assertFits(counts, Array(10).fill(gaps.length / 10), 'gaps');
});

test('a mix has the packets of its sources, by time', () => {
  const kinds: readonly SourceKind[] = ['tcp', 'background', 'cache'];
  const streams = () => kinds.map((kind) => trafficStream({ kind, values: {} }, `seed ${kind}`));
  const mixed = take(mixedStream(streams()), 3000);
  mixed.reduce((before, { nanoseconds }) => {
    assert.ok(nanoseconds >= before);
    return nanoseconds;
  }, 0);
  const end = mixed.at(-1)?.nanoseconds ?? 0;
  const textOf = ({ nanoseconds, ingressPort, bytes }: TimedPacket): string =>
    `${nanoseconds} ${ingressPort} ${Buffer.from(bytes).toString('hex')}`;
  const apart = streams().flatMap((stream) => take(stream, 3000).filter(({ nanoseconds }) => nanoseconds < end));
  const together = mixed.filter(({ nanoseconds }) => nanoseconds < end);
  assert.equal(together.map(textOf).sort(), apart.map(textOf).sort());
});

for (const kind of Object.keys(TRAFFIC_SOURCES) as SourceKind[]) {
  test(`${kind}: same seed, same packets; lengths and checksums are right; times never fall`, () => {
    const packets = packetsOf(kind, {}, 500, 'a');
    assert.equal(packetsOf(kind, {}, 500, 'a'), packets);
    assert.not.equal(packetsOf(kind, {}, 500, 'b'), packets);
    let before = 0;
    for (const { bytes, nanoseconds } of packets) {
      assert.equal(checksumsOf(bytes), { ipv4: true, transport: true });
      assert.is(((bytes[16] ?? 0) << 8) | (bytes[17] ?? 0), bytes.length - 14);
      assert.ok(Number.isInteger(nanoseconds) && nanoseconds >= before);
      before = nanoseconds;
    }
  });

  test(`${kind}: every parameter has a range that holds its default, and is refused outside`, () => {
    for (const [name, { minimum, maximum, standard, isWhole }] of Object.entries(TRAFFIC_SOURCES[kind].parameters)) {
      assert.ok(minimum <= standard && standard <= maximum, name);
      for (const given of [minimum - 1, maximum + 1, Number.NaN, ...(isWhole ? [minimum + 0.5] : [])]) {
        const refused = (error: Error) => error instanceof TrafficError && error.field === `${kind}:${name}`;
        assert.throws(() => trafficStream({ kind, values: { [name]: given } }, 's'), refused);
      }
      for (const given of [minimum, standard]) {
        assert.is(take(trafficStream({ kind, values: { [name]: given } }, 's'), 3).length, 3);
      }
    }
    assert.throws(() => trafficStream({ kind, values: { nothing: 1 } }, 's'), /has no 'nothing'/);
  });
}

test('many open connections, and packets at the same time: the bytes that sorting all of them gives', () => {
  const stream = trafficStream({ kind: 'tcp', values: { rate: 1e6, rtt: 2, packets: 3, resets: 0.3 } }, '7');
  const hash = createHash('sha256');
  for (const { nanoseconds, ingressPort, bytes } of take(stream, 5000)) {
    hash.update(`${nanoseconds} ${ingressPort} `).update(bytes);
  }
  assert.is(hash.digest('hex'), 'd248c7c947e6060703146fe21bb8ab6d2de3eb65b1ab58a45d7c47eccf1415bd');
});

test('ephemeral ports: one for each of 14 bits, none that a dissector of Wireshark claims', () => {
  const ports = Array.from({ length: 2 ** 14 }, (_, bits) => usablePort(EPHEMERAL_PORT_BASE, bits));
  assert.is(new Set(ports).size, 2 ** 14);
  assert.not(ports.includes(54_328));
  assert.equal([Math.min(...ports), Math.max(...ports)], [49_151, 65_535]);
});

test.run();
