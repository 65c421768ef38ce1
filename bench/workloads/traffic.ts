/** Synthetic traffic for an instance: packets that match its filter and exercise the function of the program. */
import { FRONT_PORTS } from '../../hw-driver/index.js';
import {
  HOST_MASK,
  insideNetwork,
  instanceBits,
  instanceMac,
  ipv6Network,
  OUTSIDE_HOST_MASK,
  OUTSIDE_MAC,
  outsideNetwork,
} from '../../sim/made-packet/addresses.js';
import { IPV6_SERVER, ipv6Template, type TcpSegment, tcpSegmentTemplate } from '../../sim/made-packet/header-words.js';
import type { PacketTemplate, TrafficTarget } from '../../traces/generate/packet-template.js';
import { UDP_ECHO_PORT } from '../../traces/generate/payload.js';
import { cachedKey, cachedKeys } from './instance.js';
import { type ExtendedKey, isExtendedKey, type ProgramKey } from './program-kind.js';

const FLOWS = 64;
/** Range of frame lengths without frame check sequence: from the minimum of Ethernet to twice as long. */
const FRAME_BYTES = { minimum: 60, maximum: 124 };

const PROTOCOL = { tcp: 6, udp: 17 };
const inside = (instance: number) => ({ base: insideNetwork(instance), hostMask: HOST_MASK });
const OUTSIDE = { base: outsideNetwork, hostMask: OUTSIDE_HOST_MASK };

type Common = Pick<PacketTemplate, 'ingressPort' | 'ethernet' | 'flows' | 'frameBytes'>;

const common = (instance: number): Common => ({
  ingressPort: instance % FRONT_PORTS,
  ethernet: { destination: instanceMac(instance), source: OUTSIDE_MAC + (instance % FRONT_PORTS) },
  flows: FLOWS,
  frameBytes: FRAME_BYTES,
});

/** A UDP packet with an application header, from outside to the instance's network. */
function request(instance: number, destinationPort: number, words: readonly number[], weight: number): PacketTemplate {
  return {
    ...common(instance),
    weight,
    ipv4: { source: OUTSIDE, destination: inside(instance), protocol: PROTOCOL.udp },
    udp: { destinationPort },
    applicationWords: words,
  };
}

/** Maximum number of variants over which key popularity is distributed. */
const MAX_KEYS = 8;
/** A key word that no instance caches. */
const UNCACHED_KEY = 0x01000000;

/** Reads that hit, writes that hit, and reads that miss, as 6 : 2 : 2. */
function cacheRequests(instance: number, port: number, cases: number): PacketTemplate[] {
  const keys = Array.from({ length: Math.min(MAX_KEYS, cachedKeys(cases)) }, (_, n) => cachedKey(n));
  return [
    ...keys.map((key) => request(instance, port, [1, key, 0, 0], 6 / keys.length)),
    ...keys.map((key) => request(instance, port, [2, key, 0, key ^ instance], 2 / keys.length)),
    request(instance, port, [1, UNCACHED_KEY, 0, 0], 2),
  ];
}

/** UDP and TCP packets between the instance's network and the outside. */
function flows(instance: number, direction: 'in' | 'out'): PacketTemplate[] {
  const addresses =
    direction === 'in'
      ? { source: OUTSIDE, destination: inside(instance) }
      : { source: inside(instance), destination: OUTSIDE };
  // Packets of both ECN capable and incapable ends.
  return [
    { ...common(instance), ipv4: { ...addresses, protocol: PROTOCOL.udp }, udp: { destinationPort: UDP_ECHO_PORT } },
    {
      ...common(instance),
      ipv4: { ...addresses, protocol: PROTOCOL.tcp, ecn: 2 },
      tcp: { destinationPort: 443, flags: 0x10 },
    },
  ];
}

const TCP_FLAG = { fin: 0x01, syn: 0x02, ack: 0x10 };
const CLIENT_PORTS = [40000, 40001];
const SERVER_PORT = 443;

