/**
 * All targets and their images in one block of memory. With thousands of targets a packet's image is never in a near
 * cache, so what counts is how many cache lines a packet touches: an image here is one short record, its variant's
 * share and place stand in one other.
 */
import { bitCount, EPHEMERAL_PORT_BASE, EPHEMERAL_PORT_BITS } from './flow-bits.js';
import { createPacketImage, firstLength, type PacketImage } from './packet-image.js';
import type { PacketTemplate } from './packet-template.js';
import { patternAt } from './payload.js';

/** From this number of address bits on, a flow's ports may reach beyond the first 64 bits of what a flow has. */
const HIGH_BITS_FROM = 64 - 2 * EPHEMERAL_PORT_BITS;

/** A valid target, and what decides on the flows of its packets. */
export interface PooledTarget {
  readonly variants: readonly PacketTemplate[];
  readonly flowKey: number;
  /** Of the target, in errors. */
  readonly name: string;
}

/** Targets as records: each target's own, described at {@link TARGET}, and those of its images, at {@link IMAGE}. */
export interface ImagePool {
  readonly targets: number;
  /** The records, as signed words. Target t has its record at `words[t]`; records start at even words. */
  readonly words: Int32Array;
  /** The same memory. */
  readonly halves: Uint16Array;
  readonly doubleWords: BigInt64Array;
}

/** Words of a target's record. */
export const TARGET = {
  flowKey: 0,
  /** The first variant; the others follow. */
  variants: 1,
} as const;

/** Words of a variant within a target's record. */
export const VARIANT = {
  /** The highest 32-bit draw, unsigned, that chooses this variant or one before it. */
  lastDraw: 0,
  /** Where the image's record is in the pool. */
  image: 1,
  length: 2,
} as const;

/** Words of an image's record. */
export const IMAGE = {
  /** Number of flows less 1, unsigned. */
  lastFlow: 0,
  sourceBase: 1,
  sourceMask: 2,
  destinationBase: 3,
  destinationMask: 4,
  /** The fields at {@link IMAGE_HALF}, two in a word. */
  halves: 5,
  /** The start of a frame: headers, and payload up to {@link IMAGE_HALF.firstDoubleWords}; at an even word. */
  first: 16,
} as const;

/** Halves of an image's record, counted from the start of the record. */
export const IMAGE_HALF = {
  ingressPort: 10,
  minimumBytes: 11,
  /** How many lengths there are to choose from. */
  lengths: 12,
  headerBytes: 13,
  /** Offsets in halves of the headers; 0 for a header that is absent. */
  ipv4: 14,
  transport: 15,
  /** Offsets in halves of the transport checksum, and of the length of UDP; TCP has none, and its checksum's stands here. */
  transportChecksum: 16,
  transportLength: 17,
  ipv4Sum: 18,
  transportSum: 19,
  /** A port, less what a flow chooses of it. */
  sourcePort: 20,
  destinationPort: 21,
  /** The bits of a port that a flow chooses: all of an ephemeral port, or none. */
  sourcePortMask: 22,
  destinationPortMask: 23,
  sourceBits: 24,
  destinationBits: 25,
  permutedBits: 26,
  /** A sum of {@link IMAGE_FLAG}. */
  flags: 27,
  /** Length of what is at {@link IMAGE.first}. */
  firstDoubleWords: 28,
  /** Where the payload pattern goes on behind them. */
  pattern: 29,
} as const;

/** Bits of {@link IMAGE_HALF.flags}. */
export const IMAGE_FLAG = {
  isUdp: 1,
  /** Whether the addresses and ports of a flow may reach beyond the first 64 of its bits. */
  takesHighBits: 2,
} as const;

const BYTES_PER_HALF = 2;
/** Offsets in bytes from the transport header. */
const CHECKSUM = { udp: 6, tcp: 16 };
const UDP_LENGTH = 4;

function portOf(port: number | undefined): { readonly base: number; readonly mask: number } {
  return port === undefined
    ? { base: EPHEMERAL_PORT_BASE, mask: 2 ** EPHEMERAL_PORT_BITS - 1 }
    : { base: port, mask: 0 };
}

