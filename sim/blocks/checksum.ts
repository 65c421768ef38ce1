/** Internet checksums (RFC 1071, incremental update RFC 1624). */

/**
 * Sum of bytes as the halves of 16-bit words. @param parity 0 if the first byte is the high half of its word, else 1
 */
export function sumBytes(bytes: Uint8Array, start: number, count: number, parity: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const byte = bytes[start + i] as number;
    sum += ((i + parity) & 1) === 0 ? byte << 8 : byte;
  }
  return sum;
}

/** Folds a sum of 16-bit words, below 2³², into 16 bits with end-around carry. */
export function foldSum(sum: number): number {
  const folded = (sum & 0xffff) + (sum >>> 16);
  return (folded & 0xffff) + (folded >>> 16);
}

/** Writes the checksum of an IPv4 header of this many bytes, a multiple of 4, at `start`. */
export function writeIpv4Checksum(view: DataView, start: number, headerBytes: number): void {
  const at = start + IPV4_CHECKSUM_OFFSET;
  let sum = -view.getUint16(at);
  for (let i = start; i < start + headerBytes; i += 4) {
    const word = view.getInt32(i);
    sum = (sum + (word & 0xffff) + (word >>> 16)) | 0;
  }
  view.setUint16(at, ~foldSum(sum));
}

/** Offset of the checksum in an IPv4 header (RFC 791). */
export const IPV4_CHECKSUM_OFFSET = 10;

/** The checksum of data whose 16-bit words changed in sum by `delta`. */
export function adjustedChecksum(checksum: number, delta: number): number {
  // As a word, since a remainder that may be -0 is computed with doubles.
  const rest = (delta % 0xffff) | 0;
  return ~foldSum((~checksum & 0xffff) + (rest < 0 ? rest + 0xffff : rest)) & 0xffff;
}
