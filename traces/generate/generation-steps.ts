/** The steps from the numbers of packets to their frames, for some hundred packets at a time. */
import type { PacketBatch } from '../packets/packet-batch.js';
import { type ChosenPackets, chosenPackets } from './chosen-packets.js';
import { DRAWS_PER_PACKET, Draws } from './draws.js';
import { hash32 } from './flow-bits.js';
import { IMAGE, IMAGE_HALF, type ImagePool, TARGET, VARIANT } from './image-pool.js';
import { drawAt, halfAt, placeAt, wordAt } from './trusted-reads.js';
import { type FrameMemory, frameMemory, writeFrames } from './write-frame.js';

/** Packets that are taken through the steps together: what they need stays in the nearest cache. */
export const TOGETHER = 256;

/** What turns a 32-bit draw into a number from 0 to below 1. */
export const DRAW_UNIT = 2 ** -32;

export interface GenerationSteps {
  /** The packets that were chosen last. */
  readonly chosen: ChosenPackets;
  /** Chooses targets, variants, flows and lengths of up to {@link TOGETHER} packets of one group of draws. */
  chooseAll(firstIndex: number, count: number): void;
  /** Says which packets {@link chooseSome} chooses. @param isWanted by target: 1 for those whose packets are wanted */
  want(isWanted: Uint8Array): void;
  /** Chooses among `looked` packets those of wanted targets. @returns their number */
  chooseSome(firstIndex: number, looked: number): number;
  /** Writes the frames of the first `count` that were chosen, which have been appended to the batch. */
  writeFrames(batch: PacketBatch, first: number, count: number): void;
}

/** The steps in JavaScript. */
export class PlainSteps implements GenerationSteps {
  readonly chosen = chosenPackets(TOGETHER);
  readonly #draws: Draws;
  /** The batch bytes last written to. */
  #bytes: Uint8Array = new Uint8Array(0);
  #memory: FrameMemory = frameMemory(this.#bytes);
  #isWanted: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly pool: ImagePool,
    seed: string,
  ) {
    this.#draws = new Draws(seed);
  }

  chooseAll(firstIndex: number, count: number): void {
    const { pool, chosen } = this;
    const at = this.#draws.place(firstIndex);
    const { draws } = this.#draws;
    for (let n = 0; n < count; n++) {
      chooseTarget(pool, chosen, n, targetOf(pool, drawAt(draws, at + n * DRAWS_PER_PACKET)));
      chosen.distance[n] = n;
    }
    choosePackets(pool, chosen, count, draws, at);
  }

  want(isWanted: Uint8Array): void {
    this.#isWanted = isWanted;
  }

  chooseSome(firstIndex: number, looked: number): number {
    const { pool, chosen } = this;
    const at = this.#draws.place(firstIndex);
    const { draws } = this.#draws;
    const count = chooseWanted(pool, chosen, looked, this.#isWanted, draws, at);
    choosePackets(pool, chosen, count, draws, at);
    return count;
  }

  writeFrames(batch: PacketBatch, first: number, count: number): void {
    if (this.#bytes !== batch.bytes) {
      this.#bytes = batch.bytes;
      this.#memory = frameMemory(batch.bytes);
    }
    writeFrames(this.pool, this.chosen, count, this.#memory, batch.offset, first);
  }
}

/** Chooses those of wanted targets. @param at where the draws of the first packet are @returns their number */
function chooseWanted(
  pool: ImagePool,
  chosen: ChosenPackets,
  looked: number,
  isWanted: Uint8Array,
  draws: Uint32Array,
  at: number,
): number {
  let count = 0;
  // Without a branch, which the processor could not foresee: an unwanted packet is overwritten by the next one.
  for (let n = 0; n < looked; n++) {
    const target = targetOf(pool, drawAt(draws, at + n * DRAWS_PER_PACKET));
    chosen.target[count] = target;
    chosen.distance[count] = n;
    count += isWanted[target] as number;
  }
  for (let n = 0; n < count; n++) chooseTarget(pool, chosen, n, wordAt(chosen.target, n));
  return count;
}

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
  const { target, distance, image, flow, length, ingressPort } = chosen;
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
    ingressPort[n] = halfAt(halves, half + IMAGE_HALF.ingressPort);
    length[n] =
      halfAt(halves, half + IMAGE_HALF.minimumBytes) +
      ((hash32(draw) * DRAW_UNIT * halfAt(halves, half + IMAGE_HALF.lengths)) >>> 0);
  }
}
