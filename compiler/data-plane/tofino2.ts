/**
 * `tofino2`: the data plane of `extended`, reduced to fit a Tofino 2; the generated P4 source (architecture t2na)
 * implements it. 20 stages of each gress: ingress stage 0 holds the init block, stages 1 to 18 RPBs 1 to 18, stage 19
 * the recirculation block; egress stages 0 to 19 hold RPBs 19 to 38.
 *
 * What is scarce, because of which RPBs differ (compiler/data-plane/resources counts it; no p4c has compiled it here):
 * - VLIW instructions: 64 of a stage and gress, of which `NoAction` takes one; the last egress RPB shares its stage with
 *   three more. So RPBs have one of three roles, in turn: they read headers, compare, or have further actions.
 * - 32-bit containers that work together: a group has 12 normal ones and 4 mocha ones, 16 that the parser fills, as on a
 *   Tofino 1. So registers are saved and restored in egress only. Ingress reads words of requests, both addresses, ports,
 *   ECN, the time stamp and sequence numbers; egress acknowledgement and sequence numbers, the last word of requests,
 *   the destination, the time in the queue, the length of the packet and the id of a copy. TTL and the length of the
 *   queue have no word.
 * - Hash distribution units: six of a stage, three of an RPB: the address and two hashes. RPBs with further actions hash
 *   one address or both in place of the 5-tuple.
 * - Bytes: branch and recirculation id have a byte each, as in `tofino1`.
 * - Power: 52 W. This one takes 52.89 W, so it is compiled for 98 % of the load.
 * - TCAM of stage 0: RPB 19 has half the entries of the others, 6 blocks, which leaves 18 to the filters.
 *
 * A Tofino 2 parses headers of any length in egress, so IPv4 has all its options; its deq_timedelta has 32 bits.
 */

import {
  actionNames,
  DEFAULT_DESCRIPTION,
  DROP,
  EXTRACT,
  hashUnit,
  headerActions,
  MODIFY,
  POLYNOMIALS,
  RPB_SHAPE,
} from './default.js';
import {
  type DataPlaneDescription,
  type FilterTableDescription,
  type Gress,
  REGISTERS,
  type RpbDescription,
} from './description.js';
import { EXTENDED_DESCRIPTION, IPV6_EFFECTS, WITHOUT_IPV6 } from './extended.js';
import { FIELD_HASH, FIELD_HASH_INPUTS } from './instructions/hash.js';
import { compactFieldName } from './instructions/instruction.js';
import { SALU } from './instructions/memory.js';
import { PAIR } from './instructions/pair.js';
import { effectsOf, FORWARDING_EFFECTS, SAVING_EFFECTS } from './instructions/table.js';
import { INGRESS_LENGTH } from './intrinsics.js';
import { must } from './must.js';
import { COMPARISONS, CORE, DESTINATION, LATE, QUEUE_TIME, WORDS_OF_REQUESTS } from './tofino1.js';

const INGRESS_RPBS = 18;
const EGRESS_RPBS = 20;
/** Each stage and gress has 64 instructions, one of them `NoAction`. */
const INSTRUCTIONS = 63;
/** Those of the tables after the last egress RPB: one counts the pass, one strips the state, one is of checksums. */
const INSTRUCTIONS_BEHIND = 3;

/** Further primitive polynomials with nine terms: every 37th from the 19th on, so halfway between those of `default`. */
const FURTHER_POLYNOMIALS = [
  0x0a7d, 0x15ab, 0x1d53, 0x2aa7, 0x3237, 0x3953, 0x449f, 0x4cc7, 0x5593, 0x61ad, 0x698d, 0x7495, 0x8579, 0x8dc9,
  0x97a1, 0xa333,
];
const ALL_POLYNOMIALS = [...POLYNOMIALS, ...FURTHER_POLYNOMIALS];

/** What an RPB does beside the actions of all RPBs of its gress. */
type Role = 'reads' | 'compares' | 'further' | 'last';
/** Programs begin with reading. */
const INGRESS_ROLES: readonly Role[] = ['reads', 'reads', 'further', 'reads', 'compares', 'further'];
const EGRESS_ROLES: readonly Role[] = ['reads', 'compares', 'further'];

/** The others are read in ingress. */
const WORDS_IN_EGRESS = WORDS_OF_REQUESTS.filter(([field]) => !/^hdr\.l5\.(op|key1|key2)$/.test(field));

