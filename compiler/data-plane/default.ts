/**
 * `default`: the data plane of the paper's evaluation, with its faults corrected. It deviates in one point: its filter
 * tables have 4,096 entries each, because the paper counts programs as if filters cost nothing; a Tofino 1 has no TCAM
 * for that many beside twelve stages of RPBs.
 */

import type { CrcDescription, DataPlaneDescription, Gress, Register, RpbDescription } from './description.js';
import {
  ALIASES,
  APPLICATION_PORTS,
  HEADERS,
  L2_KEYS,
  L3_KEYS,
  L4_KEYS,
  parserWithApplicationPorts,
  TUNNEL_KEYS,
} from './headers.js';
import {
  type ActionEffect,
  actionName,
  FORWARDING_EFFECTS,
  HEADERLESS_EFFECTS,
  SAVING_EFFECTS,
} from './instructions/table.js';
import { INGRESS_PORT, INTRINSICS } from './intrinsics.js';
import { must } from './must.js';

/**
 * One primitive polynomial of degree 16 for each RPB. The published data plane repeats polynomials, and two CRCs of one
 * polynomial and reflection have the same collisions; distinct irreducible ones are independent for a pair of inputs.
 * These are every 37th of the 812 primitive polynomials with nine terms.
 */
export const POLYNOMIALS = [
  0x01bf, 0x0fb1, 0x1979, 0x2573, 0x2de1, 0x35a3, 0x3d43, 0x47c9, 0x50bb, 0x5a55, 0x652b, 0x706b, 0x7991, 0x8979,
  0x9355, 0x9cc5, 0xa639, 0xb199, 0xbc61, 0xc993, 0xd615, 0xe833,
];

/** RPBs 1–10 lie in ingress stages 1–10, RPBs 11–22 in egress stages 0–11. */
export const INGRESS_RPBS = 10;
const EGRESS_RPBS = 12;
export const RPB_SHAPE = { entries: 2048, buckets: 65536 };

/** The gress and stage of an RPB by its number, from 1. */
export function rpbPosition(number: number): { gress: Gress; stage: number } {
  return number <= INGRESS_RPBS
    ? { gress: 'ingress', stage: number }
    : { gress: 'egress', stage: number - INGRESS_RPBS - 1 };
}

/** All RPBs by number, each described by a function of its number. */
export function describeRpbs(describe: (number: number) => RpbDescription): Record<string, RpbDescription> {
  return Object.fromEntries(
    Array.from({ length: INGRESS_RPBS + EGRESS_RPBS }, (_, i) => [String(i + 1), describe(i + 1)]),
  );
}

/** A field and a register between which EXTRACT and MODIFY move a value. */
export type Pair = readonly [field: string, register: Register];

/** The pairs of the published data plane, and the others that the fifteen programs need. */
export const EXTRACT: readonly Pair[] = [
  ['hdr.l5.op', 'har'],
  ['hdr.l5.op', 'sar'],
  ['hdr.l5.key1', 'sar'],
  ['hdr.l5.key1', 'har'],
  ['hdr.l5.key2', 'mar'],
  ['hdr.l5.key3', 'sar'],
  ['hdr.tcp.tcp4thword', 'sar'],
  ['hdr.tcp.tcp4thword', 'har'],
  ['hdr.ipv4.total_len', 'sar'],
  ['hdr.ipv4.src', 'har'],
  ['hdr.ipv4.src', 'sar'],
  ['hdr.ipv4.src', 'mar'],
  ['hdr.ipv4.dst', 'har'],
  ['hdr.ipv4.dst', 'sar'],
  ['hdr.ipv4.ecn', 'mar'],
  ['hdr.l4_port.src_port', 'sar'],
  ['hdr.l4_port.dst_port', 'sar'],
];
const EXTRACT_EGRESS: readonly Pair[] = [
  ['eg_intr_md.deq_timedelta', 'har'],
  ['eg_intr_md.enq_qdepth', 'har'],
];
export const MODIFY: readonly Pair[] = [
  ['hdr.l5.key3', 'sar'],
  ['hdr.ipv4.dst', 'sar'],
  ['hdr.ipv4.ecn', 'sar'],
];

