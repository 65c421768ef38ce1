/** Hashes, which replace the low half of a register. */
import { readCode } from '../field-code.js';
import { afterByteCode, extendWordCode } from '../hash.js';
import type { FieldAccess } from '../header-fields.js';
import { HAR, MAR } from '../phv.js';
import type { Ipv6Endpoints } from './field-operands.js';
import type { CodeWriter, HashCode, Meaning, Operation, RegisterVariable } from './meaning.js';

const HIGH_HALF = 0xffff0000;

/** @param value 16 bits */
export function setLowHalf(registers: Uint32Array, register: number, value: number): void {
  registers[register] = ((registers[register] as number) & HIGH_HALF) | value;
}

const tupleInto = <Name extends string>(name: Name, register: number, variable: RegisterVariable): Operation<Name> => ({
  name,
  reaches: 'packet hash',
  run: (unit, { rpb }, phv) => setLowHalf(phv.registers, register, unit.hashTuple(rpb, phv)),
  code(_operands, to) {
    const { ipv4, ports, source, destination, protocol, ipv6 } = to.endpoints;
    const unit = to.hash;
    return [
      `const t = ${to.constant('hashTables')}, h = ${to.header(ipv4)}, l4 = ${to.header(ports)};`,
      'let from = 0; let to = 0; let protocol = 0;',
      `if (h >= 0) { from = ${readCode(source, 'h')}; to = ${readCode(destination, 'h')}; protocol = ${readCode(protocol, 'h')}; }`,
      ...(ipv6 === undefined ? [] : foldedCode(ipv6, to)),
      'const ports = l4 < 0 ? 0 : D.getInt32(l4);',
      `let crc = ${extendWordCode(unit, 't', String(unit.initial), 'from')};`,
      `crc = ${extendWordCode(unit, 't', 'crc', 'to')};`,
      `crc = ${extendWordCode(unit, 't', 'crc', 'ports')};`,
      `crc = ${afterByteCode(unit, 't', 'crc', 'protocol')};`,
      into(to, variable, unit),
    ].join('\n');
  },
});

/** Statements for the addresses of IPv6, each folded to 32 bits: the XOR of its words. */
function foldedCode({ header, source, destination, nextHeader }: Ipv6Endpoints, to: CodeWriter): string[] {
  const folded = (words: readonly FieldAccess[]): string => words.map((word) => readCode(word, 'h6')).join(' ^ ');
  return [
    `const h6 = ${to.header(header)};`,
    `if (h6 >= 0) { from = ${folded(source)}; to = ${folded(destination)}; protocol = ${readCode(nextHeader, 'h6')}; }`,
  ];
}

const wordInto = <Name extends string>(name: Name, register: number, variable: RegisterVariable): Operation<Name> => ({
  name,
  reaches: 'variables',
  run: (unit, { rpb }, { registers }) => setLowHalf(registers, register, unit.hashWord(rpb, registers[HAR] as number)),
  code(_operands, to) {
    const unit = to.hash;
    return [
      `const t = ${to.constant('hashTables')}, word = ${to.read('har')};`,
      `const crc = ${extendWordCode(unit, 't', String(unit.initial), 'word')};`,
      into(to, variable, unit),
    ].join('\n');
  },
});

/** Puts `crc` into the low half of a register. */
function into(to: CodeWriter, variable: RegisterVariable, { xorOut }: HashCode): string {
  const register = to.write(variable);
  return `${register} = ${register} & -65536 | crc${xorOut === 0 ? '' : ` ^ ${xorOut}`};`;
}

type HashName = 'hashTupleHar' | 'hashRegisterHar' | 'hashTupleMar' | 'hashRegisterMar';

export const HASH: Meaning<'hash', HashName> = {
  kind: 'hash',
  operations: [
    tupleInto('hashTupleHar', HAR, 'har'),
    wordInto('hashRegisterHar', HAR, 'har'),
    tupleInto('hashTupleMar', MAR, 'mar'),
    wordInto('hashRegisterMar', MAR, 'mar'),
  ],
  decode: ({ input, into }) => ({
    operation: `hash${input === '5-tuple' ? 'Tuple' : 'Register'}${into === 'har' ? 'Har' : 'Mar'}`,
  }),
};
