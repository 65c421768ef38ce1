/**
 * `extended`: the data plane of `default` with what most published in-network programs need besides, and what a Tofino
 * has: it is as large as needed, like `default`; what of it fits a chip, tofino1 and tofino2 say.
 */

import {
  actionNames,
  DEFAULT_DESCRIPTION,
  describeRpbs,
  hashUnit,
  headerActions,
  type Pair,
  RPB_SHAPE,
  rpbPosition,
} from './default.js';
import {
  type DataPlaneDescription,
  type FilterTableDescription,
  type Gress,
  REGISTERS,
  type Register,
} from './description.js';
import { HEADERS } from './headers.js';
import { SALU } from './instructions/memory.js';
import { GROUP_BITS } from './instructions/multicast.js';
import { PAIR } from './instructions/pair.js';
import { type ActionEffect, EXTENDED_EFFECTS, EXTENDED_INGRESS_EFFECTS } from './instructions/table.js';
import {
  EGRESS_LENGTH,
  FURTHER_INTRINSICS,
  INGRESS_LENGTH,
  INTRINSICS,
  REPLICATION_ID,
  TIMESTAMP,
} from './intrinsics.js';
import { IPV6_EXTRACTED, IPV6_KEYS, IPV6_MODIFIED, withIpv6, withIpv6Headers } from './ipv6-headers.js';
import { must } from './must.js';

/** The headers of `default`, with names for parts of fields. */
const HEADERS_WITH_PARTS: DataPlaneDescription['headers'] = {
  ...HEADERS,
  tcp: {
    ...must(HEADERS['tcp'], 'TCP header'),
    parts: {
      flags: { field: 'tcp4thword', bitOffset: 8, width: 8 },
      window: { field: 'tcp4thword', bitOffset: 16, width: 16 },
    },
  },
};

/** A pair of each field with each of its registers. */
const pairsOf = (registers: Readonly<Record<string, readonly Register[]>>): readonly Pair[] =>
  Object.entries(registers).flatMap(([field, list]) => list.map((register): Pair => [field, register]));

/** Pairs beyond those of `default`, in RPBs of both gresses. */
const EXTRACT = pairsOf({
  'hdr.ipv4.ttl': ['har', 'sar'],
  'hdr.l4_port.src_port': ['har'],
  'hdr.l4_port.dst_port': ['har'],
  'hdr.tcp.seq_no': ['har', 'sar'],
  'hdr.tcp.ack_no': ['har', 'sar'],
  'hdr.tcp.flags': ['har', 'sar'],
  'hdr.tcp.window': ['har', 'sar'],
  'hdr.udp.length': ['har', 'sar'],
});
const MODIFY = pairsOf({
  'hdr.ipv4.ttl': ['har', 'sar'],
  'hdr.ipv4.src': ['har', 'sar'],
  'hdr.ipv4.dst': ['har'],
  'hdr.l4_port.src_port': ['har', 'sar'],
  'hdr.l4_port.dst_port': ['har', 'sar'],
  'hdr.tcp.seq_no': ['har', 'sar'],
  'hdr.tcp.ack_no': ['har', 'sar'],
  'hdr.tcp.flags': ['har', 'sar'],
  'hdr.tcp.window': ['har', 'sar'],
  'hdr.udp.length': ['har', 'sar'],
});

/** What is parsed and looked up where IPv6 is not. */
export const WITHOUT_IPV6: Pick<DataPlaneDescription, 'headers' | 'parser' | 'init'> = {
  headers: HEADERS_WITH_PARTS,
  parser: DEFAULT_DESCRIPTION.parser,
  init: DEFAULT_DESCRIPTION.init,
};

/** Pairs of IPv6 with all registers. */
const allRegisters = (fields: readonly string[]): Pair[] =>
  fields.flatMap((field) => REGISTERS.map((register): Pair => [field, register]));
export const IPV6_EFFECTS: readonly ActionEffect[] = [
  ...headerActions('extract', allRegisters(IPV6_EXTRACTED)),
  ...headerActions('modify', allRegisters(IPV6_MODIFIED)),
];
/**
 * One table for IPv6 with and without ports, looked up in front of the others: a filter on ports alone is one of the
 * table behind it, which takes packets of both versions of IP.
 */
const IPV6_FILTERS: FilterTableDescription = {
  name: 'tb_flow_filter5',
  path: 'IPv6',
  requires: 'ipv6',
  keys: IPV6_KEYS,
  entries: must(DEFAULT_DESCRIPTION.init.filters[0], 'filter table of default').entries,
};

const EXTENSIONS: readonly ActionEffect[] = [
  ...EXTENDED_EFFECTS,
  ...headerActions('extract', EXTRACT),
  ...headerActions('modify', MODIFY),
  ...IPV6_EFFECTS,
];
/** A field with each register. */
const intoAll = (field: string): Pair[] => REGISTERS.map((register) => [field, register]);

/** Extensions that only one gress can do. */
export const OF_GRESS: Readonly<Record<Gress, readonly ActionEffect[]>> = {
  ingress: [
    ...EXTENDED_INGRESS_EFFECTS,
    ...headerActions('extract', [...intoAll(TIMESTAMP), ...intoAll(INGRESS_LENGTH)]),
  ],
  egress: headerActions('extract', [...intoAll(REPLICATION_ID.name), ...intoAll(EGRESS_LENGTH)]),
};

/** A group for each number of 16 bits but 0, which is none; nodes and copies as large as needed. */
const REPLICATION = { groups: 2 ** GROUP_BITS - 1, nodes: 2 ** 16, copies: 2 ** 10 } as const;

/** RPBs whose arrays are of pairs, two in each gress, with a program's hashes and masks in between. */
const RPBS_OF_PAIRS: readonly number[] = [4, 9, 15, 20];

/** The actions of an RPB of `default`, and the extensions; on memory only those of its array's kind. */
function actionsOf(number: number, gress: Gress): readonly string[] {
  const { actions } = must(DEFAULT_DESCRIPTION.rpbs[number], `RPB ${number} of default`);
  const isOfPairs = RPBS_OF_PAIRS.includes(number);
  const onMemory = actionNames(isOfPairs ? SALU.members : PAIR.members);
  return [...actions, ...actionNames([...EXTENSIONS, ...OF_GRESS[gress]])].filter((name) => !onMemory.includes(name));
}

export const EXTENDED_DESCRIPTION: DataPlaneDescription = {
  ...DEFAULT_DESCRIPTION,
  name: 'extended',
  summary: 'the data plane of default with actions and headers beyond those of the paper',
  headers: withIpv6Headers(WITHOUT_IPV6.headers),
  parser: withIpv6(WITHOUT_IPV6.parser),
  init: { ...WITHOUT_IPV6.init, filters: [IPV6_FILTERS, ...WITHOUT_IPV6.init.filters] },
  intrinsics: [...INTRINSICS, REPLICATION_ID, ...FURTHER_INTRINSICS],
  replication: REPLICATION,
  rpbs: describeRpbs((number) => {
    const position = rpbPosition(number);
    const shape = RPBS_OF_PAIRS.includes(number) ? { ...RPB_SHAPE, words: 2 as const } : RPB_SHAPE;
    return { ...position, ...shape, hash: hashUnit(number), actions: actionsOf(number, position.gress) };
  }),
};