export const headerActions = (kind: 'extract' | 'modify', pairs: readonly Pair[]): ActionEffect[] =>
  pairs.map(([field, register]) => ({ kind, field, register }));

/** The names of the actions of an RPB. */
export const actionNames = (effects: readonly ActionEffect[]): string[] => effects.map(actionName);

const COMMON = [
  ...HEADERLESS_EFFECTS,
  ...SAVING_EFFECTS,
  ...headerActions('extract', EXTRACT),
  ...headerActions('modify', MODIFY),
];
export const DROP: ActionEffect = { kind: 'drop' };
const ACTIONS: Record<Gress, string[]> = {
  ingress: actionNames([...COMMON, ...FORWARDING_EFFECTS]),
  egress: actionNames([...COMMON, ...headerActions('extract', EXTRACT_EGRESS), DROP]),
};

export const hashUnit = (number: number, polynomials: readonly number[] = POLYNOMIALS): CrcDescription => {
  const polynomial = must(polynomials[number - 1], `polynomial of hash unit ${number}`);
  return {
    name: `CRC-16 0x${polynomial.toString(16).padStart(4, '0')}`,
    polynomial,
    reflected: false,
    initial: 0,
    xorOut: 0,
  };
};

const FILTER_ENTRIES = 4096;

export const DEFAULT_DESCRIPTION: DataPlaneDescription = {
  schema: 'p4runpro-sim/data-plane@1',
  name: 'default',
  summary:
    'the data plane of the paper as it is evaluated, mended; its filter tables are larger than a Tofino 1 allows',
  ports: { width: 9, recirculation: 68, cpu: 192, bitsPerSecond: 100e9, recirculationBitsPerSecond: 100e9 },
  trafficManager: {
    bufferBytes: 20 * 2 ** 20,
    cellBytes: 80,
    source: 'what data sheets and measurement studies of Tofino 1 switches give: 20 to 22 MB in cells of 80 bytes',
  },
  headers: HEADERS,
  parser: parserWithApplicationPorts(Object.values(APPLICATION_PORTS)),
  intrinsics: INTRINSICS,
  aliases: ALIASES,
  init: {
    stage: 0,
    forwardEntries: 512,
    filters: [
      {
        name: 'tb_flow_filter2',
        path: 'L4',
        requires: 'l4_port',
        keys: [...L4_KEYS, INGRESS_PORT],
        entries: FILTER_ENTRIES,
      },
      {
        name: 'tb_flow_filter4',
        path: 'L3',
        requires: 'ipv4',
        keys: [...L3_KEYS, INGRESS_PORT],
        entries: FILTER_ENTRIES,
      },
      {
        name: 'tb_flow_filter3',
        path: 'tunnel',
        requires: 'tunnel',
        keys: [...TUNNEL_KEYS, INGRESS_PORT],
        entries: FILTER_ENTRIES,
      },
      {
        name: 'tb_flow_filter1',
        path: 'L2',
        requires: 'ethernet',
        keys: [...L2_KEYS, INGRESS_PORT],
        entries: FILTER_ENTRIES,
      },
    ],
    onEveryPass: false,
    unforwarded: 'egress',
  },
  state: {
    programIdBits: 16,
    branchIdBits: 12,
    recirculationIdBits: 4,
    addressBits: 16,
    branchMatch: 'ternary',
    recirculationIdLast: false,
  },
  rpbs: describeRpbs((number) => {
    const position = rpbPosition(number);
    return { ...position, ...RPB_SHAPE, hash: hashUnit(number), actions: ACTIONS[position.gress] };
  }),
  recirculation: { stage: 11, entries: 16384 },
  updatesChecksums: true,
  followsChip: false,
  timing: {
    clockHz: 1.22e9,
    stageCycles: 20,
    tcamCycles: 2,
    statefulAluCycles: 4,
    cornerTurnCycles: 4,
    source: 'the open Tofino back end in p4lang/p4c, specs/power_spec.h',
    fixedNanoseconds: { mac: 0, parser: 0, deparser: 0, trafficManager: 0 },
    fixedSource: 'no figures are public; 0 leaves them out, so latencies are those of stages, queues and lines',
  },
};
