import seedrandom from 'seedrandom';
import { appendPacket, hasRoomFor, type PacketBatch } from '../packets/packet-batch.js';
import { hash32 } from './flow-bits.js';
import {
  createImagePool,
  IMAGE,
  IMAGE_HALF,
  type ImagePool,
  type PreparedTarget,
  TARGET,
  VARIANT,
} from './image-pool.js';
import { createPacketImage } from './packet-image.js';
import type { TrafficTarget } from './packet-template.js';
import { TrafficError } from './traffic-error.js';
import { drawAt, halfAt, wordAt } from './trusted-reads.js';
import { requireTargets } from './validate-template.js';
import { copyFrame, patchFlow } from './write-frame.js';

/** What traffic to generate. */
export interface TrafficOptions {
  readonly targets: readonly TrafficTarget[];
  /** Same seed, same packets. */
  readonly seed: string | number;
  /** Sets the time stamps; above 0. */
  readonly packetsPerSecond: number;
  /** Time of packet 0 in whole seconds since the epoch. Default 0. */
  readonly startSeconds?: number;
}

/** An endless, random-access stream of packets: packet n depends on the options and n only. */
export interface TrafficGenerator {
  /**
   * Appends packets `firstIndex`, `firstIndex + 1`, … to the batch: `count` of them, or as many as fit. Returns how
   * many. Assumes an integer index from 0 to 2⁵³ and a batch whose bytes start at a multiple of four in their memory.
   */
  generateInto(batch: PacketBatch, firstIndex: number, count: number): number;

  /**
   * Goes through the same packets and appends those of some targets only.
   * @param isWanted by target: 1 for those that are appended
   * @param distances where to write, for each packet of the batch, its distance from the first index
   * @returns how many packets it went through: all, or those before the first that does not fit
   */
  generateSome(
    batch: PacketBatch,
    firstIndex: number,
    count: number,
    isWanted: Uint8Array,
    distances: Uint32Array,
  ): number;
}

/** Packets that share one seeding of the random generator. */
const CHUNK_PACKETS = 4096;
/** Random numbers per packet: one for target and, hashed, variant; one for flow and, hashed, length. */
const DRAWS_PER_PACKET = 2;
const NANOSECONDS_PER_SECOND = 1e9;

/** What turns a 32-bit draw into a number from 0 to below 1. */
const DRAW_UNIT = 2 ** -32;

/**
 * A generator of valid packets: lengths and checksums are right, and the same flow of a target has the same 5-tuple in
 * every packet of every variant with the same masks and ports.
 * @throws TrafficError for a target that cannot be generated.
 */
export function createTrafficGenerator(options: TrafficOptions): TrafficGenerator {
  const { packetsPerSecond, startSeconds = 0 } = options;
  requireTargets(options.targets);
  if (!(packetsPerSecond > 0 && Number.isFinite(packetsPerSecond))) {
    throw new TrafficError('out-of-range', 'packetsPerSecond', `${packetsPerSecond} is not a positive number`);
  }
  if (!Number.isSafeInteger(startSeconds) || startSeconds < 0) {
    throw new TrafficError('out-of-range', 'startSeconds', `${startSeconds} is not a whole number from 0 on`);
  }
  const random = seedrandom.alea(`${options.seed}/flows`);
  const targets = options.targets.map((target, t) => prepareTarget(target, t, random.int32()));
  return new ImageGenerator(createImagePool(targets), `${options.seed}`, packetsPerSecond, startSeconds);
}

function prepareTarget({ variants }: TrafficTarget, t: number, flowKey: number): PreparedTarget {
  const images = variants.map((variant, v) => createPacketImage(variant, `targets[${t}].variants[${v}]`));
  const total = variants.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let running = 0;
  const cumulativeShares = variants.map(({ weight = 1 }) => {
    running += weight;
    return running / total;
  });
  cumulativeShares[images.length - 1] = 1;
  return { images, cumulativeShares, flowKey };
}

class ImageGenerator implements TrafficGenerator {
  /** The draws of one chunk, 32 bits each. */
  readonly #draws = new Uint32Array(CHUNK_PACKETS * DRAWS_PER_PACKET);
  /** −1 for none yet. */
  #drawnChunk = -1;
  /** The batch bytes last written to, as words. */
  #words: Int32Array = new Int32Array(0);

