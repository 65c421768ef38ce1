/** The actions of an RPB as P4: one declaration each, from the same rows that the emulator executes. */
import type { AluOperation } from '../data-plane/actions.js';
import { type Action, RPB_KEYS, type Rpb } from '../data-plane/data-plane.js';
import type { Register } from '../data-plane/description.js';
import { FIVE_TUPLE } from '../data-plane/headers.js';
import { WORD_BITS } from '../data-plane/tables.js';
import { copyOf, type PacketFields, wholeField } from './fields.js';
import { type Block, braces, list } from './text.js';

const REGISTER: Readonly<Record<Register, string>> = { har: RPB_KEYS.har, mar: RPB_KEYS.mar, sar: RPB_KEYS.sar };
const SAVED: Readonly<Record<Register, string>> = {
  mar: 'hdr.meta.param.backup1',
  sar: 'hdr.meta.param.backup2',
  har: 'hdr.meta.param.backup3',
};
export const ADDRESS = 'hdr.meta.param.physical_address';
export const SALU_FLAG = 'hdr.meta.param.salu_flag';
export const EGRESS_PORT = 'hdr.meta.rec.egress_port';
export const ARRIVAL_PORT = 'hdr.meta.rec.ingress_port';

const OPERATOR: Readonly<Record<Exclude<AluOperation, 'max' | 'min'>, string>> = {
  add: '+',
  and: '&',
  or: '|',
  xor: '^',
};

export function actionDeclaration(action: Action, rpb: Rpb, fields: PacketFields): Block[] {
  const parameters = action.parameters.map(({ name, width }) => `bit<${width}> ${name}`).join(', ');
  return braces(`action ${action.name}(${parameters})`, statements(action, rpb, fields));
}

function statements({ effect, parameters }: Action, rpb: Rpb, fields: PacketFields): Block[] {
  const [first = { name: '' }, second = { name: '' }] = parameters;
  switch (effect.kind) {
    case 'setBranch':
      return [`${RPB_KEYS.branch} = ${first.name};`];
    case 'hash': {
      const unit = effect.input === '5-tuple' ? TUPLE_HASH : REGISTER_HASH;
      const input = effect.input === '5-tuple' ? tuple(fields) : [REGISTER.har];
      return list(`${REGISTER[effect.into]}[15:0] = ${unit}.get({`, input, '});');
    }
    case 'mask':
      return [`${REGISTER.mar} = ${REGISTER.mar} & ${first.name};`];
    case 'offset':
      return [`${ADDRESS} = ${REGISTER.mar} + ${first.name};`, `${SALU_FLAG} = ${second.name};`];
    case 'salu':
      return [`${REGISTER.sar} = ${effect.pair}_alu.execute((bit<16>)${ADDRESS});`];
    case 'loadImmediate':
      return [`${REGISTER[effect.register]} = ${first.name};`];
    case 'alu':
      return [arithmetic(effect.operation, REGISTER[effect.destination], REGISTER[effect.source])];
    case 'backup':
      return (['mar', 'sar', 'har'] as const).map((register) => `${SAVED[register]} = ${REGISTER[register]};`);
    case 'recover':
      return [`${REGISTER[effect.register]} = ${SAVED[effect.register]};`];
    case 'extract':
      return [`${REGISTER[effect.register]} = ${fields.registerValue(effect.field)};`];
    case 'modify':
      return modifyStatements(effect.field, REGISTER[effect.register], rpb, fields);
    case 'return':
      return returnToSender();
    case 'forward':
      return [`${EGRESS_PORT} = ${first.name};`];
    case 'drop':
      return [`${rpb.gress === 'ingress' ? 'ig_dprsr_md' : 'eg_dprsr_md'}.drop_ctl = 1;`];
    case 'report':
      return [`${EGRESS_PORT} = CPU_PORT;`];
  }
}

export const TUPLE_HASH = 'tuple_hash';
export const REGISTER_HASH = 'register_hash';

/** Addresses, ports, protocol: 13 bytes. Ports that are one field of the source are taken as one. */
function tuple(fields: PacketFields): string[] {
  const expressions = FIVE_TUPLE.map((name) => fields.expression(name));
  return [...new Set(expressions.map((part) => (isWhole(part, expressions) ? wholeField(part) : part)))];
}

/** Whether the parts of a field all stand in a list: no other part is named like it. */
const isWhole = (part: string, all: readonly string[]): boolean =>
  all.filter((other) => wholeField(other) === wholeField(part)).length > 1;

function arithmetic(operation: AluOperation, destination: string, source: string): string {
  if (operation === 'max' || operation === 'min') {
    const relation = operation === 'max' ? '>' : '<';
    return `${destination} = (${destination} ${relation} ${source} ? ${destination} : ${source});`;
  }
  return `${destination} = ${destination} ${OPERATOR[operation]} ${source};`;
}

/** The parser's copy, which EXTRACT reads, has to follow the field. */
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

const returnToSender = (): Block[] => [
  'bit<48> mac = hdr.ethernet.dst;',
  'hdr.ethernet.dst = hdr.ethernet.src;',
  'hdr.ethernet.src = mac;',
  'bit<32> address = hdr.ipv4.dst;',
  'hdr.ipv4.dst = hdr.ipv4.src;',
  'hdr.ipv4.src = address;',
  `${EGRESS_PORT} = ${ARRIVAL_PORT};`,
];
