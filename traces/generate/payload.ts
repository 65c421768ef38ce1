/** The payload of generated frames: bytes that count up from 0, so that a misplaced one can be seen in a dump. */
import { wordAt } from './trusted-reads.js';

/**
 * Where UDP carries it: the echo service (RFC 862), which takes any bytes. Other ports have protocols of which the payload
 * would be a malformed message.
 */
export const UDP_ECHO_PORT = 7;

/** Bytes after which the pattern starts over. */
const PERIOD_BYTES = 256;
const PERIOD_WORDS = PERIOD_BYTES / 4;
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

/** One period from payload byte 0 on, then one from byte 1 on, from 2 on and from 3 on. */
const PATTERN = new Int32Array(4 * PERIOD_WORDS);
new Uint8Array(PATTERN.buffer).forEach((_, i, bytes) => {
  bytes[i] = i + Math.floor(i / PERIOD_BYTES);
});

/** Writes payload to `words[from .. to)`; the first byte written is payload byte `firstByte`, 0 to 3. */
export function writePayload(words: Int32Array, from: number, to: number, firstByte: number): void {
  const pattern = firstByte * PERIOD_WORDS;
  for (let i = from; i < to; i++) words[i] = wordAt(PATTERN, pattern + ((i - from) & (PERIOD_WORDS - 1)));
}
