/** The goldens of the programs beyond the paper's. */
import { groupOfPorts } from '../../../compiler/index.js';
import { ipv6Network } from '../../../sim/made-packet/addresses.js';
import { IPV6_SERVER, ipv6Template, tcpSegmentTemplate } from '../../../sim/made-packet/header-words.js';
import type { PacketTemplate } from '../../../traces/generate/packet-template.js';
import { AT, firstOfEach, manyFlows, TUPLE_BYTES, tupleOf } from './classes-of-hashes.js';
import type { Golden, Placed } from './golden.js';
import { all, CLIENT, flow, ip, MAC, request, SERVER, STRANGER, TCP, tcp, times, udp } from './golden-packets.js';

const ACQUIRE = 1;
const RELEASE = 2;

/** UDP over IPv6 from a host of 2001:db8::/64, or of a network behind it. */
const udp6 = (host: bigint): PacketTemplate =>
  ipv6Template({
    common: { ingressPort: 2, ethernet: { destination: MAC.first, source: MAC.second } },
    source: ipv6Network(0) + host,
    destination: IPV6_SERVER,
    sourcePort: 5000,
    destinationPort: 53,
    transport: { kind: 'udp', payload: [] },
  });

/** Of a host inside and one outside. @param number of the sequence, on the way back of the acknowledgement */
function segment(
  way: 'out' | 'back',
  flags: number,
  number: number,
  words: { readonly options?: number; readonly payload?: number } = {},
): PacketTemplate {
  const [inside, outside] = [ip('10.0.0.5'), ip('192.168.7.9')];
  return tcpSegmentTemplate({
    common: { ingressPort: 2, ethernet: { destination: MAC.first, source: MAC.second } },
    ...(way === 'out'
      ? { source: inside, destination: outside, sourcePort: 4000, destinationPort: 443 }
      : { source: outside, destination: inside, sourcePort: 443, destinationPort: 4000 }),
    ...(way === 'out' ? { sequence: number, acknowledgement: 1 } : { sequence: 1, acknowledgement: number }),
    flags,
    ...{ options: 0, payload: 0, ...words },
  });
}

