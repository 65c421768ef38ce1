/** Numbers for people. */

/** With thousands separators. */
export const grouped = (value: number): string => value.toLocaleString('en-US');

/** The number of a packet, from 1 as `bench history` and `bench run --trace-packet` have it. @param packet from 0 */
export const packetNumber = (packet: number): string => grouped(packet + 1);

/** A number with its noun. @param plural where the noun takes more than an s */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${grouped(count)} ${count === 1 ? noun : plural}`;

/** A word as hexadecimal digits, padded to its width. */
export const hexWord = (value: number, bits = 32): string =>
  `0x${(value >>> 0).toString(16).padStart(Math.ceil(bits / 4), '0')}`;

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;
const BYTES_OF_UNIT = 1000;

/** Bytes with three digits. */
export function byteText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= BYTES_OF_UNIT && unit < UNITS.length - 1) {
    value /= BYTES_OF_UNIT;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${UNITS[unit]}`;
}
