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

/** Statements for the addresses and the protocol of IPv6. */
const foldedCode = (ipv6: Ipv6Endpoints, to: CodeWriter): string[] =>
  foldedAddresses(ipv6, to, `protocol = ${readCode(ipv6.nextHeader, 'h6')};`);

/** Statements for the addresses of IPv6, each folded to 32 bits: the XOR of its words. */
function foldedAddresses({ header, source, destination }: Ipv6Endpoints, to: CodeWriter, more: string): string[] {
  const folded = (words: readonly FieldAccess[]): string => words.map((word) => readCode(word, 'h6')).join(' ^ ');
  return [
    `const h6 = ${to.header(header)};`,
    `if (h6 >= 0) { from = ${folded(source)}; to = ${folded(destination)}; ${more} }`,
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

/** @param addresses which of the two IPv4 addresses are hashed */
const addressesInto = <Name extends string>(
  name: Name,
  register: number,
  variable: RegisterVariable,
  addresses: { readonly source: boolean; readonly destination: boolean },
): Operation<Name> => ({
  name,
  reaches: 'packet hash',
  run: (unit, { rpb }, phv) =>
    setLowHalf(phv.registers, register, unit.hashAddresses(rpb, phv, addresses.source, addresses.destination)),
  code(_operands, to) {
    const { ipv4, source, destination, ipv6 } = to.endpoints;
    const unit = to.hash;
    const names = [addresses.source ? 'from' : [], addresses.destination ? 'to' : []].flat();
    return [
      `const t = ${to.constant('hashTables')}, h = ${to.header(ipv4)};`,
      'let from = 0; let to = 0;',
      `if (h >= 0) { from = ${readCode(source, 'h')}; to = ${readCode(destination, 'h')}; }`,
      ...(ipv6 === undefined ? [] : foldedAddresses(ipv6, to, '')),
      `let crc = ${unit.initial};`,
      ...names.map((name) => `crc = ${extendWordCode(unit, 't', 'crc', name)};`),
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

type FieldHashName = `hash${'Source' | 'Destination' | 'Addresses'}${'Har' | 'Mar'}`;

const SOURCE = { source: true, destination: false };
const DESTINATION = { source: false, destination: true };
const BOTH = { source: true, destination: true };

export const FIELD_HASH: Meaning<'field_hash', FieldHashName> = {
  kind: 'field_hash',
  operations: [
    addressesInto('hashSourceHar', HAR, 'har', SOURCE),
    addressesInto('hashDestinationHar', HAR, 'har', DESTINATION),
    addressesInto('hashAddressesHar', HAR, 'har', BOTH),
    addressesInto('hashSourceMar', MAR, 'mar', SOURCE),
    addressesInto('hashDestinationMar', MAR, 'mar', DESTINATION),
    addressesInto('hashAddressesMar', MAR, 'mar', BOTH),
  ],
  decode: ({ input, into }) => ({ operation: `hash${ADDRESSES_OF[input]}${into === 'har' ? 'Har' : 'Mar'}` }),
};

const ADDRESSES_OF = { src: 'Source', dst: 'Destination', 'src, dst': 'Addresses' } as const;

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
