/** Frames out of the records of images: a copy of the first words, payload, and what differs between packets. */

import type { ChosenPackets } from './chosen-packets.js';
import { bitsAt, deposit, EPHEMERAL_PORT_BITS, hash32, permute, usablePort } from './flow-bits.js';
import { IMAGE, IMAGE_FLAG, IMAGE_HALF, type ImagePool } from './image-pool.js';
import { foldSum, halvesSum } from './internet-checksum.js';
import { FIRST_DOUBLE_WORDS } from './packet-image.js';
import { payloadSum, writePayload } from './payload.js';
import { doubleWordAt, halfAt, placeAt, wordAt } from './trusted-reads.js';

/** The memory of frames, as units of different length. */
export interface FrameMemory {
  readonly doubleWords: BigInt64Array;
  readonly words: Int32Array;
  readonly halves: Uint16Array;
}

/** A view of bytes that start at a multiple of 8 in their memory. */
export const frameMemory = ({ buffer, byteOffset, length }: Uint8Array): FrameMemory => ({
  doubleWords: new BigInt64Array(buffer, byteOffset, length >> 3),
  words: new Int32Array(buffer, byteOffset, length >> 2),
  halves: new Uint16Array(buffer, byteOffset, length >> 1),
});

/**
 * Writes frames, each padded with 0 to a multiple of 8 bytes, the earlier ones first.
 * @param offset of each frame in bytes, a multiple of 8; what follows the last may be overwritten
 */
export function writeFrames(
  pool: ImagePool,
  chosen: ChosenPackets,
  count: number,
  memory: FrameMemory,
  offset: Uint32Array,
  first: number,
): void {
  for (let n = 0; n < count; n++) {
    copyFrame(pool, wordAt(chosen.image, n), placeAt(chosen.length, n), memory, placeAt(offset, first + n) >> 3);
  }
  findFlows(pool, chosen, count);
  for (let n = 0; n < count; n++) patchFrame(pool, chosen, n, memory.halves, placeAt(offset, first + n) >> 1);
}

/** For each length modulo 8: which bits of the last two words belong to the frame. */
const LAST_WORDS = new Int32Array(16);
new Uint8Array(LAST_WORDS.buffer).forEach((_, i, bytes) => {
  const [length, byte] = [i >> 3, i & 7];
  bytes[i] = length === 0 || byte < length ? 0xff : 0;
});

/** Copies headers and payload. @param start double word */
function copyFrame(
  { doubleWords: from, halves }: ImagePool,
  image: number,
  length: number,
  { doubleWords: to, words }: FrameMemory,
  start: number,
): void {
  const end = start + ((length + 7) >> 3);
  const first = (image + IMAGE.first) >> 1;
  const firstLength = halfAt(halves, 2 * image + IMAGE_HALF.firstDoubleWords);
  if (start + FIRST_DOUBLE_WORDS <= to.length) copyFirst(from, first, to, start);
  else for (let i = 0; i < end - start && i < FIRST_DOUBLE_WORDS; i++) to[start + i] = doubleWordAt(from, first + i);
  for (let i = FIRST_DOUBLE_WORDS; i < firstLength; i++) to[start + i] = doubleWordAt(from, first + i);
  writePayload(to, start + firstLength, end, halfAt(halves, 2 * image + IMAGE_HALF.pattern));
  const last = 2 * end;
  const padding = 2 * (length & 7);
  words[last - 2] = wordAt(words, last - 2) & wordAt(LAST_WORDS, padding);
  words[last - 1] = wordAt(words, last - 1) & wordAt(LAST_WORDS, padding + 1);
}

/**
 * Copies {@link FIRST_DOUBLE_WORDS}, however long the frame is: a loop that ends with the frame would cost more, as the
 * processor cannot foresee its end.
 */
function copyFirst(from: BigInt64Array, first: number, to: BigInt64Array, start: number): void {
  to[start] = doubleWordAt(from, first);
  to[start + 1] = doubleWordAt(from, first + 1);
  to[start + 2] = doubleWordAt(from, first + 2);
  to[start + 3] = doubleWordAt(from, first + 3);
  to[start + 4] = doubleWordAt(from, first + 4);
  to[start + 5] = doubleWordAt(from, first + 5);
  to[start + 6] = doubleWordAt(from, first + 6);
  to[start + 7] = doubleWordAt(from, first + 7);
  to[start + 8] = doubleWordAt(from, first + 8);
  to[start + 9] = doubleWordAt(from, first + 9);
  to[start + 10] = doubleWordAt(from, first + 10);
  to[start + 11] = doubleWordAt(from, first + 11);
  to[start + 12] = doubleWordAt(from, first + 12);
  to[start + 13] = doubleWordAt(from, first + 13);
  to[start + 14] = doubleWordAt(from, first + 14);
  to[start + 15] = doubleWordAt(from, first + 15);
}