/** The actions of all RPBs of a gress. */
const EVERY: Readonly<Record<Gress, readonly string[]>> = {
  ingress: actionNames([...CORE, ...FORWARDING_EFFECTS, ...headerActions('modify', MODIFY)]),
  egress: actionNames([...CORE, DROP, ...SAVING_EFFECTS, ...headerActions('modify', MODIFY)]),
};
const OF_ROLE: Readonly<Record<Gress, Readonly<Partial<Record<Role, readonly string[]>>>>> = {
  ingress: {
    reads: actionNames(headerActions('extract', EXTRACT)),
    compares: actionNames([
      ...COMPARISONS,
      ...headerActions('extract', [['hdr.l5.key1', 'sar'], ['hdr.l5.key2', 'mar'], ...LATE]),
    ]),
    further: actionNames(headerActions('extract', LATE)),
  },
  egress: {
    reads: actionNames(headerActions('extract', [QUEUE_TIME, ...WORDS_IN_EGRESS, ...DESTINATION])),
    compares: actionNames([...COMPARISONS, ...headerActions('extract', [QUEUE_TIME, ...LATE])]),
    further: actionNames(headerActions('extract', [QUEUE_TIME, ...LATE])),
    last: actionNames([...COMPARISONS, ...headerActions('extract', [QUEUE_TIME, ['hdr.l5.key3', 'sar']])]),
  },
};

/** RPBs whose arrays are of pairs: half as many, so that they take as many SRAM blocks and map RAMs as the others. */
const RPBS_OF_PAIRS: readonly number[] = [4, 10, 16, 22, 28, 34];
const ON_WORDS = actionNames(SALU.members);
const ON_PAIRS = actionNames(PAIR.members);

const TUPLE_HASHES = actionNames(CORE.filter((effect) => effectsOf(effect).hashes?.input === '5-tuple'));

/** The actions of an RPB but for the extensions. */
function ownActions(number: number): readonly string[] {
  const { gress } = positionOf(number);
  const role = roleOf(number);
  const isOfPairs = RPBS_OF_PAIRS.includes(number);
  const onOther = isOfPairs ? ON_WORDS : ON_PAIRS;
  const own = [
    ...EVERY[gress].filter((name) => !onOther.includes(name)),
    ...(isOfPairs ? ON_PAIRS : []),
    ...must(OF_ROLE[gress][role], `actions of RPB ${number}`),
  ];
  if (role !== 'further') return own;
  const input = FIELD_HASH_INPUTS[Math.floor(number / EGRESS_ROLES.length) % FIELD_HASH_INPUTS.length];
  const hashes = FIELD_HASH.members.filter((hash) => hash.input === input);
  return [...own.filter((action) => !TUPLE_HASHES.includes(action)), ...actionNames(hashes)];
}

/** Header fields of extensions whose words a group has no room for. */
const WITHOUT_WORD: Readonly<Record<Gress, readonly string[]>> = {
  ingress: ['hdr.ipv4.ttl', 'hdr.tcp.ack_no'],
  egress: ['hdr.ipv4.ttl', 'hdr.ipv4.src', 'hdr.l4_port.src_port', 'hdr.l4_port.dst_port'],
};

/** The gress and stage of an RPB by its number. */
const positionOf = (number: number): { gress: Gress; stage: number } =>
  number <= INGRESS_RPBS ? { gress: 'ingress', stage: number } : { gress: 'egress', stage: number - INGRESS_RPBS - 1 };

function roleOf(number: number): Role {
  const { gress, stage } = positionOf(number);
  if (number === INGRESS_RPBS + EGRESS_RPBS) return 'last';
  const place = gress === 'ingress' ? number - 1 : stage;
  const roles = gress === 'ingress' ? INGRESS_ROLES : EGRESS_ROLES;
  return must(roles[place % roles.length], 'role of an RPB');
}

/**
 * Actions of `extended` for which the chip has no instruction: it moves a field into a register with zeros above only if
 * the field is the low part of a word or a half of it, and flags, TTL and the length of UDP, whose other half the deparser
 * computes, are not. Checksums of UDP add the length twice, and a checksum unit adds each container once. And all of IPv6:
 * its addresses are folded in front of a hash, which takes two stages, its filter table takes 7 TCAM blocks for each 512
 * entries, of the 18 that the other filters fill, and its addresses 8 words of a group. The length of a packet it
 * knows in egress only.
 */
export const TOFINO2_LEFT_OUT: readonly string[] = [
  ...['extract_hdrtcpflags', 'extract_hdripv4ttl', 'extract_hdrudplength', 'modify_hdrudplength'].flatMap((action) => [
    `${action}_har`,
    `${action}_sar`,
  ]),
  ...actionNames(IPV6_EFFECTS),
  ...REGISTERS.map((register) => `extract_igintrmdpktlength_${register}`),
];