function writeImage({ words, halves, doubleWords }: ImagePool, record: number, image: PacketImage): void {
  const { isUdp, transport } = image;
  const [sourcePort, destinationPort] = [portOf(image.sourcePort), portOf(image.destinationPort)];
  const [sourceBits, destinationBits] = [bitCount(image.sourceMask), bitCount(image.destinationMask)];
  const checksum = transport + (isUdp ? CHECKSUM.udp : CHECKSUM.tcp);
  words[record + IMAGE.lastFlow] = image.flows - 1;
  words[record + IMAGE.sourceBase] = image.sourceBase;
  words[record + IMAGE.sourceMask] = image.sourceMask;
  words[record + IMAGE.destinationBase] = image.destinationBase;
  words[record + IMAGE.destinationMask] = image.destinationMask;
  doubleWords.set(image.firstDoubleWords, (record + IMAGE.first) / 2);
  const fields: Record<keyof typeof IMAGE_HALF, number> = {
    ingressPort: image.ingressPort,
    minimumBytes: image.minimumBytes,
    lengths: image.maximumBytes - image.minimumBytes + 1,
    headerBytes: image.headerBytes,
    ipv4: image.ipv4 / BYTES_PER_HALF,
    transport: transport / BYTES_PER_HALF,
    transportChecksum: checksum / BYTES_PER_HALF,
    transportLength: (isUdp ? transport + UDP_LENGTH : checksum) / BYTES_PER_HALF,
    ipv4Sum: image.ipv4Sum,
    transportSum: image.transportSum,
    sourcePort: sourcePort.base,
    destinationPort: destinationPort.base,
    sourcePortMask: sourcePort.mask,
    destinationPortMask: destinationPort.mask,
    sourceBits,
    destinationBits,
    permutedBits: image.permutedBits,
    flags:
      (isUdp ? IMAGE_FLAG.isUdp : 0) | (sourceBits + destinationBits > HIGH_BITS_FROM ? IMAGE_FLAG.takesHighBits : 0),
    firstDoubleWords: image.firstDoubleWords.length,
    pattern: patternAt(8 * image.firstDoubleWords.length - image.headerBytes),
  };
  for (const name of Object.keys(fields) as (keyof typeof IMAGE_HALF)[]) {
    halves[2 * record + IMAGE_HALF[name]] = fields[name];
  }
}

const even = (words: number): number => words + (words & 1);
const targetLength = ({ variants }: PooledTarget): number => even(TARGET.variants + variants.length * VARIANT.length);
const imageLength = (template: PacketTemplate): number => IMAGE.first + 2 * firstLength(template);

/** The pool of a number of targets in this memory, or in a part of it that starts at a multiple of 8. */
export const imagePoolOver = (
  buffer: ArrayBufferLike,
  targets: number,
  start = 0,
  bytes = buffer.byteLength - start,
): ImagePool => ({
  targets,
  words: new Int32Array(buffer, start, bytes / Int32Array.BYTES_PER_ELEMENT),
  halves: new Uint16Array(buffer, start, bytes / Uint16Array.BYTES_PER_ELEMENT),
  doubleWords: new BigInt64Array(buffer, start, bytes / BigInt64Array.BYTES_PER_ELEMENT),
});

/** Bytes of the pool of these targets. */
export function imagePoolBytes(targets: readonly PooledTarget[]): number {
  let words = even(targets.length);
  for (const target of targets) {
    words += target.variants.reduce((sum, variant) => sum + imageLength(variant), targetLength(target));
  }
  return words * Int32Array.BYTES_PER_ELEMENT;
}

/**
 * Lays targets out: where each is, then each target's record, followed by those of its images.
 * @throws TrafficError for a target that cannot be generated.
 */
export function fillImagePool(pool: ImagePool, targets: readonly PooledTarget[]): void {
  let at = even(targets.length);
  targets.forEach((target, t) => {
    pool.words[t] = at;
    at = writeTarget(pool, at, target);
  });
}

const weightOf = ({ weight = 1 }: PacketTemplate): number => weight;

/** @returns the end of the target's records */
function writeTarget(pool: ImagePool, record: number, target: PooledTarget): number {
  const { words } = pool;
  const { variants, flowKey, name } = target;
  words[record + TARGET.flowKey] = flowKey;
  const total = variants.reduce((sum, template) => sum + weightOf(template), 0);
  let variant = record + TARGET.variants;
  let at = record + targetLength(target);
  let running = 0;
  variants.forEach((template, v) => {
    running += weightOf(template);
    const share = v === variants.length - 1 ? 1 : running / total;
    // A draw d chooses a later variant if d / 2³² is not below the share; stored modulo 2³².
    words[variant + VARIANT.lastDraw] = Math.ceil(share * 2 ** 32) - 1;
    words[variant + VARIANT.image] = at;
    writeImage(pool, at, createPacketImage(template, `${name}.variants[${v}]`));
    variant += VARIANT.length;
    at += imageLength(template);
  });
  return at;
}
