/**
 * IPv6 and ICMPv6 for data planes that parse them (RFC 8200, 4302, 4443): headers, states of the parser, keys of filters.
 *
 * Ports follow extension headers, but not a later fragment, and not a Routing header with segments left: there the
 * address of the header is not the destination that the checksum of TCP and UDP covers.
 */
import {
  type DataPlaneDescription,
  type HeaderDescription,
  type ParserStateDescription,
  type SkippedHeaderDescription,
  wordName,
} from './description.js';
import { IP_PROTOCOL } from './headers.js';
import { INGRESS_PORT } from './intrinsics.js';
import { must } from './must.js';

const ETHER_TYPE = 0x86dd;
const ICMPV6 = 58;
const WORDS = [0, 1, 2, 3];
const WORD_BITS = 32;

const wordsOfAddress = (field: string) =>
  WORDS.map((word) => [wordName(field, word), { field, bitOffset: word * WORD_BITS, width: WORD_BITS }] as const);

const IPV6_HEADERS: Readonly<Record<string, HeaderDescription>> = {
  ipv6: {
    fields: [
      { name: 'version', width: 4 },
      { name: 'traffic_class', width: 8 },
      { name: 'flow_label', width: 20 },
      { name: 'payload_len', width: 16 },
      { name: 'next_header', width: 8 },
      { name: 'hop_limit', width: 8 },
      { name: 'src', width: 128 },
      { name: 'dst', width: 128 },
    ],
    parts: Object.fromEntries([...wordsOfAddress('src'), ...wordsOfAddress('dst')]),
    valid: [{ field: 'version', minimum: 6, maximum: 6 }],
  },
  icmpv6: {
    fields: [
      { name: 'type', width: 8 },
      { name: 'code', width: 8 },
      { name: 'checksum', width: 16 },
    ],
  },
};

/** Headers in the order of a packet, with those of IPv6 behind IPv4's. */
export function withIpv6Headers(headers: DataPlaneDescription['headers']): DataPlaneDescription['headers'] {
  const all: Record<string, HeaderDescription> = {};
  for (const [name, header] of Object.entries(headers)) {
    all[name] = header;
    if (name === 'ipv4') all['ipv6'] = must(IPV6_HEADERS['ipv6'], 'IPv6 header');
    if (name === 'udp') all['icmpv6'] = must(IPV6_HEADERS['icmpv6'], 'ICMPv6 header');
  }
  return all;
}

/** Extension headers. The length counts units of 8 bytes beyond the first 8, in an Authentication header of 4. */
const EXTENSION_HEADERS: readonly SkippedHeaderDescription[] = [
  // Hop-by-Hop Options.
  { value: 0, bytes: 8, unitBytes: 8 },
  // Routing: no segments left.
  { value: 43, bytes: 8, unitBytes: 8, only: { bitOffset: 24, width: 8, value: 0 } },
  // Fragment: offset 0.
  { value: 44, bytes: 8, unitBytes: 0, only: { bitOffset: 16, width: 13, value: 0 } },
  // Authentication (RFC 4302).
  { value: 51, bytes: 8, unitBytes: 4 },
  // Destination Options.
  { value: 60, bytes: 8, unitBytes: 8 },
];
/** As many as RFC 8200 recommends at most in one packet: each once, Destination Options twice. */
const MOST_EXTENSION_HEADERS = 6;

const IPV6_STATE: ParserStateDescription = {
  extract: ['ipv6'],
  skip: { most: MOST_EXTENSION_HEADERS, headers: EXTENSION_HEADERS },
  select: {
    field: 'hdr.ipv6.next_header',
    next: [
      { value: IP_PROTOCOL.tcp, state: 'tcp' },
      { value: IP_PROTOCOL.udp, state: 'udp' },
      { value: ICMPV6, state: 'icmpv6' },
    ],
  },
};

/** A parser with IPv6 behind every ether type that it selects by. */
export function withIpv6({ start, states }: DataPlaneDescription['parser']): DataPlaneDescription['parser'] {
  const leading = ['ethernet', 'vlan'].map((name) => {
    const state = must(states[name], `parser state ${name}`);
    const { field, next } = must(state.select, `next states of ${name}`);
    return [name, { ...state, select: { field, next: [...next, { value: ETHER_TYPE, state: 'ipv6' }] } }] as const;
  });
  return {
    start,
    states: { ...states, ...Object.fromEntries(leading), ipv6: IPV6_STATE, icmpv6: { extract: ['icmpv6'] } },
  };
}

/** The keys of a filter table for IPv6: the addresses by their words, which take a word of TCAM each. */
export const IPV6_KEYS: readonly string[] = [
  ...['hdr.ipv6.src', 'hdr.ipv6.dst'].flatMap((field) => WORDS.map((word) => wordName(field, word))),
  'hdr.ipv6.next_header',
  'hdr.l4_port.src_port',
  'hdr.l4_port.dst_port',
  INGRESS_PORT,
];

/** The fields of IPv6 that registers are filled from, and those that they fill. */
const IPV6_WORDS = ['hdr.ipv6.src', 'hdr.ipv6.dst'].flatMap((field) => WORDS.map((word) => wordName(field, word)));
export const IPV6_EXTRACTED: readonly string[] = [
  ...IPV6_WORDS,
  'hdr.ipv6.traffic_class',
  'hdr.ipv6.flow_label',
  'hdr.ipv6.payload_len',
  'hdr.ipv6.next_header',
  'hdr.ipv6.hop_limit',
];
/** Not the next header: what it says must be what follows. */
export const IPV6_MODIFIED: readonly string[] = [...IPV6_WORDS, 'hdr.ipv6.traffic_class', 'hdr.ipv6.hop_limit'];