  constructor(
    private readonly pool: ImagePool,
    private readonly seed: string,
    private readonly packetsPerSecond: number,
    private readonly startSeconds: number,
  ) {}

  generateInto(batch: PacketBatch, firstIndex: number, count: number): number {
    this.#open(batch);
    for (let n = 0; n < count; n++) {
      const at = this.#drawsOf(firstIndex + n);
      if (!this.#generate(batch, firstIndex + n, at)) return n;
    }
    return count;
  }

  generateSome(
    batch: PacketBatch,
    firstIndex: number,
    count: number,
    isWanted: Uint8Array,
    distances: Uint32Array,
  ): number {
    this.#open(batch);
    const { targets } = this.pool;
    for (let n = 0; n < count; n++) {
      const at = this.#drawsOf(firstIndex + n);
      if (isWanted[Math.floor(drawAt(this.#draws, at) * DRAW_UNIT * targets)] !== 1) continue;
      if (!this.#generate(batch, firstIndex + n, at)) return n;
      distances[batch.count - 1] = n;
    }
    return count;
  }

  #open(batch: PacketBatch): void {
    if (this.#words.buffer === batch.bytes.buffer && this.#words.byteOffset === batch.bytes.byteOffset) return;
    this.#words = new Int32Array(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length >> 2);
  }

  /** Where the draws of a packet are. */
  #drawsOf(index: number): number {
    const chunk = Math.floor(index / CHUNK_PACKETS);
    if (chunk !== this.#drawnChunk) this.#draw(chunk);
    return (index - chunk * CHUNK_PACKETS) * DRAWS_PER_PACKET;
  }

  #generate(batch: PacketBatch, index: number, at: number): boolean {
    const draws = this.#draws;
    const { targets, words, halves } = this.pool;
    const target = wordAt(words, Math.floor(drawAt(draws, at) * DRAW_UNIT * targets));
    const variantDraw = hash32(drawAt(draws, at));
    let variant = target + TARGET.variants;
    while (variantDraw > wordAt(words, variant + VARIANT.lastDraw) >>> 0) variant += VARIANT.length;
    const image = wordAt(words, variant + VARIANT.image);
    const half = 2 * image;
    const flow = Math.floor(drawAt(draws, at + 1) * DRAW_UNIT * ((wordAt(words, image + IMAGE.lastFlow) >>> 0) + 1));
    const extraBytes = Math.floor(
      hash32(drawAt(draws, at + 1)) * DRAW_UNIT * halfAt(halves, half + IMAGE_HALF.lengths),
    );
    const length = halfAt(halves, half + IMAGE_HALF.minimumBytes) + extraBytes;
    if (!hasRoomFor(batch, length)) return false;
    const offset = batch.usedBytes;
    copyFrame(this.pool, image, length, this.#words, offset >> 2);
    // Only now, as it clears what the last word wrote beyond the frame.
    this.#append(batch, index, length, halfAt(halves, half + IMAGE_HALF.ingressPort));
    if (halfAt(halves, half + IMAGE_HALF.ipv4) > 0) {
      patchFlow(this.pool, image, length, flow, wordAt(words, target + TARGET.flowKey), batch.bytes, offset);
    }
    return true;
  }

  /** Appends an empty packet with the time of its index. */
  #append(batch: PacketBatch, index: number, length: number, ingressPort: number): void {
    const seconds = Math.floor(index / this.packetsPerSecond);
    const within = Math.max(0, index - seconds * this.packetsPerSecond);
    const nanoseconds = Math.min(
      NANOSECONDS_PER_SECOND - 1,
      Math.floor((within * NANOSECONDS_PER_SECOND) / this.packetsPerSecond),
    );
    appendPacket(batch, length, length, ingressPort, this.startSeconds + seconds, nanoseconds);
  }

  #draw(chunk: number): void {
    const random = seedrandom.alea(`${this.seed}/${chunk}`);
    for (let i = 0; i < this.#draws.length; i++) this.#draws[i] = random() * 2 ** 32;
    this.#drawnChunk = chunk;
  }
}