export const EXTENDED_GOLDENS: readonly Golden[] = [
  {
    name: 'netlock',
    key: 'netlock',
    packets: () =>
      (
        [
          [ACQUIRE, 5],
          [ACQUIRE, 5],
          [ACQUIRE, 6],
          [RELEASE, 5],
          [ACQUIRE, 256 + 5],
          [3, 5],
        ] as const
      ).map(([op, lock]) => request(7777, [op, 0, lock, 9])),
  },
  {
    name: 'sequencer',
    key: 'sequencer',
    memory: { sequencer: { numbers: { '7': 0xffffffff } } },
    packets: () =>
      (
        [
          [1, 3],
          [1, 3],
          [0, 3],
          [1, 4],
          [1, 7],
          [1, 3],
        ] as const
      ).map(([op, group]) => request(7777, [op, 0, group, 9])),
  },
  {
    name: 'cheetah',
    key: 'cheetah',
    memory: {
      cheetah: {
        turn: { '0': 254 },
        address: { '0-127': ip('10.9.0.1'), '128-254': ip('10.9.0.2'), '255': ip('10.9.0.3') },
      },
    },
    packets: () =>
      (
        [
          [1, 0],
          [1, 0],
          [2, 0x5a5a],
          [2, 0x5ada],
        ] as const
      ).map(([op, cookie]) => request(7777, [op, 0, 0, cookie])),
  },
  {
    // Every coupon is missing once, and is there when it is drawn again.
    name: 'beaucoup',
    key: 'beaucoup',
    memory: { beaucoup: { coupons: all(0b1110) } },
    packets: (placed) => sourcesOfCoupons(placed).flatMap((packet) => times(2, packet)),
  },
  ...[0b1101, 0b1011, 0b0111].map(
    (coupons): Golden => ({
      name: `beaucoup-${coupons.toString(2).padStart(4, '0')}`,
      key: 'beaucoup',
      memory: { beaucoup: { coupons: all(coupons) } },
      packets: (placed) => sourcesOfCoupons(placed),
    }),
  ),
  { name: 'univmon', key: 'univmon', packets: (placed) => [...flowsOfAllSamples(placed), STRANGER] },
  {
    name: 'dtree',
    key: 'dtree',
    packets: () =>
      (
        [
          [80, TCP.syn | TCP.fin, 60],
          [23, TCP.ack, 60],
          [23, TCP.ack, 200],
          [80, TCP.ack, 1100],
          [80, TCP.ack, 400],
          [443, TCP.syn, 60],
          [8080, TCP.ack, 90],
        ] as const
      ).map(([destinationPort, flags, frameBytes]) =>
        tcp({ source: CLIENT, destination: SERVER, destinationPort }, flags, { frameBytes }),
      ),
  },
  {
    // The first hop always writes, and the second never, but with probability 2^-32.
    name: 'pint',
    key: 'pint',
    memory: { pint: { largest: { '0': 0xffffffff } } },
    packets: () => [64, 63, 64].map((ttl) => request(7777, [0, 0, 0, 9], { ttl })),
  },
  {
    // A round of each pool, one that begins, and another operation.
    name: 'switchml',
    key: 'switchml',
    groups: [groupOfPorts(1, [4, 5, 6, 7], [])],
    memory: { switchml: { pool2: { '5': 77 } } },
    packets: () =>
      (
        [
          [1, 5, 100],
          [1, 5, 0xffffffff],
          [1, 5, 7],
          [0, 5, 7],
          [1, 5, 3],
          [2, 5, 1],
          [2, 261, 2],
          [2, 5, 3],
          [2, 5, 4],
          [1, 5, 9],
        ] as const
      ).map(([op, slot, word]) => request(7777, [op, 0, slot, word])),
  },
  {
    // Segments without options, with time stamps and SYN, each with its acknowledgement; acknowledgements alone; one that
    // answers nothing, and one that comes twice. SYN is answered by acknowledgement 0.
    name: 'rtt',
    key: 'rtt',
    packets: () => [
      segment('out', TCP.ack, 1000, { payload: 2 }),
      segment('out', TCP.ack, 2000, { payload: 3, options: 3 }),
      segment('back', TCP.ack, 1008),
      segment('out', TCP.syn, 0xffffffff),
      segment('back', TCP.ack, 2012),
      segment('back', TCP.syn | TCP.ack, 0),
      segment('out', TCP.ack, 3000),
      segment('out', TCP.ack, 3000, { options: 3 }),
      segment('out', TCP.ack, 3000, { options: 1, payload: 1 }),
      segment('back', TCP.ack, 3000),
      segment('back', TCP.ack, 1008),
    ],
  },
  {
    // The first packet of a bucket always becomes its key, later ones never, but with probability 2^-32.
    name: 'coco',
    key: 'coco',
    memory: { coco: { largest: { '1': 0xffffffff } } },
    packets: () => ['172.16.0.1', '172.16.0.1', '172.16.0.2'].map((source) => udp({ source, destination: SERVER })),
  },
  // Packets 1,000 ns apart through all windows: of one flow, but for each eighth.
  ...[0, 2048].map(
    (queueNanoseconds): Golden => ({
      name: queueNanoseconds === 0 ? 'conquest-idle' : 'conquest-queued',
      key: 'conquest',
      queueNanoseconds,
      packets: () => Array.from({ length: 150 }, (_, n) => udp(flow(n % 8 === 0 ? 2 : 1))),
    }),
  ),
  {
    // As that of hh.
    name: 'hh6-threshold',
    key: 'hh6',
    memory: { hh6: { count1: all(254), count2: all(252) } },
    packets: () => [...times(6, udp6(1n)), udp6(1n << 64n), STRANGER],
  },
  {
    name: 'hh6-seen',
    key: 'hh6',
    memory: { hh6: { count1: all(255), count2: all(255), seen1: all(1) } },
    packets: () => times(2, udp6(1n)),
  },
];

/** Levels of a universal sketch, each with both signs. */
const UNIVMON_SAMPLES = 8;

/** A flow of each level and sign of the universal sketch. */
const flowsOfAllSamples = (placed: Placed): PacketTemplate[] =>
  firstOfEach(placed, UNIVMON_SAMPLES, manyFlows, (hash) => {
    const sample = hash(TUPLE_BYTES, tupleOf);
    const sign = sample >>> 15;
    const level = [1, 2, 4].findIndex((bit) => (sample & bit) === 0);
    return 2 * (level < 0 ? 3 : level) + sign;
  });

/** Sources that draw no coupon or one of the four. */
const sourcesOfCoupons = (placed: Placed): PacketTemplate[] =>
  firstOfEach(
    placed,
    5,
    (n) => udp({ source: `172.16.${n % 256}.${n >>> 8}`, destination: SERVER }),
    (hash) => Math.min(4, hash(4, (frame) => frame.subarray(AT.source, AT.source + 4)) >>> 10),
  );
