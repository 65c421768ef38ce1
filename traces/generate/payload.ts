/** The payload of generated frames: bytes that count up from 0, so that a misplaced one can be seen in a dump. */
import { doubleWordAt } from './trusted-reads.js';

/**
 * Where UDP carries it: the echo service (RFC 862), which takes any bytes. Other ports have protocols of which the payload
 * would be a malformed message.
 */
export const UDP_ECHO_PORT = 7;

/** Bytes after which the pattern starts over. */
export const PERIOD_BYTES = 256;
export const PERIOD_DOUBLE_WORDS = PERIOD_BYTES / 8;
const PERIOD_SUM = countingSum(PERIOD_BYTES);

/** Sum of the big-endian 16-bit words of the bytes 0, 1, … `count` − 1, an odd last byte being an upper half. */
function countingSum(count: number): number {
  const upperBytes = (count + 1) >> 1;
  const lowerBytes = count >> 1;
  // 0 + 2 + 4 + … in the upper halves, 1 + 3 + 5 + … in the lower ones.
  return 256 * upperBytes * (upperBytes - 1) + lowerBytes * lowerBytes;
}

/** The sum of the 16-bit words of a payload of `length` bytes, below 2³¹ for all that fit in a frame. */
export function payloadSum(length: number): number {
  return (length >> 8) * PERIOD_SUM + countingSum(length & (PERIOD_BYTES - 1));
}

export const payloadByte = (at: number): number => at % PERIOD_BYTES;

/** Two periods from payload byte 0 on, then two from byte 1 on, and so on up to byte 7. */
export const PATTERN = new BigInt64Array(8 * 2 * PERIOD_DOUBLE_WORDS);
new Uint8Array(PATTERN.buffer).forEach((_, i, bytes) => {
  bytes[i] = payloadByte(i + Math.floor(i / (2 * PERIOD_BYTES)));
});

/** Where the pattern has payload from this byte on. */
export const patternAt = (firstByte: number): number =>
  (firstByte % 8) * 2 * PERIOD_DOUBLE_WORDS + (Math.floor(firstByte / 8) % PERIOD_DOUBLE_WORDS);

/** Writes payload to `to[from .. end)`. @param pattern of {@link patternAt} */
export function writePayload(to: BigInt64Array, from: number, end: number, pattern: number): void {
  for (let start = from; start < end; start += PERIOD_DOUBLE_WORDS) {
    const shift = pattern - start;
    const stop = Math.min(end, start + PERIOD_DOUBLE_WORDS);
    for (let i = start; i < stop; i++) to[i] = doubleWordAt(PATTERN, i + shift);
  }
}
