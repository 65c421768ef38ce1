/**
 * All targets and their images in one block of memory. With thousands of targets a packet's image is never in a near
 * cache, so what counts is how many cache lines a packet touches: an image here is one short record, its variant's
 * share and place stand in one other.
 */
import { must } from '../packets/must.js';
import { bitCount } from './flow-bits.js';
import type { PacketImage } from './packet-image.js';

/** A target made ready: its images, and the running sums of their shares, the last of which is 1. */
export interface PreparedTarget {
  readonly images: readonly PacketImage[];
  readonly cumulativeShares: readonly number[];
  readonly flowKey: number;
}

/** Targets as records: each target's own, described at {@link TARGET}, and those of its images, at {@link IMAGE}. */
export interface ImagePool {
  readonly targets: number;
  /** The records, as signed words. Target t has its record at `words[t]`. */
  readonly words: Int32Array;
  /** The same memory. */
  readonly halves: Uint16Array;
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
  /** The headers, and up to three bytes of payload that share their last word. */
  headers: 12,
} as const;

/** Halves of an image's record, counted from the start of the record. */
export const IMAGE_HALF = {
  ingressPort: 10,
  minimumBytes: 11,
  /** How many lengths there are to choose from. */
  lengths: 12,
  headerBytes: 13,
  /** Offsets in bytes of the headers; 0 for a header that is absent. */
  ipv4: 14,
  transport: 15,
  ipv4Sum: 16,
  transportSum: 17,
  sourcePort: 18,
  destinationPort: 19,
  sourceBits: 20,
  destinationBits: 21,
  permutedBits: 22,
  /** A sum of {@link IMAGE_FLAG}. */
  flags: 23,
} as const;

/** Bits of {@link IMAGE_HALF.flags}. */
export const IMAGE_FLAG = { isUdp: 1, choosesSourcePort: 2, choosesDestinationPort: 4 } as const;

const flagsOf = (image: PacketImage): number =>
  (image.isUdp ? IMAGE_FLAG.isUdp : 0) |
  (image.sourcePort === undefined ? IMAGE_FLAG.choosesSourcePort : 0) |
  (image.destinationPort === undefined ? IMAGE_FLAG.choosesDestinationPort : 0);

function writeImage({ words, halves }: ImagePool, record: number, image: PacketImage): void {
  words[record + IMAGE.lastFlow] = image.flows - 1;
  words[record + IMAGE.sourceBase] = image.sourceBase;
  words[record + IMAGE.sourceMask] = image.sourceMask;
  words[record + IMAGE.destinationBase] = image.destinationBase;
  words[record + IMAGE.destinationMask] = image.destinationMask;
  words.set(image.headerWords, record + IMAGE.headers);
  const fields: Record<keyof typeof IMAGE_HALF, number> = {
    ingressPort: image.ingressPort,
    minimumBytes: image.minimumBytes,
    lengths: image.maximumBytes - image.minimumBytes + 1,
    headerBytes: image.headerBytes,
    ipv4: image.ipv4,
    transport: image.transport,
    ipv4Sum: image.ipv4Sum,
    transportSum: image.transportSum,
    // No port: the flags say that each flow chooses its own.
    sourcePort: image.sourcePort ?? 0,
    destinationPort: image.destinationPort ?? 0,
    sourceBits: bitCount(image.sourceMask),
    destinationBits: bitCount(image.destinationMask),
    permutedBits: image.permutedBits,
    flags: flagsOf(image),
  };
  for (const name of Object.keys(fields) as (keyof typeof IMAGE_HALF)[]) {
    halves[2 * record + IMAGE_HALF[name]] = fields[name];
  }
}

const targetLength = ({ images }: PreparedTarget): number => TARGET.variants + images.length * VARIANT.length;
const imageLength = ({ headerWords }: PacketImage): number => IMAGE.headers + headerWords.length;

/** Lays targets out: where each is, then each target's record, followed by those of its images. */
export function createImagePool(targets: readonly PreparedTarget[]): ImagePool {
  let length = targets.length;
  for (const target of targets) {
    length += target.images.reduce((sum, image) => sum + imageLength(image), targetLength(target));
  }
  const words = new Int32Array(length);
  const pool = { targets: targets.length, words, halves: new Uint16Array(words.buffer) };
  let at = targets.length;
  targets.forEach((target, t) => {
    words[t] = at;
    words[at + TARGET.flowKey] = target.flowKey;
    let variant = at + TARGET.variants;
    at += targetLength(target);
    target.images.forEach((image, v) => {
      // A draw d chooses a later variant if d / 2³² is not below the share; stored modulo 2³².
      words[variant + VARIANT.lastDraw] =
        Math.ceil(must(target.cumulativeShares[v], 'share of a variant') * 2 ** 32) - 1;
      words[variant + VARIANT.image] = at;
      writeImage(pool, at, image);
      variant += VARIANT.length;
      at += imageLength(image);
    });
  });
  return pool;
}