/** Connections of one inside host, opened, used and closed in random order, and packets that belong to none. */
function connections(instance: number): PacketTemplate[] {
  const host = { base: insideNetwork(instance) + 1, hostMask: 0 };
  const peer = { base: (0xc8000000 | instanceBits(instance) | 9) >>> 0, hostMask: 0 };
  const packet = (clientPort: number, flags: number, towardsServer: boolean, weight: number): PacketTemplate => ({
    ...common(instance),
    weight,
    flows: 1,
    ipv4: {
      source: towardsServer ? host : peer,
      destination: towardsServer ? peer : host,
      protocol: PROTOCOL.tcp,
    },
    tcp: towardsServer
      ? { sourcePort: clientPort, destinationPort: SERVER_PORT, flags }
      : { sourcePort: SERVER_PORT, destinationPort: clientPort, flags },
  });
  return CLIENT_PORTS.flatMap((port) => [
    packet(port, TCP_FLAG.syn, true, 1),
    packet(port, TCP_FLAG.ack, true, 3),
    packet(port, TCP_FLAG.ack, false, 4),
    packet(port, TCP_FLAG.fin | TCP_FLAG.ack, true, 0.5),
    packet(port, TCP_FLAG.fin | TCP_FLAG.ack, false, 0.5),
  ]);
}

const OPERANDS = [
  [7, 5],
  [0xffffffff, 1],
] as const;

/** The traffic of one instance of one of the programs that ship. @param index which program of its file */
export function trafficFor(key: ProgramKey, instance: number, cases: number, index: number): TrafficTarget {
  if (isExtendedKey(key)) return { variants: extendedTraffic(key, instance) };
  switch (key) {
    case 'cache':
      return { variants: cacheRequests(instance, 7777, cases) };
    case 'nc':
      return { variants: cacheRequests(instance, 7778, cases) };
    case 'acc':
      return {
        variants: [0, 1].flatMap((op) =>
          Array.from({ length: MAX_KEYS }, (_, n) => request(instance, 9999, [op, 1000 * n + instance, 0, 0], 1)),
        ),
      };
    case 'calc':
      return {
        variants: [1, 2, 3, 4, 5].flatMap((op) => OPERANDS.map(([a, b]) => request(instance, 8888, [op, a, b, 0], 1))),
      };
    case 'sf':
      return { variants: connections(instance) };
    case 'l2':
      return { variants: [betweenOutsiders(instance, index)] };
    case 'tn':
      return { variants: [{ ...common(instance), flows: 1, tunnel: { destinationId: instance + 1 } }] };
    case 'lb':
    case 'l3':
      return { variants: flows(instance, 'in') };
    default:
      return { variants: flows(instance, 'out') };
  }
}

/** IPv4 that no other instance's filter matches; the two rules of the program wait on ports 1 and 2. */
function betweenOutsiders(instance: number, index: number): PacketTemplate {
  return {
    ...common(instance),
    ingressPort: 1 + (index % 2),
    ipv4: { source: OUTSIDE, destination: OUTSIDE, protocol: PROTOCOL.udp },
    udp: { destinationPort: UDP_ECHO_PORT },
  };
}

/** UDP port of the requests of locks, sequencers and cookies, which have the application header. */
const REQUEST_PORT = 7777;
const SEVERAL = 8;

function extendedTraffic(key: ExtendedKey, instance: number): readonly PacketTemplate[] {
  const numbers = Array.from({ length: SEVERAL }, (_, n) => n);
  switch (key) {
    case 'netlock':
      return numbers.flatMap((lock) => [1, 1, 2, 3].map((op) => request(instance, REQUEST_PORT, [op, 0, lock, 0], 1)));
    case 'sequencer':
      return numbers.flatMap((group) =>
        [1, 1, 1, 0].map((op) => request(instance, REQUEST_PORT, [op, 0, group, 0], 1)),
      );
    case 'cheetah':
      return numbers.flatMap((n) => [1, 2, 2].map((op) => request(instance, REQUEST_PORT, [op, 0, 0, 0x1234 * n], 1)));
    case 'beaucoup':
      return flows(instance, 'in').map((variant) => ({ ...variant, flows: MANY_SOURCES }));
    case 'univmon':
    case 'conquest':
      return flows(instance, 'out');
    case 'dtree':
      return classified(instance);
    case 'coco':
      return flows(instance, 'in');
    case 'rtt':
      return answeredSegments(instance);
    case 'switchml':
      return numbers.flatMap((slot) =>
        [1, 1, 2, 0].map((op, n) => request(instance, REQUEST_PORT, [op, 0, slot, 0x10000001 * (slot + n)], 1)),
      );
    case 'hh6':
      return ipv6Flows(instance);
    case 'pint':
      return numbers.map((hop) => withTtl(request(instance, REQUEST_PORT, [0, 0, 0, 0xffff], 1), 64 - hop));
  }
}

