/** The hash units of the RPBs: one CRC-16 each, in the usual Rocksoft convention. */
import type { CrcDescription } from '../../compiler/index.js';

const WIDTH = 16;

function reverse(value: number, bits: number): number {
  let reversed = 0;
  for (let i = 0; i < bits; i++) if (value & (1 << i)) reversed |= 1 << (bits - 1 - i);
  return reversed >>> 0;
}

/** Number of bytes for each step. */
const SLICE = 4;
const ROWS = 256;
/** Rows in the tables of one unit. */
export const HASH_ROWS = SLICE * ROWS;

export class HashUnit {
  /**
   * Row b of table t is what byte b does to a CRC of 0 with t bytes after it, so that four bytes cost four independent
   * look-ups (slicing, Kounavis and Berry 2008) instead of a chain of four.
   */
  readonly tables = new Uint16Array(HASH_ROWS);
  /** Initial value of a CRC. */
  readonly initial: number;
  /** Value that is XORed into the final CRC. */
  readonly xorOut: number;
  readonly reflected: boolean;

  constructor(crc: CrcDescription) {
    const { tables } = this;
    this.reflected = crc.reflected;
    this.initial = crc.reflected ? reverse(crc.initial, WIDTH) : crc.initial;
    this.xorOut = crc.xorOut;
    for (let byte = 0; byte < ROWS; byte++) tables[byte] = crc.reflected ? reflectedRow(byte, crc) : row(byte, crc);
    for (let at = ROWS; at < HASH_ROWS; at++) tables[at] = this.afterByte(tables[at - ROWS] as number, 0);
  }

  /** The CRC of `bytes[0 .. length)`. */
  digest(bytes: Uint8Array, length: number): number {
    return this.extend(this.initial, bytes, 0, length) ^ this.xorOut;
  }

  /** Extends an intermediate CRC, at first {@link initial}, by `bytes[start .. start + count)`. */
  extend(before: number, bytes: Uint8Array, start: number, count: number): number {
    const end = start + count;
    let crc = before;
    let at = start;
    for (; at + SLICE <= end; at += SLICE) crc = this.extendWord(crc, bytes, at);
    for (; at < end; at++) crc = this.afterByte(crc, bytes[at] as number);
    return crc;
  }

  /** As {@link extend} over the four bytes at `start`. */
  extendWord(crc: number, bytes: Uint8Array, start: number): number {
    const first = this.reflected ? crc & 0xff : crc >>> 8;
    const second = this.reflected ? crc >>> 8 : crc & 0xff;
    const { tables } = this;
    return (
      (tables[3 * ROWS + (first ^ (bytes[start] as number))] as number) ^
      (tables[2 * ROWS + (second ^ (bytes[start + 1] as number))] as number) ^
      (tables[ROWS + (bytes[start + 2] as number)] as number) ^
      (tables[bytes[start + 3] as number] as number)
    );
  }

  afterByte(crc: number, byte: number): number {
    return this.reflected
      ? (crc >>> 8) ^ (this.tables[(crc ^ byte) & 0xff] as number)
      : ((crc << 8) & 0xffff) ^ (this.tables[(crc >>> 8) ^ byte] as number);
  }
}

/** The tables of all units, one after another. */
export function joinedTables(units: readonly HashUnit[]): Uint16Array {
  const joined = new Uint16Array(units.length * HASH_ROWS);
  for (const [i, { tables }] of units.entries()) joined.set(tables, i * HASH_ROWS);
  return joined;
}

/**
 * The CRC after the four bytes of a word, most significant first, as {@link HashUnit.extendWord} computes it. T holds the
 * tables. @param table where those of the unit start @param crc an expression @param word the name of an integer
 */
export function extendWordCode(
  { reflected }: Pick<HashUnit, 'reflected'>,
  table: string,
  crc: string,
  word: string,
): string {
  const bytes = [`${word} >>> 24`, `${word} >>> 16 & 255`, `${word} >>> 8 & 255`, `${word} & 255`];
  const before = reflected ? [`${crc} & 255`, `${crc} >>> 8`] : [`${crc} >>> 8`, `${crc} & 255`];
  const index = (byte: string, i: number): string => (before[i] === undefined ? byte : `(${byte} ^ (${before[i]}))`);
  return bytes.map((byte, i) => `T[${table} + ${(SLICE - 1 - i) * ROWS} + (${index(`(${byte})`, i)}) | 0]`).join(' ^ ');
}

/** As {@link HashUnit.afterByte}. @param crc the name of a variable @param byte an expression */
export const afterByteCode = (
  { reflected }: Pick<HashUnit, 'reflected'>,
  table: string,
  crc: string,
  byte: string,
): string =>
  reflected
    ? `${crc} >>> 8 ^ T[${table} + ((${crc} ^ ${byte}) & 255) | 0]`
    : `${crc} << 8 & 65535 ^ T[${table} + (${crc} >>> 8 ^ ${byte}) | 0]`;

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
