/** Values of fields as text for people: addresses as addresses, ports decimal, all others hexadecimal. */

import { IPV6_BITS, ipv6Text, ofWords, prefixLength } from './ipv6-text.js';
import { must } from './must.js';

const IPV6_ADDRESS = /^hdr\.ipv6\.(src|dst)$/;
const IPV4_ADDRESS = /^hdr\.ipv4\.(src|dst)$/;
const MAC_ADDRESS = /^hdr\.ethernet\.(src|dst)$/;
const PORT = /_port$/;
const BYTE = 256;

/** The value of a field. @param field its full name */
export function fieldText(field: string, of: number | bigint): string {
  if (IPV6_ADDRESS.test(field)) return ipv6Text(BigInt(of));
  const value = Number(of);
  if (IPV4_ADDRESS.test(field)) return bytesOf(value, 4).join('.');
  if (MAC_ADDRESS.test(field)) {
    return bytesOf(value, 6)
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(':');
  }
  return PORT.test(field) ? String(value) : numberText(value);
}

/** The mask of a field, in the notation of its values. @param field its full name */
export const maskText = (field: string, mask: number): string =>
  PORT.test(field) ? numberText(mask) : fieldText(field, mask);

/** What a key or a filter says of a field; without a mask, of all its bits. */
interface Match {
  readonly name: string;
  readonly value: number;
  readonly mask?: number;
}

/** What the words of an address say together. */
export interface AddressMatch {
  /** The field that has the words. */
  readonly name: string;
  /** The address and its prefix length, or its mask. */
  readonly address: string;
  /** Whether it stands for one address. */
  readonly isWhole: boolean;
}

const ADDRESS_WORD = /^(hdr\.ipv6\.(?:src|dst))\[(\d)\]$/;
const WORD = 0xffffffff;

/** Matches with the words of IPv6 addresses put together; words that are left out match anything. */
export function withAddresses<Item extends Match>(matches: readonly Item[]): (Item | AddressMatch)[] {
  const shown: (Item | AddressMatch)[] = [];
  const words = new Map<string, { readonly at: number; readonly values: number[]; readonly masks: number[] }>();
  for (const match of matches) {
    const found = ADDRESS_WORD.exec(match.name);
    if (found === null) {
      shown.push(match);
      continue;
    }
    const field = must(found[1], 'field of a word');
    const word = must(found[2], 'number of a word');
    if (!words.has(field)) {
      words.set(field, { at: shown.length, values: [0, 0, 0, 0], masks: [0, 0, 0, 0] });
      shown.push(match);
    }
    const known = must(words.get(field), 'words of a field');
    known.values[Number(word)] = match.value;
    known.masks[Number(word)] = match.mask ?? WORD;
  }
  for (const [name, { at, values, masks }] of words) {
    const mask = ofWords(masks);
    const length = prefixLength(mask, IPV6_BITS);
    const address = `${ipv6Text(ofWords(values))}/${length ?? ipv6Text(mask)}`;
    shown[at] = { name, address, isWhole: length === IPV6_BITS };
  }
  return shown;
}

/** A number in hexadecimal; below 10, where both notations are alike, without the prefix. */
export const numberText = (value: number): string => (value < 10 ? String(value) : `0x${value.toString(16)}`);

/** The low bytes of a value, the most significant first. */
function bytesOf(value: number, count: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; bytes.length < count; rest = Math.floor(rest / BYTE)) bytes.unshift(rest % BYTE);
  return bytes;
}
