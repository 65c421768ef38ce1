/**
 * `published`: the data plane of the authors' public P4 program (github P4runpro/P4runpro, directory p4src), so that a
 * switch that runs it can be driven and its behaviour reproduced, limits included.
 */

import { actionNames, DEFAULT_DESCRIPTION, describeRpbs, RPB_SHAPE, rpbPosition } from './default.js';
import type { CrcDescription, DataPlaneDescription, Gress } from './description.js';
import { APPLICATION_PORTS, HEADERS, L2_KEYS, L4_KEYS, parserWithApplicationPorts, TUNNEL_KEYS } from './headers.js';
import { type ActionEffect, FORWARDING_EFFECTS, HEADERLESS_EFFECTS } from './instructions/table.js';
import { must } from './must.js';

/** Name, polynomial, reflected, initial value, value XORed out; one for each RPB in order. */
const CRC_UNITS: readonly (readonly [string, number, boolean, number, number])[] = [
  ['CRC-16/ARC', 0x8005, true, 0x0000, 0x0000],
  ['CRC-16/BUYPASS', 0x8005, false, 0x0000, 0x0000],
  ['CRC-16/DDS-110', 0x8005, false, 0x800d, 0x0000],
  ['CRC-16/DECT-R variant', 0x0589, false, 0x0001, 0x0001],
  ['CRC-16/DNP variant', 0x3d65, true, 0xffff, 0xffff],
  ['CRC-16/EN-13757 variant', 0x3d65, false, 0xffff, 0xffff],
  ['CRC-16/GENIBUS variant', 0x1021, false, 0x0000, 0xffff],
  ['CRC-16/MAXIM variant', 0x8005, true, 0xffff, 0xffff],
  ['CRC-16/MCRF4XX', 0x1021, true, 0xffff, 0x0000],
  ['CRC-16/RIELLO variant', 0x1021, true, 0x554d, 0x0000],
  ['CRC-16/T10-DIF', 0x8bb7, false, 0x0000, 0x0000],
  ['CRC-16/TELEDISK variant', 0xa097, false, 0x0000, 0xffff],
  ['CRC-16/USB variant', 0x8005, true, 0x0000, 0xffff],
  ['CRC-16/X-25 variant', 0x1021, true, 0x0000, 0xffff],
  ['CRC-16/XMODEM', 0x1021, false, 0x0000, 0x0000],
  ['CRC-16/MODBUS', 0x8005, true, 0xffff, 0x0000],
  ['CRC-16/KERMIT', 0x1021, true, 0x0000, 0x0000],
  ['CRC-16/CCITT-FALSE', 0x1021, false, 0xffff, 0x0000],
  ['CRC-16/AUG-CCITT', 0x1021, false, 0x1d0f, 0x0000],
  ['CRC-16/CDMA2000', 0xc867, false, 0xffff, 0x0000],
  ['CRC-16/TMS37157', 0x1021, true, 0x89ec, 0x0000],
  ['CRC-16/ISO-IEC-14443-3-A', 0x1021, true, 0xc6c6, 0x0000],
];

const hashUnit = (number: number): CrcDescription => {
  const [name, polynomial, reflected, initial, xorOut] = must(CRC_UNITS[number - 1], `hash unit of RPB ${number}`);
  return { name, polynomial, reflected, initial, xorOut };
};

const COMMON: readonly ActionEffect[] = [
  ...HEADERLESS_EFFECTS,
  { kind: 'extract', field: 'hdr.l5.op', register: 'har' },
  { kind: 'extract', field: 'hdr.l5.key1', register: 'sar' },
  { kind: 'extract', field: 'hdr.l5.key2', register: 'mar' },
  { kind: 'extract', field: 'hdr.l5.key3', register: 'sar' },
  { kind: 'extract', field: 'hdr.tcp.tcp4thword', register: 'sar' },
  { kind: 'extract', field: 'hdr.ipv4.total_len', register: 'sar' },
  { kind: 'modify', field: 'hdr.l5.key3', register: 'sar' },
  { kind: 'modify', field: 'hdr.ipv4.dst', register: 'sar' },
];
const ACTIONS: Record<Gress, string[]> = {
  ingress: actionNames([...COMMON, ...FORWARDING_EFFECTS]),
  egress: actionNames([
    ...COMMON,
    { kind: 'extract', field: 'eg_intr_md.deq_timedelta', register: 'har' },
    { kind: 'modify', field: 'hdr.ipv4.ecn', register: 'sar' },
  ]),
};

const FILTER_ENTRIES = 512;
const PARSED_AS_L4_ONLY = 'its parser lets programs run on TCP and UDP packets only';

function withoutFragmentCheck(parser: DataPlaneDescription['parser']): DataPlaneDescription['parser'] {
  const states = Object.entries(parser.states).map(([name, { only: _fragment, ...state }]) => [name, state] as const);
  return { ...parser, states: Object.fromEntries(states) };
}

/** Its parser knows neither IPv4 options nor fragments. */
const { lengthWords: _options, valid: _validity, ...fixedLengthIpv4 } = must(HEADERS['ipv4'], 'header ipv4');

export const PUBLISHED_DESCRIPTION: DataPlaneDescription = {
  ...DEFAULT_DESCRIPTION,
  name: 'published',
  summary: "the authors' public P4 program, limits included",
  headers: { ...HEADERS, ipv4: fixedLengthIpv4 },
  parser: withoutFragmentCheck(
    parserWithApplicationPorts([
      APPLICATION_PORTS.cache,
      APPLICATION_PORTS.calculator,
      APPLICATION_PORTS.queryAcceleration,
    ]),
  ),
  init: {
    stage: 0,
    forwardEntries: 512,
    filters: [
      { name: 'tb_flow_filter2', path: 'L4', requires: 'l4_port', keys: L4_KEYS, entries: FILTER_ENTRIES },
      {
        name: 'tb_flow_filter1',
        path: 'L2',
        requires: 'ethernet',
        keys: L2_KEYS,
        entries: FILTER_ENTRIES,
        unreachable: PARSED_AS_L4_ONLY,
      },
      {
        name: 'tb_flow_filter3',
        path: 'tunnel',
        requires: 'tunnel',
        keys: TUNNEL_KEYS,
        entries: FILTER_ENTRIES,
        unreachable: PARSED_AS_L4_ONLY,
      },
    ],
    onEveryPass: true,
  },
  state: {
    programIdBits: 16,
    branchIdBits: 8,
    recirculationIdBits: 8,
    addressBits: 16,
    branchMatch: 'exact',
    recirculationIdLast: true,
  },
  rpbs: describeRpbs((number) => {
    const position = rpbPosition(number);
    return { ...position, ...RPB_SHAPE, hash: hashUnit(number), actions: ACTIONS[position.gress] };
  }),
  recirculation: { stage: 11, entries: 2048 },
  updatesChecksums: false,
};
