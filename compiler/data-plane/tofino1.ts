/**
 * `tofino1`: the data plane of `default`, reduced to fit a Tofino 1; the generated P4 source implements it.
 *
 * The scarce resources of the chip, because of which RPBs differ (compiler/data-plane/resources counts them):
 * - VLIW instructions: 64 of a stage and gress, of which `NoAction` takes one. No RPB here has more than the 62 actions
 *   that the authors' program is known to compile with; the last egress RPB shares its stage with two more.
 * - 32-bit containers that work together: an ALU reads the 16 of its own group only. Registers, saved registers, the
 *   address and every word that EXTRACT and MODIFY exchange with them must be in one group. So registers are saved and
 *   restored in egress only, and addresses, ports and ECN are read in ingress only.
 * - Bytes: the key of an RPB has 128 bits, 16 whole bytes of three TCAM columns; and the last stage may set a branch id
 *   while it counts the pass, so the two cannot share a byte. Hence 8 bits each.
 * - Power: 40 W. The authors' program takes 40.74 W and is compiled for 98 % of the load; this one takes 40.93 W, and
 *   97 % of the load, with half the memory in RPBs 1 to 3. In a packet's first pass hardly any program
 *   accesses memory there: an address takes a hash, a mask and an offset.
 * - Bytes that the egress parser reads: 160, the carried state included. So IPv4 headers have 13 words at most.
 * - TCAM of stage 0: what RPB 11 leaves to the filters is 12 blocks; they take 9, as a key of three columns needs three
 *   blocks on top of each other.
 */

import {
  actionNames,
  DEFAULT_DESCRIPTION,
  DROP,
  describeRpbs,
  EXTRACT,
  hashUnit,
  headerActions,
  INGRESS_RPBS,
  MODIFY,
  type Pair,
  RPB_SHAPE,
  rpbPosition,
} from './default.js';
import type { DataPlaneDescription, HeaderDescription } from './description.js';
import { type ActionEffect, FORWARDING_EFFECTS, HEADERLESS_EFFECTS, SAVING_EFFECTS } from './instructions/table.js';

/** Only some RPBs have these; which actions an RPB has is what this file decides. */
const isComparison = (effect: ActionEffect): boolean =>
  effect.kind === 'alu' && (effect.operation === 'max' || effect.operation === 'min');

export const COMPARISONS = HEADERLESS_EFFECTS.filter(isComparison);
/** Actions of every RPB: branches, hashes, addresses, memory, constants, arithmetic. */
export const CORE = HEADERLESS_EFFECTS.filter((effect) => !isComparison(effect));

export const WORDS_OF_REQUESTS: readonly Pair[] = EXTRACT.filter(
  ([field]) => field.startsWith('hdr.l5.') || field === 'hdr.tcp.tcp4thword' || field === 'hdr.ipv4.total_len',
);
/** Pairs of the published data plane that programs may need after the first RPBs of a gress. */
export const LATE: readonly Pair[] = [
  ['hdr.l5.key3', 'sar'],
  ['hdr.tcp.tcp4thword', 'sar'],
  ['hdr.ipv4.total_len', 'sar'],
];
export const QUEUE_TIME: Pair = ['eg_intr_md.deq_timedelta', 'har'];
export const DESTINATION: readonly Pair[] = [
  ['hdr.ipv4.dst', 'har'],
  ['hdr.ipv4.dst', 'sar'],
];

/** RPBs 1 to 6 read headers, with which programs begin. */
const LAST_FRONT_RPB = 6;
const FRONT = [
  ...CORE,
  ...FORWARDING_EFFECTS,
  ...headerActions('extract', EXTRACT),
  ...headerActions('modify', MODIFY),
];
/** RPBs 7 to 10 compare instead. */
const BACK = [
  ...CORE,
  ...COMPARISONS,
  ...FORWARDING_EFFECTS,
  ...headerActions('extract', [['hdr.l5.key1', 'sar'], ['hdr.l5.key2', 'mar'], ...LATE]),
  ...headerActions('modify', MODIFY),
];

const EVERY_EGRESS = [...CORE, DROP, ...SAVING_EFFECTS, ...headerActions('modify', MODIFY)];
/** Egress RPBs with odd numbers read headers, those with even ones compare. */
const EGRESS_READING = [
  ...EVERY_EGRESS,
  ...headerActions('extract', [QUEUE_TIME, ...WORDS_OF_REQUESTS, ...DESTINATION]),
];
const EGRESS_COMPARING = [...EVERY_EGRESS, ...COMPARISONS, ...headerActions('extract', [QUEUE_TIME, ...LATE])];
/** The last stage also counts passes and strips the carried state. */
const EGRESS_LAST = [
  ...EVERY_EGRESS,
  ...COMPARISONS,
  ...headerActions('extract', [QUEUE_TIME, ['hdr.l5.key3', 'sar']]),
];

function effectsOf(number: number, last: number): readonly ActionEffect[] {
  if (number <= LAST_FRONT_RPB) return FRONT;
  if (number <= INGRESS_RPBS) return BACK;
  if (number === last) return EGRESS_LAST;
  return number % 2 === 1 ? EGRESS_READING : EGRESS_COMPARING;
}

/** RPBs in whose stage a packet of the first pass has no address yet, and their words. */
const LAST_SMALL_MEMORY = 3;
const SMALL_MEMORY_WORDS = RPB_SHAPE.buckets / 2;

const MAX_IPV4_WORDS = 13;
const { ipv4: IPV4 = { fields: [] } } = DEFAULT_DESCRIPTION.headers;
const SHORTER_IPV4: HeaderDescription = {
  ...IPV4,
  valid: (IPV4.valid ?? []).map((condition) =>
    condition.field === IPV4.lengthWords ? { ...condition, maximum: MAX_IPV4_WORDS } : condition,
  ),
};

/** Entries of one TCAM block. */
const FILTER_ENTRIES = 512;

export const TOFINO1_DESCRIPTION: DataPlaneDescription = {
  ...DEFAULT_DESCRIPTION,
  name: 'tofino1',
  summary: 'the data plane of default, made to fit a Tofino 1: RPBs are not alike, filter tables are small',
  headers: { ...DEFAULT_DESCRIPTION.headers, ipv4: SHORTER_IPV4 },
  init: {
    ...DEFAULT_DESCRIPTION.init,
    filters: DEFAULT_DESCRIPTION.init.filters.map((filter) => ({ ...filter, entries: FILTER_ENTRIES })),
  },
  state: { ...DEFAULT_DESCRIPTION.state, branchIdBits: 8, recirculationIdBits: 8 },
  followsChip: true,
  rpbs: describeRpbs((number) => {
    const last = Object.keys(DEFAULT_DESCRIPTION.rpbs).length;
    const actions = actionNames(effectsOf(number, last));
    const buckets = number <= LAST_SMALL_MEMORY ? SMALL_MEMORY_WORDS : RPB_SHAPE.buckets;
    return { ...rpbPosition(number), ...RPB_SHAPE, buckets, hash: hashUnit(number), actions };
  }),
};
