/** Compares packets byte by byte, except that the two representations of a TCP checksum of zero are equal. */
import type { Mismatch } from './mismatch.js';

/** @param checksum where the TCP checksum is; -1 for packets without */
export function compareBytes(expected: Uint8Array, actual: Uint8Array, checksum: number): Mismatch | undefined {
  for (let offset = 0; offset < Math.max(expected.length, actual.length); offset++) {
    if (expected[offset] === actual[offset]) continue;
    const inChecksum = checksum >= 0 && (offset === checksum || offset === checksum + 1);
    if (inChecksum && isSameChecksum(expected, actual, checksum)) continue;
    return { kind: 'bytes', offset, expected: expected[offset], actual: actual[offset] };
  }
  return undefined;
}

/** 0 and 0xffff are one number in ones' complement; which of them comes out depends on how often it was adjusted. */
function isSameChecksum(a: Uint8Array, b: Uint8Array, at: number): boolean {
  const value = (bytes: Uint8Array): number => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) % 0xffff;
  return value(a) === value(b);
}
