/**
 * Headers, parser and field names that the built-in data planes share (header formats: IEEE 802, RFC 791, 793, 768).
 */
import type { AliasDescription, DataPlaneDescription, HeaderDescription } from './description.js';

const fields = (...list: readonly (readonly [name: string, width: number])[]): HeaderDescription => ({
  fields: list.map(([name, width]) => ({ name, width })),
});

const ETHER_TYPE = { ipv4: 0x0800, vlan: 0x8100, tunnel: 0x1111 };
export const IP_PROTOCOL = { tcp: 6, udp: 17 };

/** The UDP destination ports after which the application header is parsed. */
export const APPLICATION_PORTS = { cache: 7777, netCache: 7778, calculator: 8888, queryAcceleration: 9999 };

/**
 * Headers by name. `l4_port` is the part that TCP and UDP share, so that both names of a port are the same bits;
 * `tcp` and `udp` are the rest of these headers.
 */
export const HEADERS: Readonly<Record<string, HeaderDescription>> = {
  ethernet: fields(['dst', 48], ['src', 48], ['ether_type', 16]),
  vlan: fields(['pcp', 3], ['dei', 1], ['vid', 12], ['ether_type', 16]),
  tunnel: fields(['dst_id', 16]),
  ipv4: {
    ...fields(
      ['version', 4],
      ['ihl', 4],
      ['diffserv', 6],
      ['ecn', 2],
      ['total_len', 16],
      ['identification', 16],
      ['flags', 3],
      ['fragment_offset', 13],
      ['ttl', 8],
      ['protocol', 8],
      ['checksum', 16],
      ['src', 32],
      ['dst', 32],
    ),
    lengthWords: 'ihl',
    valid: [
      { field: 'version', minimum: 4, maximum: 4 },
      { field: 'ihl', minimum: 5, maximum: 15 },
    ],
  },
  l4_port: fields(['src_port', 16], ['dst_port', 16]),
  tcp: fields(['seq_no', 32], ['ack_no', 32], ['tcp4thword', 32], ['checksum', 16], ['urgent', 16]),
  udp: fields(['length', 16], ['checksum', 16]),
  l5: fields(['op', 32], ['key1', 32], ['key2', 32], ['key3', 32]),
};

const afterEtherType = [
  { value: ETHER_TYPE.ipv4, state: 'ipv4' },
  { value: ETHER_TYPE.tunnel, state: 'tunnel' },
];

/** A parser that extracts the application header after these UDP destination ports. */
export function parserWithApplicationPorts(ports: readonly number[]): DataPlaneDescription['parser'] {
  return {
    start: 'ethernet',
    states: {
      ethernet: {
        extract: ['ethernet'],
        select: {
          field: 'hdr.ethernet.ether_type',
          next: [{ value: ETHER_TYPE.vlan, state: 'vlan' }, ...afterEtherType],
        },
      },
      vlan: { extract: ['vlan'], select: { field: 'hdr.vlan.ether_type', next: afterEtherType } },
      tunnel: { extract: ['tunnel'] },
      ipv4: {
        extract: ['ipv4'],
        only: { field: 'hdr.ipv4.fragment_offset', value: 0 },
        select: {
          field: 'hdr.ipv4.protocol',
          next: [
            { value: IP_PROTOCOL.tcp, state: 'tcp' },
            { value: IP_PROTOCOL.udp, state: 'udp' },
          ],
        },
      },
      tcp: { extract: ['l4_port', 'tcp'] },
      udp: {
        extract: ['l4_port', 'udp'],
        select: { field: 'hdr.l4_port.dst_port', next: ports.map((value) => ({ value, state: 'l5' })) },
      },
      l5: { extract: ['l5'] },
    },
  };
}

/** Names in the paper's listings and in the prototype. */
export const ALIASES: Readonly<Record<string, AliasDescription>> = {
  'hdr.tcp.src_port': { field: 'hdr.l4_port.src_port', protocol: IP_PROTOCOL.tcp },
  'hdr.tcp.dst_port': { field: 'hdr.l4_port.dst_port', protocol: IP_PROTOCOL.tcp },
  'hdr.udp.src_port': { field: 'hdr.l4_port.src_port', protocol: IP_PROTOCOL.udp },
  'hdr.udp.dst_port': { field: 'hdr.l4_port.dst_port', protocol: IP_PROTOCOL.udp },
  'hdr.nc.op': { field: 'hdr.l5.op' },
  'hdr.nc.key1': { field: 'hdr.l5.key1' },
  'hdr.nc.key2': { field: 'hdr.l5.key2' },
  'hdr.nc.val': { field: 'hdr.l5.key3' },
  'hdr.nc.value': { field: 'hdr.l5.key3' },
  'hdr.ipv4.totallen': { field: 'hdr.ipv4.total_len' },
  'egintrmd.deqtimedelta': { field: 'eg_intr_md.deq_timedelta' },
};

/** The 5-tuple in the order of the hash input; each field is hashed most significant byte first. */
export const FIVE_TUPLE = [
  'hdr.ipv4.src',
  'hdr.ipv4.dst',
  'hdr.l4_port.src_port',
  'hdr.l4_port.dst_port',
  'hdr.ipv4.protocol',
];

/** What takes the place of addresses and protocol where a packet has IPv6; an address is folded, the XOR of its words. */
export const IPV6_TUPLE = ['hdr.ipv6.src', 'hdr.ipv6.dst', 'hdr.ipv6.next_header'];

/** The lists of fields that hashes take, by name; each field is hashed most significant byte first. */
export const HASHED_FIELDS = {
  '5-tuple': FIVE_TUPLE,
  src: ['hdr.ipv4.src'],
  dst: ['hdr.ipv4.dst'],
  'src, dst': ['hdr.ipv4.src', 'hdr.ipv4.dst'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type HashedFields = keyof typeof HASHED_FIELDS;

/** What a hash unit takes. */
export type HashInput = HashedFields | 'har';

export const L2_KEYS = ['hdr.ethernet.dst', 'hdr.ethernet.src', 'hdr.ethernet.ether_type'];
export const L3_KEYS = ['hdr.ipv4.src', 'hdr.ipv4.dst', 'hdr.ipv4.protocol'];
export const L4_KEYS = [...L3_KEYS, 'hdr.l4_port.src_port', 'hdr.l4_port.dst_port'];
export const TUNNEL_KEYS = ['hdr.tunnel.dst_id'];
