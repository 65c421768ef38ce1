/** The actions of an RPB in P4, from the instruction table. */
import { type Action, RPB_KEYS, type Rpb } from '../data-plane/data-plane.js';
import type { Register } from '../data-plane/description.js';
import { FIVE_TUPLE } from '../data-plane/headers.js';
import type { FieldHashInput, P4Names } from '../data-plane/instructions/instruction.js';
import { familyOf } from '../data-plane/instructions/table.js';
import { type Block, braces } from '../data-plane/p4-text.js';
import { WORD_BITS } from '../data-plane/tables.js';
import { copyOf, type PacketFields, wholeField } from './fields.js';

const REGISTER: Readonly<Record<Register, string>> = { har: RPB_KEYS.har, mar: RPB_KEYS.mar, sar: RPB_KEYS.sar };
const SAVED: Readonly<Record<Register, string>> = {
  mar: 'hdr.meta.param.backup1',
  sar: 'hdr.meta.param.backup2',
  har: 'hdr.meta.param.backup3',
};
export const ADDRESS = 'hdr.meta.param.physical_address';
export const SALU_FLAG = 'hdr.meta.param.salu_flag';
export const EGRESS_PORT = 'hdr.meta.rec.egress_port';
export const GROUP = 'hdr.meta.rec.group';
/** The number of no port: the traffic manager sends such a packet to its group alone, as in switch.p4. */
export const NO_PORT = 'INVALID_PORT';
export const ARRIVAL_PORT = 'hdr.meta.rec.ingress_port';

export function actionDeclaration(action: Action, names: P4Names): Block[] {
  const parameters = action.parameters.map(({ name, width }) => `bit<${width}> ${name}`).join(', ');
  const given = action.parameters.map(({ name }) => name);
  return braces(`action ${action.name}(${parameters})`, familyOf(action.effect).p4(action.effect, given, names));
}

/** The names in P4 of the registers, fields and units that actions of an RPB use. */
export const p4Names = (rpb: Rpb, fields: PacketFields): P4Names => ({
  registers: REGISTER,
  saved: SAVED,
  branch: RPB_KEYS.branch,
  address: ADDRESS,
  flag: SALU_FLAG,
  egressPort: EGRESS_PORT,
  noPort: NO_PORT,
  group: GROUP,
  leaveGroup: fields.hasGroups ? [`${GROUP} = 0;`] : [],
  arrivalPort: ARRIVAL_PORT,
  dropControl: `${rpb.gress === 'ingress' ? 'ig_dprsr_md' : 'eg_dprsr_md'}.drop_ctl`,
  tupleHash: TUPLE_HASH,
  registerHash: REGISTER_HASH,
  random: RANDOM_NUMBER,
  fieldHash: fieldHashName,
  tuple: () => tuple(fields),
  expression: (field) => fields.expression(field),
  registerValue: (field) => fields.registerValue(field),
  writeField: (field, register) => modifyStatements(field, register, rpb, fields),
});

export const TUPLE_HASH = 'tuple_hash';
export const REGISTER_HASH = 'register_hash';
export const RANDOM_NUMBER = 'random_number';
/** The hash of some fields: src_dst_hash. */
export const fieldHashName = (input: FieldHashInput): string => `${input.replace(', ', '_')}_hash`;

/** The 5-tuple: 13 bytes. Ports that are one field of the source are hashed as one. */
function tuple(fields: PacketFields): string[] {
  const expressions = FIVE_TUPLE.map((name) => fields.expression(name));
  return [...new Set(expressions.map((part) => (isWhole(part, expressions) ? wholeField(part) : part)))];
}

/** Whether all parts of a field are in a list. */
const isWhole = (part: string, all: readonly string[]): boolean =>
  all.filter((other) => wholeField(other) === wholeField(part)).length > 1;

/** Statements of MODIFY, which also update the parser's copy of the field, as EXTRACT reads that. */
function modifyStatements(field: string, register: string, { gress }: Rpb, fields: PacketFields): string[] {
  const copied = fields.copiedFields(gress).find(({ name }) => name === field);
  const write = `${fields.expression(field)} = ${narrowed(field, register, fields)};`;
  if (copied === undefined) return [write];
  return [write, `${copyOf(copied)} = ${register} & ${2 ** copied.width - 1};`];
}

function narrowed(field: string, register: string, fields: PacketFields): string {
  const width = fields.widthOf(field);
  return width === WORD_BITS ? register : `(bit<${width}>)${register}`;
}
