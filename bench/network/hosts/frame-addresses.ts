/** Addresses of frames of hosts: Ethernet, IPv4 without or with options, UDP or TCP. */
import { must } from '../../../compiler/data-plane/must.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';

const IPV4_TYPE = 0x0800;
const ETHERNET_BYTES = 14;
const PROTOCOL = { tcp: 6, udp: 17 } as const;
/** Of the address, from the start of the IPv4 header; and of checksums, from the start of their header. */
const IPV4 = { checksum: 10, source: 12, destination: 16, least: 20 } as const;
const CHECKSUM: Readonly<Record<number, number>> = { [PROTOCOL.udp]: 6, [PROTOCOL.tcp]: 16 };

const at = (bytes: Uint8Array, place: number): number => must(bytes[place], 'byte of a frame');
const half = (bytes: Uint8Array, place: number): number => (at(bytes, place) << 8) | at(bytes, place + 1);

function setHalf(bytes: Uint8Array, place: number, value: number): void {
  bytes[place] = value >>> 8;
  bytes[place + 1] = value & 0xff;
}

export const wordAt = (bytes: Uint8Array, place: number): number =>
  ((half(bytes, place) << 16) | half(bytes, place + 2)) >>> 0;

/** The IPv4 header of a frame: where it starts, -1 if there is none. */
function ipv4At(bytes: Uint8Array, start: number, end: number): number {
  const ip = start + ETHERNET_BYTES;
  if (end < ip + IPV4.least || half(bytes, start + 12) !== IPV4_TYPE) return -1;
  return at(bytes, ip) >>> 4 === 4 ? ip : -1;
}

const headerBytes = (bytes: Uint8Array, ip: number): number => 4 * (at(bytes, ip) & 15);

/** Where the transport header starts, -1 if there is none within the frame. */
function transportAt(bytes: Uint8Array, ip: number, end: number): number {
  const place = ip + headerBytes(bytes, ip);
  return CHECKSUM[at(bytes, ip + 9)] !== undefined && place + 8 <= end ? place : -1;
}

/** Where the words of the application begin behind UDP; -1 without UDP. */
export function applicationAt(batch: PacketBatch, i: number): number {
  const { bytes } = batch;
  const start = must(batch.offset[i], 'offset of a packet');
  const end = start + must(batch.capturedLength[i], 'length of a packet');
  const ip = ipv4At(bytes, start, end);
  if (ip < 0 || at(bytes, ip + 9) !== PROTOCOL.udp) return -1;
  const udp = transportAt(bytes, ip, end);
  return udp < 0 ? -1 : udp + 8;
}

/** Subtracts and adds words of 16 bits in a checksum (RFC 1624); one of 0 at UDP says that there is none, and stays. */
function adjust(bytes: Uint8Array, place: number, before: number, after: number, isUdp: boolean): void {
  const old = half(bytes, place);
  if (isUdp && old === 0) return;
  let sum = (~old & 0xffff) + (~(before >>> 16) & 0xffff) + (~before & 0xffff) + (after >>> 16) + (after & 0xffff);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  const checksum = ~sum & 0xffff;
  setHalf(bytes, place, isUdp && checksum === 0 ? 0xffff : checksum);
}

function setWord(bytes: Uint8Array, place: number, value: number): void {
  setHalf(bytes, place, value >>> 16);
  setHalf(bytes, place + 2, value & 0xffff);
}

/** Makes an address the source of a frame of IPv4; other frames stay as they are. */
export function sendFrom(bytes: Uint8Array, address: number): void {
  const ip = ipv4At(bytes, 0, bytes.length);
  if (ip < 0) return;
  const before = wordAt(bytes, ip + IPV4.source);
  const transport = transportAt(bytes, ip, bytes.length);
  setWord(bytes, ip + IPV4.source, address);
  adjust(bytes, ip + IPV4.checksum, before, address, false);
  const isUdp = at(bytes, ip + 9) === PROTOCOL.udp;
  const place = CHECKSUM[at(bytes, ip + 9)];
  if (transport >= 0 && place !== undefined) adjust(bytes, transport + place, before, address, isUdp);
}

/** Sets a word of the application of a UDP packet. @param place of the word, from {@link applicationAt} */
export function setApplicationWord({ bytes }: PacketBatch, application: number, place: number, value: number): void {
  const before = wordAt(bytes, place);
  setWord(bytes, place, value);
  adjust(bytes, application - 2, before, value, true);
}

/** Sends a packet back to where it came from: addresses and ports change places; sums stay as they are. */
export function turnRound(batch: PacketBatch, i: number): void {
  const { bytes } = batch;
  const start = must(batch.offset[i], 'offset of a packet');
  const end = start + must(batch.capturedLength[i], 'length of a packet');
  if (end - start < ETHERNET_BYTES) return;
  swap(bytes, start, start + 6, 6);
  const ip = ipv4At(bytes, start, end);
  if (ip < 0) return;
  swap(bytes, ip + IPV4.source, ip + IPV4.destination, 4);
  const transport = transportAt(bytes, ip, end);
  if (transport >= 0) swap(bytes, transport, transport + 2, 2);
}

function swap(bytes: Uint8Array, first: number, second: number, count: number): void {
  for (let n = 0; n < count; n++) {
    const byte = at(bytes, first + n);
    bytes[first + n] = at(bytes, second + n);
    bytes[second + n] = byte;
  }
}
