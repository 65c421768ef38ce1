/** One RPB as a P4 control of its own. */
import type { ActionEffect, SaluPair } from '../data-plane/actions.js';
import type { DataPlane, Rpb } from '../data-plane/data-plane.js';
import { type MatchTable, matchTables } from '../data-plane/tables.js';
import { actionDeclaration, REGISTER_HASH, SALU_FLAG, TUPLE_HASH } from './actions.js';
import type { PacketFields } from './fields.js';
import { tableDeclaration } from './table.js';
import { type Block, braces, comment, declaration, hex, renderBlocks, spaced } from './text.js';

/** The name of its control and of the instance: Rpb3 and rpb3. */
export const rpbControl = ({ number }: Rpb): string => `Rpb${number}`;
export const rpbInstance = ({ number }: Rpb): string => `rpb${number}`;

/** Parameters of an RPB's control, and what a gress passes for them. */
export const RPB_PARAMETERS = {
  ingress: [
    'inout header_t hdr',
    'inout ingress_metadata_t ig_md',
    'inout ingress_intrinsic_metadata_for_deparser_t ig_dprsr_md',
  ],
  egress: [
    'inout header_t hdr',
    'in egress_intrinsic_metadata_t eg_intr_md',
    'inout egress_intrinsic_metadata_for_deparser_t eg_dprsr_md',
  ],
} as const;

export function rpbFile(dataPlane: DataPlane, rpb: Rpb, fields: PacketFields): string {
  const table = matchTables(dataPlane).find(({ name }) => name === rpb.table);
  if (table === undefined) throw new Error(`no table ${rpb.table}`);
  const control = declaration(`control ${rpbControl(rpb)}`, RPB_PARAMETERS[rpb.gress], body(rpb, table, fields));
  const summary = `RPB ${rpb.number}: ${rpb.gress}, stage ${rpb.stage}. One action per packet, on what its program says here.`;
  return renderBlocks([...comment(summary), ...control]);
}

function body(rpb: Rpb, table: MatchTable, fields: PacketFields): Block[] {
  const actions = [...rpb.actions.values()];
  const pairs = new Set(actions.flatMap(({ effect }) => (effect.kind === 'salu' ? [effect.pair] : [])));
  return spaced([
    memory(rpb),
    ...[...pairs].map((pair) => registerAction(rpb, pair)),
    hashUnit(rpb),
    ...actions.map((action, i) => {
      const before = actions[i - 1]?.effect.kind;
      const heading = before === action.effect.kind ? [] : comment(ABOUT[action.effect.kind]);
      return [...heading, ...actionDeclaration(action, rpb, fields)];
    }),
    tableDeclaration(table, fields),
    braces('apply', ['tb_operation.apply();']),
  ]);
}

/** What stands before the actions of each kind. */
const ABOUT: Readonly<Record<ActionEffect['kind'], string>> = {
  setBranch: 'Branches: what follows is done for this id only.',
  hash: 'Hashes, of addresses, ports and protocol or of har, into the low half of har or mar.',
  mask: 'Addresses in memory: mar is cut to the size of a block,',
  offset: 'and the base of the block is added; the flag picks the operation that comes.',
  salu: 'Memory: the word at the address, by one of the pairs above.',
  loadImmediate: 'Constants.',
  alu: 'Arithmetic; the first register is the destination.',
  backup: 'Registers are saved',
  recover: 'and restored, around steps that need one.',
  extract: 'Header fields and intrinsic ones into registers.',
  modify: 'Registers into header fields.',
  return: 'Back to the sender.',
  forward: 'To a port.',
  drop: 'Nowhere; what else the packet is told does not count.',
  report: 'To the CPU.',
};

const memoryName = (rpb: Rpb): string => rpb.registerArray.slice(rpb.control.length + 1);

const memory = (rpb: Rpb): Block[] => [
  ...comment('Memory of all programs; each has blocks of its own, which the address translation adds.'),
  `Register<bit<32>, bit<16>>(${rpb.buckets}) ${memoryName(rpb)};`,
];

/** What a stateful ALU does with the word and sar; the flag picks the first (0) or the second operation. */
const MEANING: Readonly<Record<SaluPair, readonly Block[]>> = {
  add_sub: [
    ...braces(`if (${SALU_FLAG} == 0)`, ['word = word + hdr.meta.reg.sar;'], '} else {'),
    ['word = word - hdr.meta.reg.sar;'],
    '}',
    'result = word;',
  ],
  and_or: [
    ...braces(`if (${SALU_FLAG} == 0)`, ['word = word & hdr.meta.reg.sar;', 'result = word;'], '} else {'),
    ['result = word;', 'word = word | hdr.meta.reg.sar;'],
    '}',
  ],
  read_write: [...braces(`if (${SALU_FLAG} == 1)`, ['word = hdr.meta.reg.sar;']), 'result = word;'],
  max: [...braces('if (hdr.meta.reg.sar > word)', ['word = hdr.meta.reg.sar;']), 'result = word;'],
};

const registerAction = (rpb: Rpb, pair: SaluPair): Block[] =>
  braces(
    `RegisterAction<bit<32>, bit<16>, bit<32>>(${memoryName(rpb)}) ${pair}_alu =`,
    braces('void apply(inout bit<32> word, out bit<32> result)', MEANING[pair]),
    '};',
  );

/**
 * Each hash is called for two registers, and p4c warns that it makes no control plane interface for such a one; none is
 * wanted. It tells calls of different instances apart, so that instances of their own for the four calls would take five
 * hash distribution units of an RPB where now three do, and a stage with two RPBs has six.
 */
function hashUnit({ hash, number }: Rpb): Block[] {
  const parameters = [
    `coeff    = ${hex(hash.polynomial, 16)}`,
    `reversed = ${hash.reflected}`,
    'msb      = false',
    'extended = false',
    `init     = ${hex(hash.initial, 16)}`,
    `xor      = ${hex(hash.xorOut, 16)}`,
  ];
  const polynomial = `rpb${number}_polynomial`;
  return [
    ...comment(`The hash function of this RPB: ${hash.name}.`),
    'CRCPolynomial<bit<16>>(',
    parameters.map((parameter, i) => (i < parameters.length - 1 ? `${parameter},` : parameter)),
    `) ${polynomial};`,
    `Hash<bit<16>>(HashAlgorithm_t.CUSTOM, ${polynomial}) ${TUPLE_HASH};`,
    `Hash<bit<16>>(HashAlgorithm_t.CUSTOM, ${polynomial}) ${REGISTER_HASH};`,
  ];
}
