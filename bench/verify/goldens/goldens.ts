/**
 * Declarations of the goldens' inputs for the programs that ship. Some programs have several goldens, since one initial
 * state of memory does not lead to every branch. Memories are filled with one value where possible, so that goldens do not
 * depend on the hash functions of a placement.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { bitsToTell, type CompiledProgram, type DataPlane, type MulticastGroup } from '../../../compiler/index.js';
import { HashUnit } from '../../../sim/index.js';
import { packetFrame } from '../../../traces/generate/packet-frame.js';
import type { PacketTemplate } from '../../../traces/generate/packet-template.js';
import { ipv6Network } from '../../workloads/addresses.js';
import { IPV6_SERVER, ipv6Template } from '../../workloads/ipv6-template.js';
import type { ProgramKey } from '../../workloads/program-kind.js';
import {
  back,
  CLIENT,
  type Ends,
  icmp,
  ip,
  MAC,
  request,
  SERVER,
  TCP,
  tcp,
  times,
  tunnelled,
  udp,
} from './golden-packets.js';

/** Placement of the program, for packets that need certain hashes. */
export interface Placed {
  readonly compiled: CompiledProgram;
  readonly dataPlane: DataPlane;
}

export interface Golden {
  /** Name of its folder in traces/golden. */
  readonly name: string;
  readonly key: ProgramKey;
  /** Queueing time of every packet. */
  readonly queueNanoseconds?: number;
  /** Groups of the switch; none if left out. */
  readonly groups?: readonly MulticastGroup[];
  /** Initial memory contents, as in memory-contents.ts. */
  readonly memory?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  readonly packets: (placed: Placed) => readonly PacketTemplate[];
}

const ACQUIRE = 1;
const RELEASE = 2;
const CACHED = 0x8888;
const READ = 1;
const WRITE = 2;
/** The same word in all 256 buckets. */
const all = (word: number) => ({ '0-255': word });

/** Requests that cache and NetCache process equally. */
const cacheRequests = (port: number): PacketTemplate[] => [
  request(port, [READ, CACHED, 0, 77]),
  request(port, [WRITE, CACHED, 0, 0xdeadbeef]),
  request(port, [READ, CACHED, 0, 0], { ingressPort: 3 }),
  request(port, [3, CACHED, 0, 5]),
  request(port, [READ, CACHED + 1, 0, 5]),
  request(port, [WRITE, CACHED, 1, 5]),
  request(port + 100, [READ, CACHED, 0, 6]),
];

const flow = (n: number, source = '10.0.0.1'): Ends => ({
  source,
  destination: '172.16.0.9',
  sourcePort: 5000 + 37 * n,
  destinationPort: 80,
});
/** A packet whose source matches no sketch. */
const STRANGER = udp(flow(0, '10.0.9.1'));
/** UDP over IPv6 from a host of 2001:db8::/64, or of a network behind it. */
const udp6 = (host: bigint): PacketTemplate =>
  ipv6Template({
    common: { ingressPort: 2, ethernet: { destination: MAC.first, source: MAC.second } },
    source: ipv6Network(0) + host,
    destination: IPV6_SERVER,
    sourcePort: 5000,
    destinationPort: 53,
    transport: { kind: 'udp' },
  });
/** Three flows of three, one and two packets, by UDP, TCP and without ports; and a packet of another network. */
const SKETCHED: readonly PacketTemplate[] = [
  udp(flow(1), { frameBytes: 100 }),
  tcp(flow(2), TCP.ack),
  udp(flow(1), { frameBytes: 300 }),
  icmp(flow(3), { frameBytes: 90 }),
  STRANGER,
  udp(flow(1), { frameBytes: 200 }),
  icmp(flow(3), { frameBytes: 80 }),
];

const INSIDE: Ends = { source: '10.1.2.3', destination: '93.184.216.34', sourcePort: 40000, destinationPort: 443 };
const OTHER: Ends = { ...INSIDE, sourcePort: 40001 };
const inside = (flags: number, ends = INSIDE) => tcp(ends, flags, { ingressPort: 2 });
const outside = (flags: number, ends = INSIDE) => tcp(back(ends), flags, { ingressPort: 3 });

