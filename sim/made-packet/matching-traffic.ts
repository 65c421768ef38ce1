/** Traffic that the filters of a program match. */
import type { DataPlane, FieldMatch, Program } from '../../compiler/index.js';
import type { AddressPattern, PacketTemplate, TrafficTarget } from '../../traces/generate/packet-template.js';
import { UDP_ECHO_PORT } from '../../traces/generate/payload.js';
import {
  IPV6_NETWORK_MASK,
  instanceMac,
  OUTSIDE_HOST_MASK,
  OUTSIDE_IPV6_NETWORK,
  OUTSIDE_MAC,
  outsideNetwork,
} from './addresses.js';
import { type Ipv6Packet, ipv6Template } from './header-words.js';

const PROTOCOL = { tcp: 6, udp: 17 };
const FLOWS = 64;
const APPLICATION_VARIANTS = 8;

/**
 * Packets that match the filters of a program. Bits that filters ignore vary between flows.
 * @param instance makes packets of programs without addresses in their filters differ
 */
export function trafficForProgram(program: Program, dataPlane: DataPlane, instance: number): TrafficTarget {
  if (filtersIpv6(program, dataPlane)) return ipv6Traffic(program, dataPlane, instance);
  const match = (name: string): FieldMatch | undefined => program.filters.find(({ field }) => field.name === name);
  const value = (name: string): number | undefined => match(name)?.value;
  const base = {
    ingressPort: value('ig_intr_md.ingress_port') ?? 0,
    ethernet: {
      destination: value('hdr.ethernet.dst') ?? instanceMac(instance),
      source: value('hdr.ethernet.src') ?? OUTSIDE_MAC,
    },
    frameBytes: { minimum: 60, maximum: 124 },
  };
  const tunnel = value('hdr.tunnel.dst_id');
  if (tunnel !== undefined) return { variants: [{ ...base, flows: 1, tunnel: { destinationId: tunnel } }] };
  const etherType = value('hdr.ethernet.ether_type');
  if (etherType !== undefined && etherType !== IPV4_ETHER_TYPE) {
    return { variants: [{ ...base, ethernet: { ...base.ethernet, etherType }, flows: 1 }] };
  }
  const protocol = value('hdr.ipv4.protocol') ?? PROTOCOL.udp;
  const destinationPort = value('hdr.l4_port.dst_port') ?? UDP_ECHO_PORT;
  const sourcePort = value('hdr.l4_port.src_port');
  const ports = { destinationPort, ...(sourcePort === undefined ? {} : { sourcePort }) };
  const source = addressPattern(match('hdr.ipv4.src'));
  const destination = addressPattern(match('hdr.ipv4.dst'));
  const freeBits = hostBits(source) + hostBits(destination);
  const packet: PacketTemplate = {
    ...base,
    flows: Math.min(FLOWS, 2 ** Math.min(freeBits, 30)),
    ipv4: { source, destination, protocol },
    ...(protocol === PROTOCOL.udp ? { udp: ports } : {}),
    ...(protocol === PROTOCOL.tcp ? { tcp: { ...ports, flags: 0x10 } } : {}),
  };
  if (protocol !== PROTOCOL.udp || !applicationPorts(dataPlane).includes(destinationPort))
    return { variants: [packet] };
  // Small values in every word, as is typical of operations and keys in application headers.
  const words = Array.from({ length: APPLICATION_VARIANTS }, (_, n) => applicationWordsOf(n));
  return { variants: words.map((applicationWords) => ({ ...packet, applicationWords })) };
}

const applicationWordsOf = (n: number): number[] => [n, n + 1, n >>> 1, n * n];

/** Whether a program takes packets over IPv6. */
export const filtersIpv6 = ({ filterTable }: Program, dataPlane: DataPlane): boolean =>
  filterTable.requires !== undefined && filterTable.requires === dataPlane.headerIndex('ipv6');

const IPV6_FLOWS = 16;
const FIRST_SOURCE_PORT = 40_000;

/** Packets over IPv6 that match the filters of a program; a variant is a flow. */
function ipv6Traffic({ filters }: Program, dataPlane: DataPlane, instance: number): TrafficTarget {
  const match: Matches = (name) => filters.find(({ field, mask }) => field.name === name && mask !== 0);
  const value = (name: string): number | undefined => match(name)?.value;
  const nextHeader = value('hdr.ipv6.next_header') ?? PROTOCOL.udp;
  const destinationPort = value('hdr.l4_port.dst_port') ?? UDP_ECHO_PORT;
  const hasApplication = applicationPorts(dataPlane).includes(destinationPort);
  const transport = (n: number): Ipv6Packet['transport'] => {
    if (nextHeader === PROTOCOL.tcp) return { kind: 'tcp', flags: 0x10 };
    if (nextHeader !== PROTOCOL.udp) return { kind: 'other', nextHeader };
    return { kind: 'udp', payload: hasApplication ? applicationWordsOf(n % APPLICATION_VARIANTS) : [] };
  };
  const common = {
    ingressPort: value('ig_intr_md.ingress_port') ?? 0,
    ethernet: { destination: instanceMac(instance), source: OUTSIDE_MAC },
  };
  const variants = Array.from({ length: IPV6_FLOWS }, (_, n) =>
    ipv6Template({
      common,
      source: ipv6Address('hdr.ipv6.src', match, n),
      destination: ipv6Address('hdr.ipv6.dst', match, n),
      sourcePort: value('hdr.l4_port.src_port') ?? FIRST_SOURCE_PORT + n,
      destinationPort,
      transport: transport(n),
    }),
  );
  return { variants };
}

type Matches = (field: string) => FieldMatch | undefined;

/** Filters compare an address of IPv6 by its words of 32 bits. */
export const wordNames = (address: string): string[] => [0, 1, 2, 3].map((word) => `${address}[${word}]`);

/** An address that matches the filters on its words; the n-th host in the bits that they leave free. */
function ipv6Address(field: string, match: Matches, n: number): bigint {
  const address = (part: 'value' | 'mask'): bigint =>
    wordNames(field).reduce((above, word) => {
      const filter = match(word);
      return (above << 32n) | (filter === undefined ? 0n : BigInt(filter[part]));
    }, 0n);
  const free = BigInt.asUintN(128, ~address('mask'));
  const network = OUTSIDE_IPV6_NETWORK & IPV6_NETWORK_MASK & free;
  return address('value') | network | inBits(1 + n, free & ~IPV6_NETWORK_MASK);
}

/** The bits of a number in those of a mask, lowest first. */
function inBits(number: number, mask: bigint): bigint {
  let placed = 0n;
  for (let bit = 0n, left = number; left > 0 && mask >> bit > 0n; bit++) {
    if (((mask >> bit) & 1n) === 0n) continue;
    placed |= BigInt(left & 1) << bit;
    left >>>= 1;
  }
  return placed;
}

const IPV4_ETHER_TYPE = 0x0800;

const hostBits = ({ hostMask }: AddressPattern): number => hostMask.toString(2).replaceAll('0', '').length;

function addressPattern(filter: FieldMatch | undefined): AddressPattern {
  if (filter === undefined || filter.mask === 0) return { base: outsideNetwork, hostMask: OUTSIDE_HOST_MASK };
  return { base: filter.value, hostMask: ~filter.mask >>> 0 };
}

/** UDP destination ports after which the parser reads the application header. */
function applicationPorts(dataPlane: DataPlane): number[] {
  const states = Object.values(dataPlane.description.parser.states);
  return states
    .filter(({ select }) => select?.field === 'hdr.l4_port.dst_port')
    .flatMap(({ select }) => (select?.next ?? []).map(({ value }) => value));
}
