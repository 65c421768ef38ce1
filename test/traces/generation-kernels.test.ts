/** The generator with WebAssembly gives what the one without gives. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imagePoolOver } from '../../traces/generate/image-pool.js';
import { KernelSteps } from '../../traces/generate/kernel-steps.js';
import type { PacketTemplate, TrafficTarget } from '../../traces/generate/packet-template.js';
import { generatorOf, plainGeneratorOf, prepareTraffic } from '../../traces/generate/traffic-generator.js';
import { allocatePacketBatchMemory, type PacketBatch, packetBatchOver } from '../../traces/packets/packet-batch.js';
import { cases } from '../tiers.js';
import { ethernet } from './traffic-fixtures.js';

const word = fc.integer({ min: 0, max: 0xffffffff });
const mask = fc.oneof(word, fc.constantFrom(0, 0xff, 0xffff, 0xffffffff, 0x00ff00f0, 0xff000000));
const address = fc.record({ base: word, hostMask: mask });
const ports = fc.constantFrom({}, { sourcePort: 7 }, { destinationPort: 443 }, { sourcePort: 1, destinationPort: 2 });
const flows = fc.constantFrom(1, 2, 64, 2 ** 31, 2 ** 32);
const bytes = fc
  .tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }))
  .map(([a, b]) => ({ minimum: Math.min(a, b), maximum: Math.max(a, b) }));

const kind = fc.constantFrom<'udp' | 'tcp' | 'plain' | 'tunnel'>('udp', 'tcp', 'plain', 'tunnel');

/** Templates with any masks, options and lengths; flows as many as the free bits can tell apart. */
const template: fc.Arbitrary<PacketTemplate> = fc
  .record({
    kind,
    source: address,
    destination: address,
    ports,
    flows,
    bytes,
    options: fc.array(word, { maxLength: 10 }),
    words: fc.array(word, { maxLength: 30 }),
    weight: fc.constantFrom(1, 3, 0.1),
    ingressPort: fc.integer({ min: 0, max: 511 }),
  })
  .map(({ kind, source, destination, ports, flows, bytes, options, words, weight, ingressPort }): PacketTemplate => {
    const common = { ethernet, weight, ingressPort, frameBytes: bytes };
    const ipv4 = (protocol: number) => ({ source, destination, protocol, options });
    const hostBits = ones(source.hostMask) + ones(destination.hostMask);
    const portBits = 14 * (2 - Object.keys(ports).length);
    const most = (bits: number): number => Math.min(flows, 2 ** Math.min(32, bits));
    if (kind === 'tunnel') return { ...common, flows: 1, tunnel: { destinationId: 3 } };
    if (kind === 'plain') return { ...common, flows: most(hostBits), ipv4: ipv4(1) };
    const all = { ...common, flows: most(hostBits + portBits) };
    if (kind === 'tcp') return { ...all, ipv4: ipv4(6), tcp: { ...ports, flags: 0x12 } };
    return { ...all, ipv4: ipv4(17), udp: ports, applicationWords: words };
  });

const ones = (value: number): number => value.toString(2).replaceAll('0', '').length;

const target: fc.Arbitrary<TrafficTarget> = fc
  .array(template, { minLength: 1, maxLength: 4 })
  .map((variants) => ({ variants }));
const targets = fc.array(target, { minLength: 1, maxLength: 6 });

const PACKETS = 700;
const batchOf = (shares: number): PacketBatch => packetBatchOver(allocatePacketBatchMemory(PACKETS, 400_000, shares));

function contents(batch: PacketBatch): unknown {
  const { count, usedBytes, bytes, offset, capturedLength, ingressPort, timeSeconds, timeNanoseconds } = batch;
  const frames = Array.from({ length: count }, (_, i) => {
    const [start, length] = [offset[i] ?? Number.NaN, capturedLength[i] ?? Number.NaN];
    return Buffer.from(bytes.subarray(start, start + ((length + 7) & ~7))).toString('hex');
  });
  return { count, usedBytes, frames, offset, capturedLength, ingressPort, timeSeconds, timeNanoseconds };
}

test('this machine has WebAssembly', () => {
  const traffic = prepareTraffic({ targets: [{ variants: [TUNNEL] }], seed: 1, packetsPerSecond: 1 });
  assert.ok(KernelSteps.make(imagePoolOver(traffic.pool, 1), traffic.longestFrame, traffic.seed));
});
const TUNNEL: PacketTemplate = {
  ingressPort: 1,
  ethernet,
  tunnel: { destinationId: 1 },
  flows: 1,
  frameBytes: { minimum: 60, maximum: 61 },
};

test('any targets: the same packets', () => {
  const first = fc.constantFrom(0, 4 * 4096 - 300, 7 * 4096 - 1, 2 ** 40);
  const property = fc.property(targets, first, fc.constantFrom(1, 2), (targets, first, shares) => {
    const traffic = prepareTraffic({ targets, seed: 'a', packetsPerSecond: 1e6 });
    const [plain, batch] = [batchOf(shares), batchOf(shares)];
    const count = plainGeneratorOf(traffic).generateInto(plain, first, PACKETS);
    assert.is(generatorOf(traffic).generateInto(batch, first, PACKETS), count);
    assert.equal(contents(batch), contents(plain));
  });
  fc.assert(property, { seed: 20261129, numRuns: cases(40) });
});

test('some targets only: the same packets at the same distances', () => {
  const property = fc.property(targets, fc.array(fc.constantFrom(0, 1), { minLength: 6 }), (targets, wanted) => {
    const traffic = prepareTraffic({ targets, seed: 'b', packetsPerSecond: 3e6, startSeconds: 5 });
    const [plain, batch] = [batchOf(1), batchOf(1)];
    const [plainDistances, distances] = [new Uint32Array(PACKETS), new Uint32Array(PACKETS)];
    const isWanted = Uint8Array.from(wanted);
    const looked = plainGeneratorOf(traffic).generateSome(plain, 16_000, PACKETS, isWanted, plainDistances);
    assert.is(generatorOf(traffic).generateSome(batch, 16_000, PACKETS, isWanted, distances), looked);
    assert.equal(contents(batch), contents(plain));
    assert.equal(distances, plainDistances);
  });
  fc.assert(property, { seed: 20261130, numRuns: cases(20) });
});

test('times of rates with a whole interval are those of the division', () => {
  const targets = [{ variants: [TUNNEL] }];
  for (const packetsPerSecond of [1, 1000, 1e6, 8e6, 1e9, 3e6, 0.25]) {
    const generator = generatorOf(prepareTraffic({ targets, seed: 1, packetsPerSecond, startSeconds: 9 }));
    for (const first of [0, 999_900, 8_999_999, 2 ** 45 + 3]) {
      const batch = batchOf(1);
      generator.generateInto(batch, first, 400);
      for (let i = 0; i < 400; i++) {
        const seconds = Math.floor((first + i) / packetsPerSecond);
        const within = first + i - seconds * packetsPerSecond;
        assert.is(batch.timeSeconds[i], 9 + seconds);
        assert.is(batch.timeNanoseconds[i], Math.floor((within * 1e9) / packetsPerSecond));
      }
    }
  }
});

test.run();
