/** The hash units of the RPBs: one CRC-16 each, in the usual Rocksoft convention. */
import type { CrcDescription } from '../compiler/index.js';

const WIDTH = 16;

function reverse(value: number, bits: number): number {
  let reversed = 0;
  for (let i = 0; i < bits; i++) if (value & (1 << i)) reversed |= 1 << (bits - 1 - i);
  return reversed >>> 0;
}

export class HashUnit {
  private readonly table = new Uint16Array(256);
  /** Where a CRC starts. */
  readonly initial: number;
  /** What a CRC ends with: it is its last value XOR this. */
  readonly xorOut: number;
  private readonly reflected: boolean;

  constructor(crc: CrcDescription) {
    this.reflected = crc.reflected;
    this.initial = crc.reflected ? reverse(crc.initial, WIDTH) : crc.initial;
    this.xorOut = crc.xorOut;
    for (let byte = 0; byte < 256; byte++) this.table[byte] = crc.reflected ? reflectedRow(byte, crc) : row(byte, crc);
  }

  /** The CRC of `bytes[0 .. length)`. */
  digest(bytes: Uint8Array, length: number): number {
    return this.extend(this.initial, bytes, 0, length) ^ this.xorOut;
  }

  /** A CRC on its way, {@link initial} at first, taken over `bytes[start .. start + count)`. */
  extend(before: number, bytes: Uint8Array, start: number, count: number): number {
    const { table } = this;
    let crc = before;
    if (this.reflected) {
      for (let i = start; i < start + count; i++) {
        crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] as number)) & 0xff] as number);
      }
    } else {
      for (let i = start; i < start + count; i++) {
        crc = ((crc << 8) & 0xffff) ^ (table[(crc >>> 8) ^ (bytes[i] as number)] as number);
      }
    }
    return crc;
  }
}

function row(byte: number, { polynomial }: CrcDescription): number {
  let crc = byte << 8;
  for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ polynomial) & 0xffff : (crc << 1) & 0xffff;
  return crc;
}

function reflectedRow(byte: number, { polynomial }: CrcDescription): number {
  const reversed = reverse(polynomial, WIDTH);
  let crc = byte;
  for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ reversed : crc >>> 1;
  return crc;
}
