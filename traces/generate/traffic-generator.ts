import seedrandom from 'seedrandom';
import { appendPackets, type PacketBatch } from '../packets/packet-batch.js';
import { sharedMemory } from '../platform/shared-memory.js';
import { GROUP_PACKETS } from './draws.js';
import { type GenerationSteps, PlainSteps, TOGETHER } from './generation-steps.js';
import { fillImagePool, imagePoolBytes, imagePoolOver } from './image-pool.js';
import { KernelSteps } from './kernel-steps.js';
import { longestFrame } from './packet-image.js';
import type { TrafficTarget } from './packet-template.js';
import { TrafficError } from './traffic-error.js';
import { halfAt, placeAt } from './trusted-reads.js';
import { requireTargets } from './validate-template.js';

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

/** Traffic made ready to be generated; threads that generate it share its memory. */
export interface PreparedTraffic {
  readonly pool: ArrayBuffer | SharedArrayBuffer;
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
  const pool = sharedMemory(imagePoolBytes(pooled));
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

export function generatorOf(traffic: PreparedTraffic): TrafficGenerator {
  const pool = imagePoolOver(traffic.pool, traffic.targets);
  const steps = KernelSteps.make(pool, traffic.longestFrame, traffic.seed);
  return steps === undefined ? plainGeneratorOf(traffic) : new ImageGenerator(traffic, steps);
}

/** The same without WebAssembly. */
export const plainGeneratorOf = (traffic: PreparedTraffic): TrafficGenerator =>
  new ImageGenerator(traffic, new PlainSteps(imagePoolOver(traffic.pool, traffic.targets), traffic.seed));

/**
 * A generator of valid packets: lengths and checksums are right, and the same flow of a target has the same 5-tuple in
 * every packet of every variant with the same masks and ports.
 * @throws TrafficError for a target that cannot be generated.
 */
export const createTrafficGenerator = (options: TrafficOptions): TrafficGenerator =>
  generatorOf(prepareTraffic(options));

class ImageGenerator implements TrafficGenerator {
  constructor(
    private readonly traffic: PreparedTraffic,
    private readonly steps: GenerationSteps,
  ) {}

  generateInto(batch: PacketBatch, firstIndex: number, count: number): number {
    for (let done = 0; done < count; ) {
      const wanted = Math.min(TOGETHER, count - done, toNextGroup(firstIndex + done));
      this.steps.chooseAll(firstIndex + done, wanted);
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
    const { distance } = this.steps.chosen;
    this.steps.want(isWanted);
    for (let done = 0; done < count; ) {
      const looked = Math.min(TOGETHER, count - done, toNextGroup(firstIndex + done));
      const wanted = this.steps.chooseSome(firstIndex + done, looked);
      const first = batch.count;
      const taken = this.#generate(batch, firstIndex + done, wanted);
      for (let n = 0; n < taken; n++) distances[first + n] = done + placeAt(distance, n);
      if (taken < wanted) return done + placeAt(distance, taken);
      done += looked;
    }
    return Math.max(0, count);
  }

  /** Appends the chosen packets to the batch, or as many as fit. @returns how many */
  #generate(batch: PacketBatch, firstIndex: number, count: number): number {
    const chosen = this.steps.chosen;
    const first = batch.count;
    const taken = appendPackets(batch, chosen.length, count);
    for (let n = 0; n < taken; n++) batch.ingressPort[first + n] = halfAt(chosen.ingressPort, n);
    this.#stamp(batch, first, firstIndex, taken);
    this.steps.writeFrames(batch, first, taken);
    return taken;
  }

  /** Each packet has the time of its index. */
  #stamp(batch: PacketBatch, first: number, firstIndex: number, count: number): void {
    const { packetsPerSecond } = this.traffic;
    const { distance } = this.steps.chosen;
    const second = Math.floor(firstIndex / packetsPerSecond);
    const within = firstIndex - second * packetsPerSecond;
    if (hasWholeInterval(packetsPerSecond) && within >= 0 && within + TOGETHER <= packetsPerSecond) {
      return this.#stampWithin(batch, first, second, within, count);
    }
    const { timeSeconds, timeNanoseconds } = batch;
    for (let n = 0; n < count; n++) {
      const index = firstIndex + placeAt(distance, n);
      const seconds = Math.floor(index / packetsPerSecond);
      const within = Math.max(0, index - seconds * packetsPerSecond);
      timeSeconds[first + n] = this.traffic.startSeconds + seconds;
      timeNanoseconds[first + n] = Math.min(
        NANOSECONDS_PER_SECOND - 1,
        Math.floor((within * NANOSECONDS_PER_SECOND) / packetsPerSecond),
      );
    }
  }

  /** The same within one second, of whole nanoseconds from packet to packet: without a division for each. */
  #stampWithin(batch: PacketBatch, first: number, second: number, firstWithin: number, count: number): void {
    const { timeSeconds, timeNanoseconds } = batch;
    const { packetsPerSecond, startSeconds } = this.traffic;
    const { distance } = this.steps.chosen;
    const interval = NANOSECONDS_PER_SECOND / packetsPerSecond;
    timeSeconds.fill(startSeconds + second, first, first + count);
    for (let n = 0; n < count; n++) timeNanoseconds[first + n] = (firstWithin + placeAt(distance, n)) * interval;
  }
}

/** Whether packets are whole nanoseconds apart, and all products of the other way of counting them are exact. */
const hasWholeInterval = (packetsPerSecond: number): boolean =>
  Number.isInteger(packetsPerSecond) &&
  NANOSECONDS_PER_SECOND % packetsPerSecond === 0 &&
  packetsPerSecond * NANOSECONDS_PER_SECOND <= Number.MAX_SAFE_INTEGER;

const toNextGroup = (packet: number): number => GROUP_PACKETS - (packet % GROUP_PACKETS);
