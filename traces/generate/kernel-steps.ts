/** The steps of generation in WebAssembly, in memory of their own: frames are copied from there into batches. */
import type { PacketBatch } from '../packets/packet-batch.js';
import type { Kernels } from '../web-assembly/kernels.js';
import { type ChosenPackets, chosenPacketsOver } from './chosen-packets.js';
import { CHUNK_DRAWS, Draws, GROUP_DRAWS, type Lags } from './draws.js';
import { GENERATION_KERNELS, type GenerationKernel } from './generation-kernels.js';
import { type GenerationSteps, TOGETHER } from './generation-steps.js';
import { type ImagePool, imagePoolOver } from './image-pool.js';
import { AT, OVERWRITTEN } from './kernel-layout.js';
import { PATTERN, PERIOD_BYTES, payloadSum } from './payload.js';
import { placeAt } from './trusted-reads.js';

const WORD = Uint32Array.BYTES_PER_ELEMENT;
/** Frames may start at multiples of this. */
const LINE = 64;
const wholeLines = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;

export class KernelSteps implements GenerationSteps {
  readonly chosen: ChosenPackets;
  readonly #draws: Draws;
  /** By target: 1 for those whose packets are wanted. */
  readonly #wanted: Uint8Array;
  readonly #wantedCount: Uint32Array;
  /** What frames are written to. */
  readonly #frames: Uint8Array;

  private constructor(
    private readonly kernels: Kernels<GenerationKernel>,
    private readonly pool: ImagePool,
    seed: string,
  ) {
    const { memory } = kernels;
    this.chosen = chosenPacketsOver(memory, TOGETHER);
    this.#draws = new Draws(seed, new Uint32Array(memory, AT.draws, GROUP_DRAWS), (_, ...chunks) => this.#draw(chunks));
    const wantedAt = wholeLines(AT.pool + pool.words.byteLength);
    this.#wanted = new Uint8Array(memory, wantedAt, pool.targets);
    this.#wantedCount = new Uint32Array(memory, AT.wantedCount, 1);
    this.#frames = new Uint8Array(memory, wantedAt + wholeLines(pool.targets));
    new BigInt64Array(memory, AT.pattern, PATTERN.length).set(PATTERN);
    const sums = new Uint32Array(memory, AT.payloadSums, PERIOD_BYTES);
    sums.forEach((_, length) => {
      sums[length] = payloadSum(length);
    });
  }

  /** The steps for this pool, or undefined where there is no WebAssembly. @param longestFrame bytes that no frame exceeds */
  static make(pool: ImagePool, longestFrame: number, seed: string): KernelSteps | undefined {
    const poolEnd = wholeLines(AT.pool + pool.words.byteLength) + wholeLines(pool.targets);
    const kernels = GENERATION_KERNELS.over(poolEnd + TOGETHER * wholeLines(longestFrame) + OVERWRITTEN);
    if (kernels === undefined) return undefined;
    const own = imagePoolOver(kernels.memory, pool.targets, AT.pool, pool.words.byteLength);
    own.words.set(pool.words);
    return new KernelSteps(kernels, own, seed);
  }

  #draw(chunks: readonly Lags[]): void {
    chunks.forEach((lags, chunk) => {
      const at = AT.draws + chunk * CHUNK_DRAWS * WORD;
      this.kernels.functions.drawChunk(at, at + CHUNK_DRAWS * WORD, ...lags.map((lag) => lag * 2 ** 32));
    });
  }

  chooseAll(firstIndex: number, count: number): void {
    const { functions } = this.kernels;
    const draws = AT.draws + this.#draws.place(firstIndex) * WORD;
    functions.chooseTargets(count * WORD, draws, this.pool.targets);
    functions.choosePackets(count * WORD, draws);
  }

  want(isWanted: Uint8Array): void {
    this.#wanted.set(isWanted.subarray(0, this.pool.targets));
  }

  chooseSome(firstIndex: number, looked: number): number {
    const { functions } = this.kernels;
    const draws = AT.draws + this.#draws.place(firstIndex) * WORD;
    functions.chooseWanted(looked * WORD, draws, this.pool.targets, this.#wanted.byteOffset);
    const count = placeAt(this.#wantedCount, 0);
    functions.choosePackets(count * WORD, draws);
    return count;
  }

  writeFrames({ bytes, offset, usedBytes, spacing }: PacketBatch, first: number, count: number): void {
    if (count === 0) return;
    const { functions } = this.kernels;
    const frames = this.#frames;
    functions.copyFrames(count * WORD, frames.byteOffset, spacing);
    functions.findFlows(count * WORD);
    functions.patchFrames(count * WORD);
    const start = placeAt(offset, first);
    bytes.set(frames.subarray(0, usedBytes - start), start);
  }
}
