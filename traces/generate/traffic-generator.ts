import seedrandom from 'seedrandom';
import { appendPackets, type PacketBatch } from '../packets/packet-batch.js';
import { type ChosenPackets, chosenPackets } from './chosen-packets.js';
import { DRAWS_PER_PACKET, Draws, GROUP_PACKETS } from './draws.js';
import { hash32 } from './flow-bits.js';
import {
  fillImagePool,
  IMAGE,
  IMAGE_HALF,
  type ImagePool,
  imagePoolBytes,
  imagePoolOver,
  TARGET,
  VARIANT,
} from './image-pool.js';
import { longestFrame } from './packet-image.js';
import type { TrafficTarget } from './packet-template.js';
import { TrafficError } from './traffic-error.js';
import { drawAt, halfAt, placeAt, wordAt } from './trusted-reads.js';
import { requireTargets } from './validate-template.js';
import { type FrameMemory, frameMemory, writeFrames } from './write-frame.js';

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
   * many. Assumes an integer index from 0 to 2⁵³ and a batch whose bytes start at a multiple of eight in their memory.
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

const NANOSECONDS_PER_SECOND = 1e9;

/** What turns a 32-bit draw into a number from 0 to below 1. */
const DRAW_UNIT = 2 ** -32;

/** Traffic made ready to be generated; threads that generate it share its memory. */
export interface PreparedTraffic {
  readonly pool: SharedArrayBuffer;
  readonly targets: number;
  /** Bytes that no frame exceeds. */
  readonly longestFrame: number;
  readonly seed: string;
  readonly packetsPerSecond: number;
  readonly startSeconds: number;
}

/** @throws TrafficError for a target that cannot be generated. */
export function prepareTraffic({ targets, seed, packetsPerSecond, startSeconds = 0 }: TrafficOptions): PreparedTraffic {
  requireTargets(targets);
  if (!(packetsPerSecond > 0 && Number.isFinite(packetsPerSecond))) {
    throw new TrafficError('out-of-range', 'packetsPerSecond', `${packetsPerSecond} is not a positive number`);
  }
  if (!Number.isSafeInteger(startSeconds) || startSeconds < 0) {
    throw new TrafficError('out-of-range', 'startSeconds', `${startSeconds} is not a whole number from 0 on`);
  }
  const random = seedrandom.alea(`${seed}/flows`);
  const pooled = targets.map(({ variants }, t) => ({ variants, flowKey: random.int32(), name: `targets[${t}]` }));
  const pool = new SharedArrayBuffer(imagePoolBytes(pooled));
  fillImagePool(imagePoolOver(pool, targets.length), pooled);
  return {
    pool,
    targets: targets.length,
    longestFrame: longestOf(targets),
    seed: `${seed}`,
    packetsPerSecond,
    startSeconds,
  };
}

const longestOf = (targets: readonly TrafficTarget[]): number =>
  targets.reduce((longest, { variants }) => Math.max(longest, ...variants.map(longestFrame)), 0);

export const generatorOf = (traffic: PreparedTraffic): TrafficGenerator =>
  new ImageGenerator(imagePoolOver(traffic.pool, traffic.targets), traffic);

/**
 * A generator of valid packets: lengths and checksums are right, and the same flow of a target has the same 5-tuple in
 * every packet of every variant with the same masks and ports.
 * @throws TrafficError for a target that cannot be generated.
 */
export const createTrafficGenerator = (options: TrafficOptions): TrafficGenerator =>
  generatorOf(prepareTraffic(options));

/** Packets that are taken through the steps of generation together: what they need stays in the nearest cache. */
const TOGETHER = 256;

class ImageGenerator implements TrafficGenerator {
  readonly #draws: Draws;
  readonly #chosen = chosenPackets(TOGETHER);
  /** The batch bytes last written to. */
  #bytes: Uint8Array = new Uint8Array(0);
  #memory: FrameMemory = frameMemory(this.#bytes);

  constructor(
    private readonly pool: ImagePool,
    private readonly traffic: PreparedTraffic,
  ) {
    this.#draws = new Draws(traffic.seed);
  }

  generateInto(batch: PacketBatch, firstIndex: number, count: number): number {
    for (let done = 0; done < count; ) {
      const wanted = Math.min(TOGETHER, count - done, toNextGroup(firstIndex + done));
      this.#chooseAll(firstIndex + done, wanted);
      const taken = this.#generate(batch, firstIndex + done, wanted);
      done += taken;
      if (taken < wanted) return done;
    }
    return Math.max(0, count);
  }

  generateSome(
    batch: PacketBatch,
    firstIndex: number,
    count: number,
    isWanted: Uint8Array,
    distances: Uint32Array,
  ): number {
    const { distance } = this.#chosen;
    for (let done = 0; done < count; ) {
      const looked = Math.min(TOGETHER, count - done, toNextGroup(firstIndex + done));
      const wanted = this.#chooseSome(firstIndex + done, looked, isWanted);
      const first = batch.count;
      const taken = this.#generate(batch, firstIndex + done, wanted);
      for (let n = 0; n < taken; n++) distances[first + n] = done + placeAt(distance, n);
      if (taken < wanted) return done + placeAt(distance, taken);
      done += looked;
    }
    return Math.max(0, count);
  }

