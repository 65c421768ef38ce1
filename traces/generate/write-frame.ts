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
  copyFrames(pool, chosen, count, memory, offset, first);
  findFlows(pool, chosen, count);
  patchFrames(pool, chosen, count, memory.halves, offset, first);
}

/** For each length modulo 8: which bits of the last two words belong to the frame. */
const LAST_WORDS = new Int32Array(16);
new Uint8Array(LAST_WORDS.buffer).forEach((_, i, bytes) => {
  const [length, byte] = [i >> 3, i & 7];
  bytes[i] = length === 0 || byte < length ? 0xff : 0;
});

/** Copies headers and payload. */
function copyFrames(
  { doubleWords: from, halves }: ImagePool,
  chosen: ChosenPackets,
  count: number,
  { doubleWords: to, words }: FrameMemory,
  offset: Uint32Array,
  first: number,
): void {
  const { image, length } = chosen;
  for (let n = 0; n < count; n++) {
    const record = wordAt(image, n);
    const start = placeAt(offset, first + n) >> 3;
    const bytes = placeAt(length, n);
    const end = start + ((bytes + 7) >> 3);
    const source = (record + IMAGE.first) >> 1;
    const copied = halfAt(halves, 2 * record + IMAGE_HALF.firstDoubleWords);
    if (start + FIRST_DOUBLE_WORDS <= to.length) copyFirst(from, source, to, start);
    else copyUpTo(from, source, to, start, Math.min(end, start + FIRST_DOUBLE_WORDS));
    if (copied > FIRST_DOUBLE_WORDS)
      copyUpTo(from, source + FIRST_DOUBLE_WORDS, to, start + FIRST_DOUBLE_WORDS, start + copied);
    if (start + copied < end) writePayload(to, start + copied, end, halfAt(halves, 2 * record + IMAGE_HALF.pattern));
    const last = 2 * end;
    const padding = 2 * (bytes & 7);
    words[last - 2] = wordAt(words, last - 2) & wordAt(LAST_WORDS, padding);
    words[last - 1] = wordAt(words, last - 1) & wordAt(LAST_WORDS, padding + 1);
  }
}

function copyUpTo(from: BigInt64Array, source: number, to: BigInt64Array, start: number, end: number): void {
  for (let i = start; i < end; i++) to[i] = doubleWordAt(from, source + i - start);
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
  const { flow, source, destination, ports } = chosen;
  for (let n = 0; n < count; n++) {
    const image = wordAt(chosen.image, n);
    const half = 2 * image;
    const flowKey = wordAt(chosen.flowKey, n);
    const low = permute(wordAt(flow, n), halfAt(halves, half + IMAGE_HALF.permutedBits), flowKey);
    const middle = hash32(low ^ flowKey);
    const takesHighBits = (halfAt(halves, half + IMAGE_HALF.flags) & IMAGE_FLAG.takesHighBits) !== 0;
    const high = takesHighBits ? hash32(middle + 1) : 0;
    const sourceBits = halfAt(halves, half + IMAGE_HALF.sourceBits);
    const destinationBits = halfAt(halves, half + IMAGE_HALF.destinationBits);
    const sourceMask = wordAt(words, image + IMAGE.sourceMask);
    const destinationMask = wordAt(words, image + IMAGE.destinationMask);
    const sourceHost = bitsAt(0, low, middle, high);
    const destinationHost = bitsAt(sourceBits, low, middle, high);
    source[n] = wordAt(words, image + IMAGE.sourceBase) | deposit(sourceHost, sourceMask);
    destination[n] = wordAt(words, image + IMAGE.destinationBase) | deposit(destinationHost, destinationMask);
    const sourcePortMask = halfAt(halves, half + IMAGE_HALF.sourcePortMask);
    const destinationPortMask = halfAt(halves, half + IMAGE_HALF.destinationPortMask);
    const sourceAt = sourceBits + destinationBits;
    const destinationAt = sourceAt + (sourcePortMask === 0 ? 0 : EPHEMERAL_PORT_BITS);
    const sourceChoice = bitsAt(sourceAt, low, middle, high) & sourcePortMask;
    const destinationChoice = bitsAt(destinationAt, low, middle, high) & destinationPortMask;
    const sourcePort = usablePort(halfAt(halves, half + IMAGE_HALF.sourcePort), sourceChoice);
    const destinationPort = usablePort(halfAt(halves, half + IMAGE_HALF.destinationPort), destinationChoice);
    ports[n] = (sourcePort << 16) | destinationPort;
  }
}

/** Writes what a flow and a length change in each frame: addresses, ports, lengths, checksums. */
function patchFrames(
  { halves }: ImagePool,
  chosen: ChosenPackets,
  count: number,
  to: Uint16Array,
  offset: Uint32Array,
  first: number,
): void {
  const { image, length, source, destination, ports } = chosen;
  for (let n = 0; n < count; n++) {
    const half = 2 * wordAt(image, n);
    const ipv4At = halfAt(halves, half + IMAGE_HALF.ipv4);
    if (ipv4At === 0) continue;
    const frame = placeAt(offset, first + n) >> 1;
    const bytes = placeAt(length, n);
    const from = wordAt(source, n);
    const towards = wordAt(destination, n);
    const ipv4 = frame + ipv4At;
    const totalLength = bytes - 2 * ipv4At;
    const addressSum = halvesSum(from) + halvesSum(towards);
    to[ipv4 + 1] = inPacket(totalLength);
    to[ipv4 + 5] = inPacket(~foldSum(halfAt(halves, half + IMAGE_HALF.ipv4Sum) + totalLength + addressSum));
    to[ipv4 + 6] = inPacket(from >>> 16);
    to[ipv4 + 7] = inPacket(from);
    to[ipv4 + 8] = inPacket(towards >>> 16);
    to[ipv4 + 9] = inPacket(towards);
    const transportAt = halfAt(halves, half + IMAGE_HALF.transport);
    if (transportAt === 0) continue;
    const transportLength = bytes - 2 * transportAt;
    const payload = payloadSum(bytes - halfAt(halves, half + IMAGE_HALF.headerBytes));
    const isUdp = halfAt(halves, half + IMAGE_HALF.flags) & IMAGE_FLAG.isUdp;
    // The transport length stands in the pseudo header, and in UDP a second time in the header.
    const fixedSum = halfAt(halves, half + IMAGE_HALF.transportSum) + payload + (transportLength << isUdp);
    const pair = wordAt(ports, n);
    const checksum = ~foldSum(fixedSum + addressSum + halvesSum(pair)) & 0xffff;
    to[frame + transportAt] = inPacket(pair >>> 16);
    to[frame + transportAt + 1] = inPacket(pair);
    to[frame + halfAt(halves, half + IMAGE_HALF.transportLength)] = inPacket(transportLength);
    // In UDP 0 means that there is no checksum; the other zero of ones' complement stands for it (RFC 768).
    to[frame + halfAt(halves, half + IMAGE_HALF.transportChecksum)] = inPacket(
      checksum === 0 && isUdp ? 0xffff : checksum,
    );
  }
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The low 16 bits of a value as a half that has them in network order. */
const inPacket = (value: number): number => (LITTLE_ENDIAN ? (value << 8) | ((value >>> 8) & 0xff) : value);
