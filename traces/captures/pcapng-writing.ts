/** The blocks of pcapng that are written: one interface for each switch port, by the name that the reader knows. */
import { LINK_TYPE_ETHERNET } from './link-type.js';

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPTION_NAME = 2;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_TIME_OFFSET = 14;
/** The exponent of `if_tsresol`: 10⁻⁹ seconds. */
const NANOSECONDS = 9;
const SECTION_BYTES = 28;
const INTERFACE_FIXED_BYTES = 16;
const PACKET_FIXED_BYTES = 28;
const TRAILER_BYTES = 4;
const WORD = 2 ** 32;
const HALF = 2 ** 16;

/**
 * Time stamps count nanoseconds, in 64 bits without a sign, from the interface's offset on: 2³⁴ seconds (544 years) fit.
 * Packets before 1970 and after 2514 are of interfaces that count from another multiple of this.
 */
export const SECONDS_OF_INTERFACE = 2 ** 34;

/** Maximum bytes of a packet's blocks besides its own bytes and the interface's name: an interface, the packet block, padding. */
export const PCAPNG_OVERHEAD_BYTES = 96;
/** Maximum length of the name of an interface. */
export const MAX_INTERFACE_NAME = 256;

const padded = (bytes: number): number => (bytes + 3) & ~3;

/** Writes the section header block, little-endian; returns where it ends. */
export function writeSection(view: DataView, at: number): number {
  view.setUint32(at, SECTION_HEADER, true);
  view.setUint32(at + 4, SECTION_BYTES, true);
  view.setUint32(at + 8, BYTE_ORDER_MAGIC, true);
  view.setUint16(at + 12, 1, true);
  view.setUint16(at + 14, 0, true);
  // The section's length, which need not be known: −1.
  view.setBigInt64(at + 16, -1n, true);
  view.setUint32(at + 24, SECTION_BYTES, true);
  return at + SECTION_BYTES;
}

/**
 * Writes the description of an interface; returns where it ends.
 * @param name ASCII @param offsetSeconds whole, also below 0: what its time stamps count from
 */
export function writeInterface(view: DataView, at: number, name: string, offsetSeconds: number): number {
  const offsetBytes = offsetSeconds === 0 ? 0 : 12;
  const bytes = INTERFACE_FIXED_BYTES + 4 + padded(name.length) + 8 + offsetBytes + 4 + TRAILER_BYTES;
  view.setUint32(at, INTERFACE_DESCRIPTION, true);
  view.setUint32(at + 4, bytes, true);
  view.setUint16(at + 8, LINK_TYPE_ETHERNET, true);
  view.setUint16(at + 10, 0, true);
  view.setUint32(at + 12, 0, true);
  let option = at + INTERFACE_FIXED_BYTES;
  view.setUint16(option, OPTION_NAME, true);
  view.setUint16(option + 2, name.length, true);
  for (let i = 0; i < padded(name.length); i++) view.setUint8(option + 4 + i, name.charCodeAt(i) || 0);
  option += 4 + padded(name.length);
  view.setUint16(option, OPTION_TIME_RESOLUTION, true);
  view.setUint16(option + 2, 1, true);
  view.setUint32(option + 4, NANOSECONDS, true);
  option += 8;
  if (offsetBytes > 0) {
    view.setUint16(option, OPTION_TIME_OFFSET, true);
    view.setUint16(option + 2, 8, true);
    view.setBigInt64(option + 4, BigInt(offsetSeconds), true);
    option += offsetBytes;
  }
  // The end of the options.
  view.setUint32(option, 0, true);
  view.setUint32(at + bytes - TRAILER_BYTES, bytes, true);
  return at + bytes;
}

/** Fields before the bytes of a packet. */
export interface PacketHeading {
  /** Place of its port's description among those of the section, from 0. */
  readonly interfaceIndex: number;
  /** From the interface's offset on, below {@link SECONDS_OF_INTERFACE}. */
  readonly timeSeconds: number;
  readonly timeNanoseconds: number;
  readonly capturedLength: number;
  readonly originalLength: number;
}

/** Writes a packet block but for the packet's bytes; returns where they go. */
export function writePacketBlock(view: DataView, at: number, heading: PacketHeading): number {
  const { capturedLength, timeSeconds, timeNanoseconds } = heading;
  const data = at + PACKET_FIXED_BYTES;
  const end = packetBytesEnd(data, capturedLength);
  // The padding; first, as without packet bytes this is a field of the heading.
  view.setUint32(end - 2 * TRAILER_BYTES, 0, true);
  view.setUint32(at, ENHANCED_PACKET, true);
  view.setUint32(at + 4, end - at, true);
  view.setUint32(at + 8, heading.interfaceIndex, true);
  // seconds · 10⁹ + nanoseconds exceeds a double: in halves of the seconds, each product is exact.
  const upperSeconds = Math.floor(timeSeconds / HALF);
  const upper = upperSeconds * 1e9;
  const lower = (timeSeconds - upperSeconds * HALF) * 1e9 + timeNanoseconds;
  const upperHigh = Math.floor(upper / HALF);
  const lowerHigh = Math.floor(lower / WORD);
  const low = (upper - upperHigh * HALF) * HALF + (lower - lowerHigh * WORD);
  const lowHigh = Math.floor(low / WORD);
  view.setUint32(at + 12, upperHigh + lowerHigh + lowHigh, true);
  view.setUint32(at + 16, low - lowHigh * WORD, true);
  view.setUint32(at + 20, capturedLength, true);
  view.setUint32(at + 24, heading.originalLength, true);
  view.setUint32(end - TRAILER_BYTES, end - at, true);
  return data;
}

/** Where the block ends of a packet whose bytes begin at `at`. */
export const packetBytesEnd = (at: number, capturedLength: number): number =>
  at + padded(capturedLength) + TRAILER_BYTES;
