/** The Internet checksum, RFC 1071, kept as a sum of big-endian 16-bit words until the end. */

/** Folds a sum below 2³² to 16 bits, carries added back in. */
export function foldSum(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/** The sum of the 16-bit halves of a 32-bit value. */
export function halvesSum(value: number): number {
  return (value >>> 16) + (value & 0xffff);
}

/** The folded sum of `bytes[start .. end)`, an even number of bytes. */
export function wordsSum(bytes: Uint8Array, start: number, end: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let sum = 0;
  for (let at = start; at < end; at += 2) sum = foldSum(sum + view.getUint16(at));
  return sum;
}
