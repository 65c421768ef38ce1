/** Fields into registers and back. */
import { type IntrinsicName, must } from '../../../compiler/for-switches.js';
import { modifyField, type WritableField } from '../deparser.js';
import { modifyCode, readCode } from '../field-code.js';
import { readField } from '../header-fields.js';
import type { Phv } from '../phv.js';
import { REGISTER_INDEX } from './field-operands.js';
import { type CodeWriter, type Intrinsic, type Meaning, REGISTER_VARIABLES } from './meaning.js';

/** Intrinsic fields that EXTRACT can read, as operands. */
const INTRINSIC = {
  ingressPort: 0,
  dequeueDelta: 1,
  queueDepth: 2,
  replicationId: 3,
  timestamp: 4,
  packetLength: 5,
} as const;
const INTRINSIC_BY_NAME: Readonly<Record<IntrinsicName, number>> = {
  'ig_intr_md.ingress_port': INTRINSIC.ingressPort,
  'eg_intr_md.deq_timedelta': INTRINSIC.dequeueDelta,
  'eg_intr_md.enq_qdepth': INTRINSIC.queueDepth,
  'eg_intr_md.egress_rid': INTRINSIC.replicationId,
  'ig_intr_md.timestamp': INTRINSIC.timestamp,
  'ig_intr_md.pkt_length': INTRINSIC.packetLength,
  'eg_intr_md.pkt_length': INTRINSIC.packetLength,
};

const isIntrinsic = (field: string): field is IntrinsicName => Object.hasOwn(INTRINSIC_BY_NAME, field);

/** A field of a header that the packet lacks reads as 0. */
export function extract({ access }: WritableField, phv: Phv, register: number): void {
  const start = phv.headerStart[access.header] as number;
  phv.registers[register] = start < 0 ? 0 : readField(access, phv.bytes, start);
}

export function extractIntrinsic(field: number, phv: Phv, register: number): void {
  phv.registers[register] = intrinsic(field, phv);
}

function intrinsic(field: number, phv: Phv): number {
  switch (field) {
    case INTRINSIC.dequeueDelta:
      return phv.dequeueDelta;
    case INTRINSIC.queueDepth:
      return phv.queueDepth;
    case INTRINSIC.replicationId:
      return phv.replicationId;
    case INTRINSIC.timestamp:
      return phv.timestamp;
    case INTRINSIC.packetLength:
      return phv.packetLength;
    default:
      return phv.ingressPort;
  }
}

const INTRINSIC_NAMES: Readonly<Record<number, Intrinsic>> = {
  [INTRINSIC.ingressPort]: 'ingressPort',
  [INTRINSIC.dequeueDelta]: 'dequeueDelta',
  [INTRINSIC.queueDepth]: 'queueDepth',
  [INTRINSIC.replicationId]: 'replicationId',
  [INTRINSIC.timestamp]: 'timestamp',
  [INTRINSIC.packetLength]: 'packetLength',
};

const fieldOf = ({ fields }: Pick<CodeWriter, 'fields'>, operand: number): WritableField =>
  must(fields[operand], 'field operand');
const variable = (operand: number) => must(REGISTER_VARIABLES[operand], 'register operand');

export const EXTRACT: Meaning<'extract', 'extract' | 'extractIntrinsic'> = {
  kind: 'extract',
  operations: [
    {
      name: 'extract',
      reaches: 'packet',
      run: (unit, { first, second }, phv) => extract(fieldOf(unit, first), phv, second),
      code({ first, second }, to) {
        const { access } = fieldOf(to, first);
        const into = to.write(variable(second));
        return `const h = ${to.header(access.header)}; ${into} = h < 0 ? 0 : ${readCode(access, 'h')};`;
      },
    },
    {
      name: 'extractIntrinsic',
      reaches: 'variables',
      run: (_unit, { first, second }, phv) => extractIntrinsic(first, phv, second),
      code: ({ first, second }, to) =>
        `${to.write(variable(second))} = ${to.intrinsic(must(INTRINSIC_NAMES[first], 'name of an intrinsic field'))};`,
    },
  ],
  decode({ field, register }, fields) {
    const second = REGISTER_INDEX[register];
    if (isIntrinsic(field)) return { operation: 'extractIntrinsic', first: INTRINSIC_BY_NAME[field], second };
    return { operation: 'extract', first: fields.operand(field), second };
  },
};

export const MODIFY: Meaning<'modify', 'modify'> = {
  kind: 'modify',
  operations: [
    {
      name: 'modify',
      reaches: 'packet write',
      run: (unit, { first, second }, phv) =>
        modifyField(fieldOf(unit, first), phv, must(phv.registers[second], 'register operand')),
      code({ first, second }, to) {
        const field = fieldOf(to, first);
        const { access, coverage } = field;
        const changed: string[] = [];
        if (coverage.ipv4) {
          const [isChanged, sum] = [to.write('ipv4Changed'), to.write('ipv4Delta')];
          changed.push(`${isChanged} = true; ${sum} = ${sum} + delta | 0;`);
        }
        if (coverage.transport !== 0) {
          const sum = to.write('transportDelta');
          changed.push(`${sum} = ${sum} + ${coverage.transport === 2 ? '2 * delta' : 'delta'} | 0;`);
        }
        const modify = modifyCode(field, 'h', to.read(variable(second)), changed.join('\n'));
        return `const h = ${to.header(access.header)};\nif (h >= 0) {\n${modify}\n}`;
      },
    },
  ],
  decode: ({ field, register }, fields) => ({
    operation: 'modify',
    first: fields.operand(field),
    second: REGISTER_INDEX[register],
  }),
};
