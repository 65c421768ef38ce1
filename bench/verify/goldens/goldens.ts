/**
 * Declarations of the goldens' inputs for the programs that ship. Some programs have several goldens, since one initial
 * state of memory does not lead to every branch. Memories are filled with one value where possible, so that goldens do not
 * depend on the hash functions of a placement.
 */
import { bitsToTell } from '../../../compiler/index.js';
import type { PacketTemplate } from '../../../traces/generate/packet-template.js';
import { firstOfEach, manyFlows, TUPLE_BYTES, tupleOf } from './classes-of-hashes.js';
import { EXTENDED_GOLDENS } from './extended-goldens.js';
import type { Golden, Placed } from './golden.js';
import {
  all,
  back,
  CLIENT,
  type Ends,
  flow,
  icmp,
  ip,
  MAC,
  request,
  SERVER,
  STRANGER,
  TCP,
  tcp,
  times,
  tunnelled,
  udp,
} from './golden-packets.js';

const CACHED = 0x8888;
const READ = 1;
const WRITE = 2;

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
  ...EXTENDED_GOLDENS,
];

function ecnPackets(): PacketTemplate[] {
  return [0, 1, 2, 3].map((ecn) => udp(flow(ecn), { ecn }));
}

/** Bits of a flow's hash that select the bucket, and the bits above them whose first 1 is the rank. */
const HLL = { bucketBits: 5, rankBits: 11 } as const;
/** For each rank the first flow that has it under the hash function of this placement. */
const flowsOfAllRanks = (placed: Placed): PacketTemplate[] =>
  firstOfEach(placed, HLL.rankBits + 1, manyFlows, (hash) => rankOf(hash(TUPLE_BYTES, tupleOf)));

function rankOf(hash: number): number {
  const above = hash >>> HLL.bucketBits;
  return above === 0 ? HLL.rankBits + 1 : 1 + bitsToTell(above & -above);
}