  #chooseAll(firstIndex: number, count: number): void {
    const { pool } = this;
    const chosen = this.#chosen;
    const at = this.#draws.place(firstIndex);
    const { draws } = this.#draws;
    for (let n = 0; n < count; n++) {
      chooseTarget(pool, chosen, n, targetOf(pool, drawAt(draws, at + n * DRAWS_PER_PACKET)));
      chosen.distance[n] = n;
    }
    choosePackets(pool, chosen, count, draws, at);
  }

  /** Chooses among `looked` packets those of wanted targets. @returns their number */
  #chooseSome(firstIndex: number, looked: number, isWanted: Uint8Array): number {
    const { pool } = this;
    const chosen = this.#chosen;
    const at = this.#draws.place(firstIndex);
    const { draws } = this.#draws;
    let count = 0;
    for (let n = 0; n < looked; n++) {
      const target = targetOf(pool, drawAt(draws, at + n * DRAWS_PER_PACKET));
      if (isWanted[target] !== 1) continue;
      chooseTarget(pool, chosen, count, target);
      chosen.distance[count++] = n;
    }
    choosePackets(pool, chosen, count, draws, at);
    return count;
  }

  /** Appends the chosen packets to the batch, or as many as fit. @returns how many */
  #generate(batch: PacketBatch, firstIndex: number, count: number): number {
    const { pool } = this;
    const chosen = this.#chosen;
    const first = batch.count;
    const taken = appendPackets(batch, chosen.length, count);
    for (let n = 0; n < taken; n++) {
      const half = 2 * wordAt(chosen.image, n);
      batch.ingressPort[first + n] = halfAt(pool.halves, half + IMAGE_HALF.ingressPort);
    }
    this.#stamp(batch, first, firstIndex, taken);
    writeFrames(pool, chosen, taken, this.#memoryOf(batch), batch.offset, first);
    return taken;
  }

  /** Each packet has the time of its index. */
  #stamp({ timeSeconds, timeNanoseconds }: PacketBatch, first: number, firstIndex: number, count: number): void {
    const { packetsPerSecond, startSeconds } = this.traffic;
    const { distance } = this.#chosen;
    for (let n = 0; n < count; n++) {
      const index = firstIndex + placeAt(distance, n);
      const seconds = Math.floor(index / packetsPerSecond);
      const within = Math.max(0, index - seconds * packetsPerSecond);
      timeSeconds[first + n] = startSeconds + seconds;
      timeNanoseconds[first + n] = Math.min(
        NANOSECONDS_PER_SECOND - 1,
        Math.floor((within * NANOSECONDS_PER_SECOND) / packetsPerSecond),
      );
    }
  }

  #memoryOf({ bytes }: PacketBatch): FrameMemory {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#memory = frameMemory(bytes);
    }
    return this.#memory;
  }
}

const toNextGroup = (packet: number): number => GROUP_PACKETS - (packet % GROUP_PACKETS);

const targetOf = ({ targets }: ImagePool, draw: number): number => (draw * DRAW_UNIT * targets) >>> 0;

/** The first use of a target's record, apart from what depends on it: so the processor fetches several at a time. */
function chooseTarget({ words }: ImagePool, chosen: ChosenPackets, n: number, target: number): void {
  const record = wordAt(words, target);
  chosen.target[n] = record;
  chosen.flowKey[n] = wordAt(words, record + TARGET.flowKey);
}

/** Chooses variants, flows and lengths. @param from the draws of the packet with distance 0 */
function choosePackets(
  { words, halves }: ImagePool,
  chosen: ChosenPackets,
  count: number,
  draws: Uint32Array,
  from: number,
): void {
  const { target, distance, image, flow, length } = chosen;
  for (let n = 0; n < count; n++) {
    const at = from + placeAt(distance, n) * DRAWS_PER_PACKET;
    const variantDraw = hash32(drawAt(draws, at));
    let variant = wordAt(target, n) + TARGET.variants;
    while (variantDraw > wordAt(words, variant + VARIANT.lastDraw) >>> 0) variant += VARIANT.length;
    const record = wordAt(words, variant + VARIANT.image);
    const draw = drawAt(draws, at + 1);
    const flows = (wordAt(words, record + IMAGE.lastFlow) >>> 0) + 1;
    image[n] = record;
    flow[n] = (draw * DRAW_UNIT * flows) >>> 0;
    const half = 2 * record;
    length[n] =
      halfAt(halves, half + IMAGE_HALF.minimumBytes) +
      ((hash32(draw) * DRAW_UNIT * halfAt(halves, half + IMAGE_HALF.lengths)) >>> 0);
  }
}
