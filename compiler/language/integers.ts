/** Integers as the language writes them, and what people write in their place. */
import { IPV6_BITS, ipv6Text, prefixMask, readIpv6 } from '../data-plane/ipv6-text.js';
import { must } from '../data-plane/must.js';
import type { Advice, Span } from './diagnostics.js';

/** The largest integer that is no IPv6 address: 48 bits, those of an Ethernet address. */
export const MAX_INTEGER = 2 ** 48 - 1;

/** Decimal, 0x…, 0b… (either case) or a dotted quad; undefined for anything else. */
export function parseInteger(text: string): number | undefined {
  const quad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (quad !== null) {
    const bytes = quad.slice(1).map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
  }
  return /^(\d+|0[xX][0-9a-fA-F]+|0[bB][01]+)$/.test(text) ? Number(text) : undefined;
}

/** The value of an integer as it is mostly written: a few decimal or hexadecimal digits; undefined for other texts. */
export function plainInteger(text: string): number | undefined {
  const isHexadecimal = text.startsWith('0x');
  const start = isHexadecimal ? 2 : 0;
  // 12 digits stay within 48 bits.
  if (text.length === start || text.length > start + 12) return undefined;
  let value = 0;
  for (let i = start; i < text.length; i++) {
    const digit = digitOf(text.charCodeAt(i));
    if (digit >= (isHexadecimal ? 16 : 10)) return undefined;
    value = value * (isHexadecimal ? 16 : 10) + digit;
  }
  return value;
}

/** The value of a digit; more than that of any for other characters. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : Number.POSITIVE_INFINITY;
}

/** What a pattern and its groups match; nothing if it does not match. */
export const groups = (pattern: RegExp, text: string): readonly (string | undefined)[] => pattern.exec(text) ?? [];

/** The prefix length of an address. */
export interface Prefix {
  /** Bits of the address. */
  readonly bits: typeof IPV4_BITS | typeof IPV6_BITS;
  /** From 0 to `bits`. */
  readonly length: number;
}

const IPV4_BITS = 32;

/** What a text that begins like an integer stands for. */
export interface ReadInteger {
  /** 0 where nothing can be made of it: it fits everywhere, so that a bad integer is reported once. */
  readonly value: number;
  /** Of an IPv6 address: all its bits, of which `value` has the order of magnitude. */
  readonly wide?: bigint;
  readonly prefix?: Prefix;
  readonly fault?: { readonly message: string; readonly hint: string | Advice | undefined };
}

/** The value of a text that begins like an integer, and what is wrong with it. */
export function readInteger(text: string, span: Span): ReadInteger {
  const value = parseInteger(text);
  if (value !== undefined && value <= MAX_INTEGER) return { value };
  if (value !== undefined) {
    const message = `${text} is larger than an integer may be (48 bits)`;
    return { value: 0, fault: { message, hint: undefined } };
  }
  return prefixed(text) ?? otherNotation(text, span) ?? ipv6Address(text) ?? notAnInteger(text);
}

const notAnInteger = (text: string): ReadInteger => ({
  value: 0,
  fault: {
    message: `'${text}' is not an integer`,
    hint: 'integers are decimal, 0x…, 0b…, or a dotted quad such as 10.0.0.1',
  },
});

/** An IPv6 address, which may have a prefix length. */
function ipv6Address(text: string): ReadInteger | undefined {
  if (!text.includes(':')) return undefined;
  const [address, digits] = text.split('/');
  const reading = readIpv6(must(address, 'text of an address'));
  const length = digits === undefined ? {} : prefixOf(text, digits, IPV6_BITS);
  if (reading.fault !== undefined) {
    return { value: 0, ...length, fault: { message: `'${text}' is not an IPv6 address`, hint: reading.fault } };
  }
  return { value: Number(reading.value), wide: reading.value, ...length };
}

/** The length behind an address. Of a faulty one all bits are compared, so that nothing else is reported. */
function prefixOf(text: string, digits: string, bits: Prefix['bits']): Pick<ReadInteger, 'prefix' | 'fault'> {
  const length = Number(digits);
  if (digits !== '' && length <= bits) return { prefix: { bits, length } };
  const lengths = `an address of ${bits} bits has prefixes of 0 to ${bits} bits`;
  const hint = digits === '' ? `a length stands behind the '/': ${lengths}` : lengths;
  return { prefix: { bits, length: bits }, fault: { message: `'${text}' is not a prefix`, hint } };
}

/** `a.b.c.d/length` */
function prefixed(text: string): ReadInteger | undefined {
  const [, address, digits] = groups(/^([\d.]+)\/(\d{0,3})$/, text);
  if (address === undefined || digits === undefined) return undefined;
  const value = parseInteger(address);
  const length = prefixOf(text, digits, IPV4_BITS);
  return value === undefined ? { ...length, ...notAnInteger(text) } : { value, ...length };
}

/** A prefix as text, without the bits that it leaves out. */
export function prefixText(value: bigint, { bits, length }: Prefix): string {
  const kept = value & prefixMask(length, bits);
  return `${bits === IPV6_BITS ? ipv6Text(kept) : dotted(Number(kept))}/${length}`;
}

const dotted = (word: number): string => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join('.');

/** Notations of other languages, each with its value as this language writes it. */
const NOTATIONS: readonly {
  readonly form: RegExp;
  readonly what: string;
  readonly cure: (parts: RegExpExecArray) => string | undefined;
}[] = [
  {
    form: /^[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}$/i,
    what: 'an Ethernet address is written as one number',
    cure: ([text]) =>
      `0x${text
        .toLowerCase()
        .replaceAll(/[0-9a-f]+/g, (byte) => byte.padStart(2, '0'))
        .replaceAll(':', '')}`,
  },
  {
    form: /^-(.+)$/,
    what: 'registers are unsigned words of 32 bits',
    cure: (parts) => {
      const value = parseInteger(must(parts[1], 'digits'));
      return value === undefined || value > 2 ** 31 ? undefined : `0x${(-value >>> 0).toString(16)}`;
    },
  },
  {
    form: /^\d+[ws](.+)$/,
    what: 'integers have no width',
    cure: (parts) => parts[1],
  },
  {
    form: /^(.+?)[uUlL]{1,3}$/,
    what: 'integers have no suffix',
    cure: (parts) => parts[1],
  },
  {
    form: /^[0-9A-Za-z]+(?:_[0-9A-Za-z]+)+$/,
    what: 'integers have no separators',
    cure: ([text]) => text.replaceAll('_', ''),
  },
];

function otherNotation(text: string, { start, end }: Span): ReadInteger | undefined {
  for (const { form, what, cure } of NOTATIONS) {
    const parts = form.exec(text);
    const written = parts === null ? undefined : cure(parts);
    const value = written === undefined ? undefined : parseInteger(written);
    if (written === undefined || value === undefined || value > MAX_INTEGER) continue;
    return {
      value,
      fault: {
        message: `'${text}' is not an integer`,
        hint: {
          hint: `${what}: write ${written}`,
          fix: { title: `write ${written}`, start, end, text: written },
        },
      },
    };
  }
  return undefined;
}
