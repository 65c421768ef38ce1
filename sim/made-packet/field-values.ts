/** Values of fields as users type them. */
import { parseIpv6, wordsOf } from '../../compiler/data-plane/ipv6-text.js';
import { parseInteger } from '../../compiler/index.js';
import { MadePacketError, type NamedField } from './field-names.js';

/** From the lowest bit (RFC 9293). */
const TCP_FLAGS = 'FSRPAUEC';
const TCP_FLAGS_NAME = 'tcp.flags';
const ADDRESS_BITS = 32;
const MAC_BITS = 48;
const MAC = /^([\da-f]{2}[:-]){5}[\da-f]{2}$/i;

export const widthOf = ({ field, part }: NamedField): number => part?.width ?? field.width;

/** The words of an address of IPv6. @throws {MadePacketError} */
export function wordValues({ name, field }: NamedField, text: string): number[] {
  const value = parseIpv6(text);
  if (value === undefined) throw new MadePacketError(`${name} takes an address like 2001:db8::1, not '${text}'`);
  return wordsOf(value, field.width);
}

/** @throws {MadePacketError} */
export function fieldValue(named: NamedField, text: string): number {
  const { name } = named;
  const width = widthOf(named);
  const value = valueFrom(name, width, text);
  if (value === undefined) throw new MadePacketError(`${name} takes ${whatIsTaken(name, width)}, not '${text}'`);
  if (value >= 2 ** width) {
    throw new MadePacketError(`${name} has ${width} bits and holds up to ${2 ** width - 1}, not ${text}`);
  }
  return value;
}

function valueFrom(name: string, width: number, text: string): number | undefined {
  if (name === TCP_FLAGS_NAME && new RegExp(`^[${TCP_FLAGS}]+$`, 'i').test(text)) {
    return [...text.toUpperCase()].reduce((flags, letter) => flags | (1 << TCP_FLAGS.indexOf(letter)), 0);
  }
  if (width === MAC_BITS && MAC.test(text)) return Number(`0x${text.replaceAll(/[:-]/g, '')}`);
  if (text.includes('.') && width !== ADDRESS_BITS) return undefined;
  return parseInteger(text);
}

function whatIsTaken(name: string, width: number): string {
  if (name === TCP_FLAGS_NAME) return `letters of ${TCP_FLAGS}, or a number`;
  if (width === MAC_BITS) return 'an address like 02:00:00:00:00:01, or a number';
  return width === ADDRESS_BITS ? 'a number, or an address like 10.0.0.1' : 'a number';
}
