/** Values in messages: big-endian, with the field's width in whole bytes. */
import { must } from '../../compiler/data-plane/must.js';

/** By exponent; fields are rarely wider. */
const POWERS: readonly number[] = Array.from({ length: 65 }, (_, bits) => 2 ** bits);

/** Whether a value is less than 2^bits. */
export const isBelowWidth = (value: number, bits: number): boolean => value < (POWERS[bits] ?? 2 ** bits);

export const bytesOfWidth = (bits: number): number => Math.ceil(bits / 8);

/** @param value a whole number from 0 to 2^bits - 1, and below 2^53 */
export function valueToBytes(value: number, bits: number): Uint8Array {
  const bytes = new Uint8Array(bytesOfWidth(bits));
  let rest = value;
  for (let i = bytes.length - 1; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** The value of bytes; undefined for a wrong number of bytes, or for bits beyond the width. */
export function bytesToValue(bytes: Uint8Array, bits: number): number | undefined {
  if (bytes.length !== bytesOfWidth(bits)) return undefined;
  let value = 0;
  for (let i = 0; i < bytes.length; i++) value = value * 256 + must(bytes[i], 'byte of a value');
  return isBelowWidth(value, bits) ? value : undefined;
}
