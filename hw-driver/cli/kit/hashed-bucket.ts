/** The bucket in which a program keeps the state of a flow or a key, selected by its hash. */

import { FIVE_TUPLE } from '../../../compiler/data-plane/headers.js';
import { IPV6_BITS, parseIpv6, wordsOf } from '../../../compiler/data-plane/ipv6-text.js';
import { must } from '../../../compiler/data-plane/must.js';
import type { CompiledProgram, HashUse } from '../../../compiler/index.js';
import { HashUnit } from '../../../sim/index.js';
import { UsageError } from './command-line.js';

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 };
const BYTE = 8;

/** Values of the fields of a hash's input, in their order. */
type InputValues = readonly number[];

/** The values of `src,dst,sport,dport,protocol` as numbers. @throws {UsageError} */
export function flowValues(text: string): InputValues {
  const parts = text.split(',').map((part) => part.trim());
  const [source = '', destination = '', sourcePort = '', destinationPort = '', protocol, ...more] = parts;
  if (protocol === undefined || more.length > 0) {
    throw new UsageError(
      `--flow takes src,dst,sport,dport,protocol, as in 10.0.0.1,10.0.0.2,5000,53,udp, not '${text}'`,
    );
  }
  return [
    addressValue(source),
    addressValue(destination),
    flowNumber(sourcePort, 16),
    flowNumber(destinationPort, 16),
    PROTOCOLS[protocol.toLowerCase()] ?? flowNumber(protocol, 8),
  ];
}

/** An address of IPv6 is folded, as the hash takes it: the XOR of its words. */
function addressValue(text: string): number {
  const ipv6 = text.includes(':') ? parseIpv6(text) : undefined;
  if (ipv6 !== undefined) return wordsOf(ipv6, IPV6_BITS).reduce((folded, word) => folded ^ word, 0) >>> 0;
  const parts = text.split('.');
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 2 ** BYTE);
  return isAddress ? parts.reduce((value, part) => value * 2 ** BYTE + Number(part), 0) : flowNumber(text, 32);
}

function flowNumber(text: string, bits: number): number {
  const value = /^(\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value < 2 ** bits)) throw new UsageError(`--flow: '${text}' is not a value of ${bits} bits`);
  return value;
}

/**
 * The bucket of a memory, from 0, that the program's hash selects.
 * @param input the five values of a flow, or the one of har
 * @throws {UsageError} if no hash of that input addresses the memory
 */
export function hashedBucket(compiled: CompiledProgram, memory: string, input: InputValues): number {
  const uses = compiled.hashes.filter(({ memories }) => memories.some(({ name }) => name === memory));
  const [use] = uses;
  if (use === undefined) throw new UsageError(`memory ${memory} of ${compiled.program} is not addressed by a hash`);
  const isOfHar = use.input.some(({ name }) => name === 'har');
  if (isOfHar !== (input.length === 1)) {
    const fields =
      use.input.length === FIVE_TUPLE.length ? 'the 5-tuple' : use.input.map(({ name }) => name).join(', ');
    const [is, option] = isOfHar ? ['har', '--hash-input VALUE'] : [fields, '--flow'];
    throw new UsageError(`memory ${memory} of ${compiled.program} is addressed by a hash of ${is}: use ${option}`);
  }
  const buckets = compiled.memories.find(({ name }) => name === memory)?.buckets;
  if (buckets === undefined) throw new UsageError(`program ${compiled.program} has no memory ${memory}`);
  const result = digest(use, input);
  return use.mask === null ? result % buckets : result & use.mask;
}

function digest({ input, crc }: HashUse, values: InputValues): number {
  const given = (name: string): number | undefined => values[name === 'har' ? 0 : FIVE_TUPLE.indexOf(name)];
  const bytes = input.flatMap(({ name, bits }) => bigEndian(must(given(name), 'value of a hash input'), bits / BYTE));
  return new HashUnit(crc).digest(Uint8Array.from(bytes), bytes.length);
}

const bigEndian = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (BYTE * (bytes - 1 - i))) % 2 ** BYTE);