const withTtl = (packet: PacketTemplate, ttl: number): PacketTemplate => ({
  ...packet,
  ...(packet.ipv4 === undefined ? {} : { ipv4: { ...packet.ipv4, ttl } }),
});

/** Segments of hosts inside with their acknowledgements, and others that are not measured. */
function answeredSegments(instance: number): readonly PacketTemplate[] {
  const { ingressPort, ethernet } = common(instance);
  const host = insideNetwork(instance) + 1;
  const peer = (0xc8000000 | instanceBits(instance) | 9) >>> 0;
  const ends = { common: { ingressPort, ethernet }, options: 0, payload: 0, acknowledgement: 0 };
  const out = (flags: number, sequence: number, more: Partial<TcpSegment>): PacketTemplate =>
    tcpSegmentTemplate({
      ...ends,
      ...{ source: host, destination: peer, sourcePort: 40_000, destinationPort: SERVER_PORT, flags, sequence },
      ...more,
    });
  const back = (flags: number, acknowledgement: number): PacketTemplate =>
    tcpSegmentTemplate({
      ...{ ...ends, source: peer, destination: host, sourcePort: SERVER_PORT, destinationPort: 40_000 },
      ...{ flags, sequence: 7, acknowledgement },
    });
  const rounds = Array.from({ length: SEVERAL }, (_, n) => {
    const [sequence, payload] = [0x1000 * n, 2 + n];
    const options = n % 2 === 0 ? 0 : TIMESTAMP_OPTION_WORDS;
    return [out(TCP_FLAG.ack, sequence, { payload, options }), back(TCP_FLAG.ack, sequence + 4 * payload)];
  });
  return [
    ...rounds.flat(),
    out(TCP_FLAG.syn, 0xffff_ffff, {}),
    back(TCP_FLAG.syn | TCP_FLAG.ack, 0),
    out(TCP_FLAG.ack, 0x1234, {}),
    out(TCP_FLAG.ack, 0x1234, { options: TIMESTAMP_OPTION_WORDS }),
    out(TCP_FLAG.ack, 0x1234, { options: 1, payload: 5 }),
    back(TCP_FLAG.ack, 0x4321),
  ];
}

const TIMESTAMP_OPTION_WORDS = 3;
const IPV6_FLOWS = 16;

/** UDP and TCP over IPv6 from the instance's network; a variant is a flow, and the first is a heavy one. */
function ipv6Flows(instance: number): readonly PacketTemplate[] {
  const { ingressPort, ethernet } = common(instance);
  return Array.from({ length: IPV6_FLOWS }, (_, n) => {
    const source = ipv6Network(instance) | BigInt(1 + n);
    const transport =
      n % 4 === 3 ? ({ kind: 'tcp', flags: TCP_FLAG.ack } as const) : ({ kind: 'udp', payload: [] } as const);
    return ipv6Template({
      common: { ingressPort, ethernet, weight: n === 0 ? IPV6_FLOWS : 1 },
      source,
      destination: IPV6_SERVER + BigInt(n % 3),
      sourcePort: 40_000 + 7 * n,
      destinationPort: SERVER_PORT,
      transport,
    });
  });
}

/** Sources of which a few hundred packets draw all coupons of a destination. */
const MANY_SOURCES = 4096;

/** TCP packets of each leaf of the decision tree. */
function classified(instance: number): readonly PacketTemplate[] {
  const packet = (destinationPort: number, flags: number, frameBytes: number): PacketTemplate => ({
    ...common(instance),
    frameBytes: { minimum: frameBytes, maximum: frameBytes + 200 },
    ipv4: { source: OUTSIDE, destination: inside(instance), protocol: PROTOCOL.tcp },
    tcp: { destinationPort, flags },
  });
  return [
    packet(80, TCP_FLAG.syn, 60),
    packet(443, TCP_FLAG.ack, 500),
    packet(443, TCP_FLAG.syn | TCP_FLAG.fin, 60),
    { ...packet(23, TCP_FLAG.ack, 60), frameBytes: { minimum: 60, maximum: 90 } },
    packet(23, TCP_FLAG.ack, 1100),
    packet(8080, TCP_FLAG.ack, 900),
  ];
}