/** Computes addresses and ports of each packet's flow. */
function findFlows({ words, halves }: ImagePool, chosen: ChosenPackets, count: number): void {
  for (let n = 0; n < count; n++) {
    const image = wordAt(chosen.image, n);
    const half = 2 * image;
    const flowKey = wordAt(chosen.flowKey, n);
    const low = permute(wordAt(chosen.flow, n), halfAt(halves, half + IMAGE_HALF.permutedBits), flowKey);
    const middle = hash32(low ^ flowKey);
    const takesHighBits = (halfAt(halves, half + IMAGE_HALF.flags) & IMAGE_FLAG.takesHighBits) !== 0;
    const high = takesHighBits ? hash32(middle + 1) : 0;
    const sourceBits = halfAt(halves, half + IMAGE_HALF.sourceBits);
    const destinationBits = halfAt(halves, half + IMAGE_HALF.destinationBits);
    const sourceHost = bitsAt(0, sourceBits, low, middle, high);
    const destinationHost = bitsAt(sourceBits, destinationBits, low, middle, high);
    chosen.source[n] =
      wordAt(words, image + IMAGE.sourceBase) | deposit(sourceHost, wordAt(words, image + IMAGE.sourceMask));
    chosen.destination[n] =
      wordAt(words, image + IMAGE.destinationBase) |
      deposit(destinationHost, wordAt(words, image + IMAGE.destinationMask));
    const sourcePortMask = halfAt(halves, half + IMAGE_HALF.sourcePortMask);
    const destinationPortMask = halfAt(halves, half + IMAGE_HALF.destinationPortMask);
    const sourceAt = sourceBits + destinationBits;
    const destinationAt = sourceAt + (sourcePortMask === 0 ? 0 : EPHEMERAL_PORT_BITS);
    const sourceChoice = bitsAt(sourceAt, EPHEMERAL_PORT_BITS, low, middle, high) & sourcePortMask;
    const destinationChoice = bitsAt(destinationAt, EPHEMERAL_PORT_BITS, low, middle, high) & destinationPortMask;
    const sourcePort = usablePort(halfAt(halves, half + IMAGE_HALF.sourcePort), sourceChoice);
    const destinationPort = usablePort(halfAt(halves, half + IMAGE_HALF.destinationPort), destinationChoice);
    chosen.ports[n] = (sourcePort << 16) | destinationPort;
  }
}

/** Writes what a flow and a length change in a frame: addresses, ports, lengths, checksums. @param frame half */
function patchFrame({ halves }: ImagePool, chosen: ChosenPackets, n: number, to: Uint16Array, frame: number): void {
  const half = 2 * wordAt(chosen.image, n);
  const ipv4At = halfAt(halves, half + IMAGE_HALF.ipv4);
  if (ipv4At === 0) return;
  const length = placeAt(chosen.length, n);
  const source = wordAt(chosen.source, n);
  const destination = wordAt(chosen.destination, n);
  const ipv4 = frame + ipv4At;
  const totalLength = length - 2 * ipv4At;
  const addressSum = halvesSum(source) + halvesSum(destination);
  to[ipv4 + 1] = inPacket(totalLength);
  to[ipv4 + 5] = inPacket(~foldSum(halfAt(halves, half + IMAGE_HALF.ipv4Sum) + totalLength + addressSum));
  to[ipv4 + 6] = inPacket(source >>> 16);
  to[ipv4 + 7] = inPacket(source);
  to[ipv4 + 8] = inPacket(destination >>> 16);
  to[ipv4 + 9] = inPacket(destination);
  const transportAt = halfAt(halves, half + IMAGE_HALF.transport);
  if (transportAt === 0) return;
  const ports = wordAt(chosen.ports, n);
  const transportLength = length - 2 * transportAt;
  const payload = length - halfAt(halves, half + IMAGE_HALF.headerBytes);
  const isUdp = halfAt(halves, half + IMAGE_HALF.flags) & IMAGE_FLAG.isUdp;
  // The transport length stands in the pseudo header, and in UDP a second time in the header.
  const fixedSum = halfAt(halves, half + IMAGE_HALF.transportSum) + payloadSum(payload) + (transportLength << isUdp);
  const checksum = ~foldSum(fixedSum + addressSum + halvesSum(ports)) & 0xffff;
  to[frame + transportAt] = inPacket(ports >>> 16);
  to[frame + transportAt + 1] = inPacket(ports);
  to[frame + halfAt(halves, half + IMAGE_HALF.transportLength)] = inPacket(transportLength);
  // In UDP 0 means that there is no checksum; the other zero of ones' complement stands for it (RFC 768).
  to[frame + halfAt(halves, half + IMAGE_HALF.transportChecksum)] = inPacket(
    checksum === 0 && isUdp ? 0xffff : checksum,
  );
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The low 16 bits of a value as a half that has them in network order. */
const inPacket = (value: number): number => (LITTLE_ENDIAN ? (value << 8) | ((value >>> 8) & 0xff) : value);
