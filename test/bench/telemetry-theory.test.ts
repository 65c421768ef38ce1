/** Programs that measure with chance and time, as they run in a switch, against what theory says of them. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { largestNumber } from '../../bench/verify/functions/sampled-hop.js';
import { replay } from '../../bench/verify/replay/check-replay.js';
import { dataPlaneOf } from '../../bench/workloads/program-data-planes.js';
import { priceAllocator } from '../../compiler/index.js';
import { ipv6Network } from '../../sim/made-packet/addresses.js';
import { IPV6_SERVER, ipv6Template, tcpSegmentTemplate } from '../../sim/made-packet/header-words.js';
import { packetFrame } from '../../traces/generate/packet-frame.js';
import { itemAt } from '../item-at.js';
import { frame } from '../sim/frames.js';
import { CLIENT, fields, flowFromInside, packetOf, SERVER, wordBytes } from './packets.js';
import { CPU_PORT, ProgramSwitch, programText } from './program-switch.js';
import { shuffled } from './sketch-flows.js';

/** Pearson's statistic of counts that should be alike. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test('pint: every hop of a path is sampled equally often', async () => {
  const HOPS = 8;
  const PACKETS = 4000;
  const path: ProgramSwitch[] = [];
  for (let hop = 1; hop <= HOPS; hop++) {
    const text = programText('pint').replace('LOADI(sar, 7)', `LOADI(sar, ${100 + hop})`);
    const network = await ProgramSwitch.of(text, dataPlaneOf('pint'), hop);
    const largest = Uint32Array.from({ length: 64 }, (_, bucket) => largestNumber(bucket === 0 ? 1 : 65 - bucket));
    await network.controller.writeMemory('pint', 'largest', largest);
    path.push(network);
  }
  const sampled = new Array<number>(HOPS).fill(0);
  for (let n = 0; n < PACKETS; n++) {
    let word = 0;
    for (const [i, network] of path.entries()) {
      const ipv4 = { src: CLIENT, dst: SERVER, ttl: 64 - i };
      word = itemAt(fields(network.send(frame({ ipv4, udp: { dst: 7777 }, l5: [0, 0, 0, word] })).bytes).l5, 3);
    }
    assert.ok(word > 100 && word <= 100 + HOPS, `${word} is no hop`);
    sampled[word - 101] = itemAt(sampled, word - 101) + 1;
  }
  // The 99.9 % quantile of the chi-square distribution with 7 degrees of freedom.
  assert.ok(chiSquare(sampled) < 24.32, `hops were sampled ${sampled.join(', ')} times`);
});

test('hh6: heavy flows are reported once, and light ones as rarely as they share both counters with a heavy one', async () => {
  const HEAVY = 10;
  const LIGHT = 200;
  const THRESHOLD = 256;
  const network = await ProgramSwitch.ofKey('hh6');
  const flows = Array.from({ length: HEAVY + LIGHT }, (_, n) =>
    packetFrame(
      ipv6Template({
        common: { ingressPort: 1, ethernet: { destination: 1, source: 2 } },
        source: ipv6Network(0) | BigInt(0x9e37_79b9 * (n + 1)),
        destination: IPV6_SERVER,
        sourcePort: 1024 + n,
        destinationPort: 443,
        transport: { kind: 'udp', payload: [] },
      }),
    ),
  );
  const counts = flows.map((_, n) => (n < HEAVY ? 300 : 10));
  const reported = new Map<number, number>();
  const sent = flows.map(() => 0);
  for (const n of shuffled(counts, 'hh6')) {
    sent[n] = itemAt(sent, n) + 1;
    if (network.send(itemAt(flows, n)).port !== CPU_PORT) continue;
    assert.not.ok(reported.has(n), `flow ${n} is reported twice`);
    reported.set(n, itemAt(sent, n));
  }
  for (let n = 0; n < HEAVY; n++) {
    const at = reported.get(n);
    assert.ok(at !== undefined && at <= THRESHOLD, `flow ${n} is reported at its packet ${at}`);
  }
  // A light flow shares a row's counter with a heavy one with a probability of 10 / 256: 0.3 of them share both.
  assert.ok(reported.size - HEAVY <= 2, `${reported.size - HEAVY} light flows are reported`);
});

test('rtt: times are exact, and as many as segments find a bucket that no later one takes', async () => {
  const SEGMENTS = 300;
  const BUCKETS = 1024;
  const ROUNDS = 5;
  const network = await ProgramSwitch.ofKey('rtt');
  const hash = network.hashOf('HASH_MEM(signature)');
  const random = seedrandom.alea('rtt');
  const word = (): number => Math.floor(random() * 2 ** 32);
  const common = { ingressPort: 1, ethernet: { destination: 1, source: 2 } };
  const ports = { sourcePort: 4000, destinationPort: 443 };
  let now = 0;
  let measured = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const expected = new Uint32Array(BUCKETS);
    await network.controller.writeMemory('rtt', 'rtt', expected);
    const sent = Array.from({ length: SEGMENTS }, (_, n) => {
      const segment = { sequence: word(), source: 0x0a000001 + n, destination: 0xc8000000 + (word() >>> 8) };
      const time = now + n * 1000;
      const more = { common, ...ports, flags: 0x18, acknowledgement: 1, options: 3, payload: 25 };
      network.send(packetFrame(tcpSegmentTemplate({ ...more, ...segment })), 1, time);
      return { ...segment, time, roundTrip: 1e6 + Math.floor(random() * 5e7) };
    });
    for (const { sequence, source, destination, time, roundTrip } of sent) {
      const acknowledgement = (sequence + 100) >>> 0;
      const ends = { ...ports, source: destination, destination: source };
      const more = { common, flags: 0x10, sequence: 1, options: 3, payload: 0 };
      network.send(packetFrame(tcpSegmentTemplate({ ...more, ...ends, acknowledgement })), 2, time + roundTrip);
      const signature = wordBytes((acknowledgement + destination) >>> 0);
      expected[hash.digest(signature, 4) % BUCKETS] = roundTrip;
    }
    assert.equal(await network.memory('rtt'), expected);
    measured += expected.filter((time) => time > 0).length;
    now += 1e9;
  }
  // Buckets that some of so many segments take; the standard deviation is about 5 a round.
  const expected = BUCKETS * (1 - (1 - 1 / BUCKETS) ** SEGMENTS);
  assert.ok(Math.abs(measured / ROUNDS - expected) < 10, `${measured / ROUNDS} of ${SEGMENTS}, expected ${expected}`);
});

test('coco: counts are exact, and a source is the key with the probability of its share of them', async () => {
  const BUCKETS = 8;
  const SOURCES = 4;
  const TRIALS = 60;
  const network = await ProgramSwitch.ofKey('coco');
  const largest = Uint32Array.from({ length: 1024 }, (_, n) => largestNumber(Math.max(1, n)));
  await network.controller.writeMemory('coco', 'largest', largest);
  const hash = network.hashOf('HASH_FIELDS_MEM(counts, src)');
  // Sources of a few buckets, so that they meet there: one of 16, 8, 4 and 2 packets in each.
  const sources = Array.from({ length: BUCKETS }, (): number[] => []);
  for (let src = 0xc8000000; sources.some((list) => list.length < SOURCES); src++) {
    const list = sources[hash.digest(wordBytes(src), 4) % 1024];
    if (list !== undefined && list.length < SOURCES) list.push(src);
  }
  const packets = sources.flat().map((src) => packetOf({ src, dst: SERVER, srcPort: 9, dstPort: 9, protocol: 17 }));
  const counts = sources.flatMap(() => [16, 8, 4, 2]);
  const asKey = new Array<number>(SOURCES).fill(0);
  for (let trial = 0; trial < TRIALS; trial++) {
    for (const memory of ['counts', 'keys']) {
      await network.controller.writeMemory('coco', memory, new Uint32Array(1024));
    }
    for (const n of shuffled(counts, `coco/${trial}`)) network.send(itemAt(packets, n));
    const [totals, keys] = [await network.memory('counts'), await network.memory('keys')];
    for (const [bucket, list] of sources.entries()) {
      assert.is(totals[bucket], 30);
      const place = list.indexOf(itemAt(keys, bucket));
      asKey[place] = itemAt(asKey, place) + 1;
    }
  }
  const statistic = [16, 8, 4, 2].reduce((sum, count, place) => {
    const expected = (TRIALS * BUCKETS * count) / 30;
    return sum + (itemAt(asKey, place) - expected) ** 2 / expected;
  }, 0);
  // The 99.9 % quantile of the chi-square distribution with 3 degrees of freedom.
  assert.ok(statistic < 16.27, `sources of 16, 8, 4 and 2 packets were keys ${asKey.join(', ')} times`);
});

test('conquest: drops the flows that fill the queue, and others as rarely as they share a counter with one', async () => {
  const HEAVY = 4;
  const LIGHT = 300;
  const GAP_NS = 250;
  const WINDOW_NS = 2 ** 15;
  const random = seedrandom.alea('conquest');
  const flows = Array.from({ length: HEAVY + LIGHT }, (_, n) => packetOf(flowFromInside(n)));
  // Six in ten packets are of heavy flows: 39 of each in two windows.
  const chosen = Array.from({ length: 8000 }, () =>
    random() < 0.6 ? Math.floor(random() * HEAVY) : HEAVY + Math.floor(random() * LIGHT),
  );
  const sent = chosen.map((n, i) => {
    const bytes = itemAt(flows, n);
    return { bytes, originalLength: bytes.length, port: 2, timeSeconds: 0, timeNanoseconds: i * GAP_NS };
  });
  const dataPlane = dataPlaneOf('conquest');
  const allocator = priceAllocator();
  const queue = { nanoseconds: 5000, cells: 0 };
  const options = { dataPlane, allocator, recirculations: 1, engine: 'compiled', queue } as const;
  const sources = [{ file: 'conquest', text: programText('conquest') }];
  const { packets } = await replay({ sources, packets: sent, memory: undefined }, options);
  const left = new Set(packets.map(({ timeNanoseconds }) => timeNanoseconds));
  const dropped = (isHeavy: boolean): number => {
    const own = sent.filter((_, i) => itemAt(chosen, i) < HEAVY === isHeavy && i * GAP_NS >= 3 * WINDOW_NS);
    return own.filter(({ timeNanoseconds }) => !left.has(timeNanoseconds)).length / own.length;
  };
  assert.ok(dropped(true) > 0.99, `${dropped(true)} of the heavy flows' packets are dropped`);
  const shared = 1 - (1 - 1 / 256) ** HEAVY;
  // The standard deviation of that share of 300 flows is 0.7 %.
  assert.ok(Math.abs(dropped(false) - shared) < 0.021, `${dropped(false)} of the others', expected ${shared}`);
});

test.run();