export const GOLDENS: readonly Golden[] = [
  { name: 'cache', key: 'cache', packets: () => cacheRequests(7777) },
  {
    name: 'lb',
    key: 'lb',
    memory: {
      lb: {
        port: { '0-127': 1 },
        address: { '0-127': ip('10.9.0.1'), '128-255': ip('10.9.0.2') },
      },
    },
    packets: () => [
      ...[1, 2, 3, 4, 2, 1].map((n) => tcp({ ...flow(n, CLIENT), destination: SERVER }, TCP.ack)),
      udp({ ...flow(1, CLIENT), destination: SERVER }, { frameBytes: 200 }),
      icmp({ source: CLIENT, destination: SERVER }),
      udp({ ...flow(1, CLIENT), destination: '10.0.9.5' }),
    ],
  },
  {
    // The first row is ahead by two packets, and by another two before both have reached the threshold.
    name: 'hh-threshold',
    key: 'hh',
    memory: { hh: { count1: all(1022), count2: all(1020) } },
    packets: () => [...times(6, udp(flow(1))), STRANGER],
  },
  {
    name: 'hh-seen',
    key: 'hh',
    memory: { hh: { count1: all(1023), count2: all(1023), seen1: all(1) } },
    packets: () => times(2, udp(flow(1))),
  },
  {
    name: 'nc-requests',
    key: 'nc',
    packets: () => cacheRequests(7778),
  },
  {
    name: 'nc-threshold',
    key: 'nc',
    memory: { nc: { count1: all(126), count2: all(124) } },
    packets: () => times(6, request(7778, [READ, CACHED + 1, 0, 0])),
  },
  {
    name: 'nc-seen',
    key: 'nc',
    memory: { nc: { count1: all(127), count2: all(127), seen1: all(1) } },
    packets: () => times(2, request(7778, [READ, CACHED + 1, 0, 0])),
  },
  {
    name: 'acc',
    key: 'acc',
    packets: () =>
      (
        [
          [0, 1111],
          [0, 1111],
          [0, 2222],
          [1, 1111],
          [0, 2222],
        ] as const
      ).map(([op, value]) => request(9999, [op, value, 0, 0])),
  },
  {
    name: 'sf',
    key: 'sf',
    packets: () => [
      outside(TCP.syn),
      inside(TCP.syn),
      outside(TCP.syn | TCP.ack),
      inside(TCP.ack),
      outside(TCP.ack | TCP.psh),
      outside(TCP.ack, OTHER),
      inside(TCP.fin | TCP.ack),
      outside(TCP.ack),
      inside(TCP.syn, OTHER),
      outside(TCP.rst, OTHER),
      outside(TCP.ack, OTHER),
      outside(TCP.rst, OTHER),
      udp(back(INSIDE), { ingressPort: 3 }),
    ],
  },
  {
    name: 'l2',
    key: 'l2',
    packets: () => [
      udp(flow(1), { ingressPort: 1, ethernet: { destination: MAC.first, source: MAC.second } }),
      tunnelled(5, undefined, { ingressPort: 2, ethernet: { destination: MAC.second, source: MAC.first } }),
      udp(flow(1), { ingressPort: 2, ethernet: { destination: MAC.first, source: MAC.second } }),
      udp(flow(1), { ingressPort: 1, ethernet: { destination: MAC.other, source: MAC.second } }),
    ],
  },
  {
    name: 'l3',
    key: 'l3',
    packets: () => ['10.0.0.5', '10.0.1.5', '10.0.2.5'].map((destination) => udp({ source: CLIENT, destination })),
  },
  {
    name: 'tn',
    key: 'tn',
    packets: () => [
      tunnelled(1, { source: CLIENT, destination: SERVER }),
      tunnelled(2),
      tunnelled(3),
      udp({ source: CLIENT, destination: SERVER }),
    ],
  },
  {
    name: 'calc',
    key: 'calc',
    packets: () =>
      (
        [
          [1, 7, 5],
          [1, 0xffffffff, 2],
          [2, 7, 5],
          [2, 5, 7],
          [3, 0xff00ff00, 0x0ff00ff0],
          [4, 0xff00ff00, 0x0ff00ff0],
          [5, 0xff00ff00, 0x0ff00ff0],
          [6, 7, 5],
        ] as const
      ).map(([op, first, second]) => request(8888, [op, first, second, 0])),
  },
  { name: 'ecn-idle', key: 'ecn', queueNanoseconds: 9999, packets: () => ecnPackets() },
  { name: 'ecn-queued', key: 'ecn', queueNanoseconds: 10000, packets: () => ecnPackets() },
  ...(['cms', 'bf', 'sm'] as const).map((key): Golden => ({ name: key, key, packets: () => SKETCHED })),
  { name: 'hll', key: 'hll', packets: (placed) => [...flowsOfAllRanks(placed), STRANGER] },
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
          [53, TCP.ack, 60],
          [53, TCP.ack, 200],
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

function ecnPackets(): PacketTemplate[] {
  return [0, 1, 2, 3].map((ecn) => udp(flow(ecn), { ecn }));
}

/** Bits of a flow's hash that select the bucket, and the bits above them whose first 1 is the rank. */
const HLL = { bucketBits: 5, rankBits: 11 } as const;
/** Number of candidate packets, among which every class of hashes occurs (the rarest has a probability of 2^-11). */
const MAX_CANDIDATES = 100_000;

/** For each rank the first flow that has it under the hash function of this placement. */
const flowsOfAllRanks = (placed: Placed): PacketTemplate[] =>
  firstOfEach(placed, HLL.rankBits + 1, manyFlows, (hash) => rankOf(hash(TUPLE_BYTES, tupleOf)));

const manyFlows = (n: number): PacketTemplate =>
  udp({ ...flow(0, `10.0.0.${n % 256}`), sourcePort: 1024 + Math.floor(n / 256) });

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

/**
 * The first packet of each class of hashes, in the order of classes.
 * @param hashOf gets the program's first hash function: of `bytes` bytes that `part` takes from the frame
 */
function firstOfEach(
  { compiled, dataPlane }: Placed,
  classes: number,
  candidate: (n: number) => PacketTemplate,
  classOf: (hash: (bytes: number, part: (frame: Uint8Array) => Uint8Array) => number) => number,
): PacketTemplate[] {
  const step = compiled.placement.find(({ action }) => action.startsWith('hash_'));
  if (step === undefined) throw new Error('the program hashes nothing');
  const unit = new HashUnit(dataPlane.rpb(step.rpb).hash);
  const found = new Map<number, PacketTemplate>();
  for (let n = 0; found.size < classes && n < MAX_CANDIDATES; n++) {
    const template = candidate(n);
    const number = classOf((bytes, part) => unit.digest(part(packetFrame(template)), bytes));
    if (!found.has(number)) found.set(number, template);
  }
  return [...found].sort(([a], [b]) => a - b).map(([, template]) => template);
}

function rankOf(hash: number): number {
  const above = hash >>> HLL.bucketBits;
  return above === 0 ? HLL.rankBits + 1 : 1 + bitsToTell(above & -above);
}

const TUPLE_BYTES = 13;
/** Offsets in an untagged frame without IPv4 options. */
const AT = { protocol: 23, source: 26, ports: 34 } as const;

/** Source, destination, both ports, protocol, as the data plane hashes them. */
function tupleOf(frame: Uint8Array): Uint8Array {
  const tuple = new Uint8Array(TUPLE_BYTES);
  tuple.set(frame.subarray(AT.source, AT.source + 8));
  tuple.set(frame.subarray(AT.ports, AT.ports + 4), 8);
  tuple[12] = must(frame[AT.protocol], 'protocol of a frame');
  return tuple;
}
