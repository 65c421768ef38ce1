/** The P4 control of one RPB. */
import { chipOf } from '../data-plane/chip.js';
import type { Action, DataPlane, Rpb } from '../data-plane/data-plane.js';
import { FIELD_HASH_INPUTS } from '../data-plane/instructions/hash.js';
import type { P4Names } from '../data-plane/instructions/instruction.js';
import { type ActionEffect, familyOf, movedField } from '../data-plane/instructions/table.js';
import { type Block, braces, comment, declaration, hex, renderBlocks, spaced } from '../data-plane/p4-text.js';
import { type MatchTable, matchTables } from '../data-plane/tables.js';
import { actionDeclaration, fieldHashName, p4Names, REGISTER_HASH, TUPLE_HASH } from './actions.js';
import type { PacketFields } from './fields.js';
import { PAIR_TYPE } from './header-file.js';
import { tableDeclaration } from './table.js';
import { NoP4Source } from './unsupported.js';

/** The name of its control and of the instance: Rpb3 and rpb3. */
export const rpbControl = ({ number }: Rpb): string => `Rpb${number}`;
export const rpbInstance = ({ number }: Rpb): string => `rpb${number}`;

const PARAMETERS = {
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

/** Parameters of an RPB's control; the arguments have the same names. */
export function rpbParameters({ gress, actions }: Rpb): readonly string[] {
  const moved = [...actions.values()].flatMap(({ effect }) => movedField(effect, 'register'));
  const isReading = moved.some((field) => field.startsWith('ig_intr_md.'));
  return isReading ? [...PARAMETERS[gress], 'in ingress_intrinsic_metadata_t ig_intr_md'] : PARAMETERS[gress];
}

/** @throws {NoP4Source} for pairs on a chip whose stateful ALUs have one result */
export function rpbFile(dataPlane: DataPlane, rpb: Rpb, fields: PacketFields): string {
  const chip = chipOf(dataPlane);
  if (rpb.words === 2 && chip.p4.architecture === 'tna')
    throw new NoP4Source(
      dataPlane.name,
      `a stateful ALU of a ${chip.name} has one result, so RPB ${rpb.number} has no pairs`,
    );
  const table = matchTables(dataPlane).find(({ name }) => name === rpb.table);
  if (table === undefined) throw new Error(`there is no table ${rpb.table}`);
  const control = declaration(`control ${rpbControl(rpb)}`, rpbParameters(rpb), body(rpb, table, fields));
  const summary = `RPB ${rpb.number}: ${rpb.gress}, stage ${rpb.stage}. One action for each packet, selected by an entry of its program.`;
  return renderBlocks([...comment(summary), ...control]);
}

function body(rpb: Rpb, table: MatchTable, fields: PacketFields): Block[] {
  const actions = [...rpb.actions.values()];
  const names = p4Names(rpb, fields);
  return spaced([
    memory(rpb),
    ...actions.map(({ effect }) => registerAction(rpb, effect, names)),
    hashUnit(rpb),
    ...units(actions, names),
    ...actions.map((action, i) => {
      const before = actions[i - 1]?.effect.kind;
      const heading = before === action.effect.kind ? [] : comment(familyOf(action.effect).heading);
      return [...heading, ...actionDeclaration(action, names)];
    }),
    tableDeclaration(table, fields),
    braces('apply', ['tb_operation.apply();']),
  ]);
}

/** Declarations of what families of actions need, once each. */
const units = (actions: readonly Action[], names: P4Names): (readonly Block[])[] =>
  [...new Set(actions.map(({ effect }) => familyOf(effect)))].flatMap((family) =>
    family.p4Declarations === undefined ? [] : [family.p4Declarations(names)],
  );

const memoryName = (rpb: Rpb): string => rpb.registerArray.slice(rpb.control.length + 1);

const memory = (rpb: Rpb): Block[] => [
  ...comment('The memory of all programs; the address translation adds the base of a block.'),
  `Register<${bucketType(rpb)}, bit<16>>(${rpb.buckets}) ${memoryName(rpb)};`,
];

/** The type of a bucket. */
const bucketType = ({ words }: Rpb): string => (words === 2 ? PAIR_TYPE : 'bit<32>');

function registerAction(rpb: Rpb, effect: ActionEffect, names: P4Names): Block[] {
  const alu = familyOf(effect).p4Alu?.(effect, names);
  if (alu === undefined) return [];
  const type = bucketType(rpb);
  const [kind, results, parameters] =
    alu.results === 2
      ? ['RegisterAction2', 'bit<32>, bit<32>', `inout ${type} bucket, out bit<32> result, out bit<32> total`]
      : ['RegisterAction', 'bit<32>', `inout ${type} word, out bit<32> result`];
  return braces(
    `${kind}<${type}, bit<16>, ${results}>(${memoryName(rpb)}) ${alu.name} =`,
    braces(`void apply(${parameters})`, alu.body),
    '};',
  );
}

/** The hashes that actions of the RPB call: of the 5-tuple, of har, of one or both addresses. */
function hashNames({ actions }: Rpb): readonly string[] {
  const inputs = new Set([...actions.values()].map(({ effects }) => effects.hashes?.input));
  return [
    ...(inputs.has('5-tuple') ? [TUPLE_HASH] : []),
    ...(inputs.has('har') ? [REGISTER_HASH] : []),
    ...FIELD_HASH_INPUTS.filter((input) => inputs.has(input)).map(fieldHashName),
  ];
}

/**
 * Each hash is called for two registers, and p4c warns that it generates no control plane interface for such a hash;
 * none is needed. Separate instances for the four calls would take five hash distribution units of an RPB instead of
 * three, and a stage with two RPBs has six.
 */
function hashUnit(rpb: Rpb): Block[] {
  const { hash, number } = rpb;
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
    ...hashNames(rpb).map((name) => `Hash<bit<16>>(HashAlgorithm_t.CUSTOM, ${polynomial}) ${name};`),
  ];
}
