/** IPv6 addresses as text: all forms of RFC 4291, section 2.2, are read, and that of RFC 5952 is written. */
import { must } from './must.js';

export const IPV6_BITS = 128;
const GROUPS = 8;
const GROUP_BITS = 16n;
const GROUP_MASK = 0xffffn;

/** A text that looks like an IPv6 address: its value, or what is wrong with it. */
export type Ipv6Reading =
  | { readonly value: bigint; readonly fault: undefined }
  | { readonly value: undefined; readonly fault: string };

const faulty = (fault: string): Ipv6Reading => ({ value: undefined, fault });

/** Reads an address without a prefix length. */
export function readIpv6(text: string): Ipv6Reading {
  if (text.includes(':::')) return faulty("'::' stands for a run of zero groups, and ':::' for nothing");
  const [before, behind, ...more] = text.split('::');
  if (before === undefined || more.length > 0) return faulty("'::' may stand in it once");
  const isShortened = behind !== undefined;
  const high = groupsOf(before, !isShortened);
  const low = isShortened ? groupsOf(behind, true) : [];
  if (typeof high === 'string') return faulty(high);
  if (typeof low === 'string') return faulty(low);
  const count = high.length + low.length;
  if (!isShortened && count !== GROUPS) return faulty(`it has ${count} groups of 16 bits, and an address ${GROUPS}`);
  if (isShortened && count >= GROUPS) return faulty(`'::' stands for no group: ${count} others are there`);
  const zeros = new Array<number>(GROUPS - count).fill(0);
  const value = [...high, ...zeros, ...low].reduce((sum, group) => (sum << GROUP_BITS) | BigInt(group), 0n);
  return { value, fault: undefined };
}

/** The value of an address without a prefix length; undefined for other texts. */
export const parseIpv6 = (text: string): bigint | undefined => readIpv6(text).value;

/** Groups between colons, or a fault. @param isEnd whether the address ends here, where a dotted quad may stand */
function groupsOf(text: string, isEnd: boolean): number[] | string {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const quad = quadOf(part);
      if (quad === undefined) return `'${part}' is not a dotted quad`;
      if (!isEnd || i !== parts.length - 1) return 'a dotted quad may stand at its end only';
      groups.push(...quad);
    } else if (!/^[0-9a-f]{1,4}$/i.test(part)) {
      return part === ''
        ? `a single ':' stands at its ${i === 0 ? 'start' : 'end'}`
        : `'${part}' is not a group of up to four hexadecimal digits`;
    } else groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

/** The two groups of a dotted quad. */
function quadOf(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  const word = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return [word >>> 16, word & 0xffff];
}

/**
 * An address in the form of RFC 5952: small letters, no leading zeros, `::` for the first longest run of two or more
 * zero groups. Addresses that embed an IPv4 address by the prefix ::ffff:0:0/96 end in a dotted quad.
 */
export function ipv6Text(value: bigint): string {
  const groups = Array.from({ length: GROUPS }, (_, i) =>
    Number((value >> (GROUP_BITS * BigInt(GROUPS - 1 - i))) & GROUP_MASK),
  );
  if (value >> 32n === GROUP_MASK) {
    const [high, low] = [groupAt(groups, 6), groupAt(groups, 7)];
    return `::ffff:${high >>> 8}.${high & 255}.${low >>> 8}.${low & 255}`;
  }
  const { start, length } = longestZeros(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

const groupAt = (groups: readonly number[], i: number): number => must(groups[i], 'group of an address');

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < GROUPS; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > longest.length) longest = { start, length: end - start };
  }
  return longest;
}

/** The mask of a prefix. @param length from 0 to `bits` */
export const prefixMask = (length: number, bits: number): bigint =>
  ((1n << BigInt(length)) - 1n) << BigInt(bits - length);

/** The length of the prefix that a mask compares; undefined for a mask with a gap. */
export function prefixLength(mask: bigint, bits: number): number | undefined {
  let length = 0;
  while (length < bits && (mask >> BigInt(bits - 1 - length)) & 1n) length++;
  return mask === prefixMask(length, bits) ? length : undefined;
}

const WORD_BITS = 32;

/** A value of many bits as 32-bit words, the most significant first. @param bits a multiple of 32 */
export const wordsOf = (value: bigint, bits: number): number[] =>
  Array.from({ length: bits / WORD_BITS }, (_, i) =>
    Number((value >> BigInt(bits - WORD_BITS * (i + 1))) & 0xffffffffn),
  );

/** The value of 32-bit words, the most significant first. */
export const ofWords = (words: readonly number[]): bigint =>
  words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