/** Extensions in a gress of `extended`, which has all in each of its RPBs. */
function extensionsOf(gress: Gress): readonly string[] {
  const actionsIn = ({ rpbs }: DataPlaneDescription): readonly string[] =>
    Object.values(rpbs).flatMap((rpb) => (rpb.gress === gress ? rpb.actions : []));
  const known = new Set([
    ...actionsIn(DEFAULT_DESCRIPTION),
    ...TOFINO2_LEFT_OUT,
    ...actionNames(FIELD_HASH.members),
    ...ON_PAIRS,
    ...WITHOUT_WORD[gress].flatMap((field) => [
      `extract_${compactFieldName(field)}`,
      `modify_${compactFieldName(field)}`,
    ]),
  ]);
  const isKnown = (action: string): boolean => known.has(action) || known.has(action.slice(0, action.lastIndexOf('_')));
  return [...new Set(actionsIn(EXTENDED_DESCRIPTION))].filter((action) => !isKnown(action));
}

/** All RPBs: each has the actions of its role, and as many extensions as there is room for, in rotation. */
function describeRpbs(): Record<string, RpbDescription> {
  const next: Record<Gress, number> = { ingress: 0, egress: 0 };
  const extensionsOn = { ingress: extensionsOf('ingress'), egress: extensionsOf('egress') };
  const last = INGRESS_RPBS + EGRESS_RPBS;
  const describe = (number: number): RpbDescription => {
    const { gress, stage } = positionOf(number);
    const isOfPairs = RPBS_OF_PAIRS.includes(number);
    const own = ownActions(number);
    const room = INSTRUCTIONS - (number === last ? INSTRUCTIONS_BEHIND : 0) - own.length;
    const extensions = extensionsOn[gress];
    const taken = Array.from({ length: Math.min(room, extensions.length) }, (_, i) =>
      must(extensions[(next[gress] + i) % extensions.length], 'extension'),
    );
    next[gress] += taken.length;
    const entries = number === BESIDE_FILTERS ? RPB_SHAPE.entries / 2 : RPB_SHAPE.entries;
    return {
      gress,
      stage,
      ...RPB_SHAPE,
      ...(isOfPairs ? { words: 2 as const, buckets: RPB_SHAPE.buckets / 2 } : {}),
      entries,
      hash: hashUnit(number, ALL_POLYNOMIALS),
      actions: [...own, ...taken],
    };
  };
  return Object.fromEntries(Array.from({ length: last }, (_, i) => [String(i + 1), describe(i + 1)]));
}

/** The egress RPB in the stage of the filters. */
const BESIDE_FILTERS = INGRESS_RPBS + 1;

/** Entries of filter tables: whole TCAM blocks in each column of the key, 18 blocks together. */
const FILTER_ENTRIES = 1024;

const filterOf = (filter: FilterTableDescription): FilterTableDescription => ({ ...filter, entries: FILTER_ENTRIES });

export const TOFINO2_DESCRIPTION: DataPlaneDescription = {
  ...EXTENDED_DESCRIPTION,
  name: 'tofino2',
  summary: 'the data plane of extended, made to fit a Tofino 2: 38 RPBs that are not alike, 400 Gbit/s ports',
  chip: 'tofino2',
  ports: { width: 9, recirculation: 6, cpu: 0, bitsPerSecond: 400e9, recirculationBitsPerSecond: 400e9 },
  trafficManager: {
    bufferBytes: 64 * 2 ** 20,
    cellBytes: 176,
    source:
      'product brief of Tofino 2: 64 MB; cells: open-p4studio, bf-drivers, tm_tof2.h (176 bytes, 384 × 1,024 of them)',
  },
  intrinsics: EXTENDED_DESCRIPTION.intrinsics
    .filter(({ name }) => name !== INGRESS_LENGTH)
    .map((intrinsic) => (intrinsic.name === 'eg_intr_md.deq_timedelta' ? { ...intrinsic, width: 32 } : intrinsic)),
  ...WITHOUT_IPV6,
  init: { ...WITHOUT_IPV6.init, filters: WITHOUT_IPV6.init.filters.map(filterOf) },
  state: { ...EXTENDED_DESCRIPTION.state, branchIdBits: 8, recirculationIdBits: 8 },
  rpbs: describeRpbs(),
  recirculation: { ...EXTENDED_DESCRIPTION.recirculation, stage: INGRESS_RPBS + 1 },
  followsChip: true,
  timing: {
    ...EXTENDED_DESCRIPTION.timing,
    clockHz: 1.35e9,
    cornerTurnCycles: 0,
    source:
      'the open Tofino back end in p4lang/p4c: cycles, specs/power_spec.h, JBayMauPowerSpec; clock, specs/parde_spec.h, ' +
      'JBayPardeSpec (marked there as to be adjusted to the true one)',
  },
};
