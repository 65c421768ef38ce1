/**
 * The digests of packets in WebAssembly: four packets at once, of which each has one lane of two vectors. Their bytes are
 * copied into the memory of the kernel, as a batch may lie in any memory.
 */
import { DROPPED, type PacketBatch } from '../../traces/packets/packet-batch.js';
import { type Code, i32, i32x4, type Local, loopWhile, v128 } from '../../traces/web-assembly/code.js';
import { type Kernel, KernelModule } from '../../traces/web-assembly/kernels.js';
import { KernelWriter } from '../../traces/web-assembly/module.js';
import { DIGEST } from './digest-constants.js';

/** Packets and bytes that the kernel takes at once: all stay in the second cache. */
const MOST_PACKETS = 1024;
const MOST_BYTES = 2 ** 18;
const LANES = 4;
const WORD = 4;

/** Where the memory of the kernel has what. */
const AT = {
  offsets: 0,
  lengths: MOST_PACKETS * WORD,
  digests: 2 * MOST_PACKETS * WORD,
  bytes: 4 * MOST_PACKETS * WORD,
  /** A lane goes on for as long as the longest packet of the four. */
  end: 4 * MOST_PACKETS * WORD + 2 * MOST_BYTES,
} as const;

/** The bytes of some words of two vectors, those of the second from word 4 on, as a shuffle has them. */
function bytesOfWords(...words: readonly number[]): number[] {
  return words.flatMap((word) => Array.from({ length: WORD }, (_, byte) => WORD * word + byte));
}

/** The even words of four packets, of two vectors with a double word each of two. */
const EVEN_WORDS = bytesOfWords(0, 2, 4, 6);
const ODD_WORDS = bytesOfWords(1, 3, 5, 7);
/** The digests of the first two of four packets, of the vectors of their first and second words. */
const FIRST_TWO = bytesOfWords(0, 4, 1, 5);
const LAST_TWO = bytesOfWords(2, 6, 3, 7);

/** Exchanges of the lanes of a vector, after which all lanes have met. */
const HALVES_EXCHANGED = bytesOfWords(2, 3, 0, 1);
const NEIGHBOURS_EXCHANGED = bytesOfWords(1, 0, 3, 2);

type Lane = (typeof DIGEST)['even' | 'odd'];

const splat = (value: number): Code => i32x4.splat(i32.const(value));
const advance = (variable: Local, by: number): Code => variable.set(i32.add(variable.value, i32.const(by)));

/** Variables for four packets. */
function variablesOf(kernel: KernelWriter) {
  const word = (): Local => kernel.local('i32');
  const vector = (): Local => kernel.local('v128');
  return {
    /** Number of the first of the packets, and four times that. */
    packet: word(),
    column: word(),
    /** Where the next double word of each packet is. */
    places: [word(), word(), word(), word()] as const,
    /** Number of the next double word, and up to which number a loop goes. */
    next: word(),
    end: word(),
    /** Double words of each packet. */
    lengths: vector(),
    even: vector(),
    odd: vector(),
    /** Double words of the first two packets, and of the last two. */
    first: vector(),
    last: vector(),
    mixed: vector(),
    scratch: vector(),
  };
}

type Variables = ReturnType<typeof variablesOf>;

/** `digest(packets, base)`: of a number of packets, whose bytes begin at this offset of the batch. */
function writeDigest(): KernelWriter {
  const kernel = new KernelWriter('digest', 2);
  const [packets, base] = [kernel.parameter(0), kernel.parameter(1)];
  const variables = variablesOf(kernel);
  const { packet, column, places, next, end, lengths, even, odd } = variables;
  kernel.write(
    loopWhile(
      i32.ltU(packet.value, packets.value),
      column.set(i32.mul(packet.value, i32.const(WORD))),
      ...places.map((place, n) => place.set(i32.sub(i32.load(column.value, AT.offsets + n * WORD), base.value))),
      lengths.set(v128.load(column.value, AT.lengths)),
      even.set(v128.xor(lengths.value, splat(DIGEST.even.start))),
      odd.set(v128.xor(lengths.value, splat(DIGEST.odd.start))),
      lengths.set(i32x4.shrU(i32x4.add(lengths.value, splat(7)), i32.const(3))),
      next.set(i32.const(0)),
      end.set(ofLanes(i32x4.minU, variables)),
      mixUpToEnd(variables, (mixed) => mixed),
      end.set(ofLanes(i32x4.maxU, variables)),
      mixUpToEnd(variables, (mixed, state) =>
        v128.select(mixed, state, i32x4.gtU(lengths.value, i32x4.splat(next.value))),
      ),
      storeDigests(variables),
      advance(packet, LANES),
    ),
  );
  return kernel;
}

/** The lowest or highest length. */
function ofLanes(operation: (a: Code, b: Code) => Code, { lengths, scratch }: Variables): Code {
  const exchanged = (order: readonly number[]): Code =>
    scratch.set(operation(scratch.value, v128.shuffle(scratch.value, scratch.value, order)));
  return [
    ...scratch.set(lengths.value),
    ...exchanged(HALVES_EXCHANGED),
    ...exchanged(NEIGHBOURS_EXCHANGED),
    ...i32x4.lane(scratch.value, 0),
  ];
}

/** Takes in double words up to the end. @param chosen the new state of a lane of the digest, by what was mixed and the old */
function mixUpToEnd(variables: Variables, chosen: (mixed: Code, state: Code) => Code): Code {
  const { places, next, end, even, odd, first, last, mixed } = variables;
  const [p0, p1, p2, p3] = places;
  const mix = (state: Local, bytes: readonly number[], { multiplier, shift }: Lane): Code => [
    ...mixed.set(i32x4.mul(v128.xor(state.value, v128.shuffle(first.value, last.value, bytes)), splat(multiplier))),
    ...mixed.set(v128.xor(mixed.value, i32x4.shrU(mixed.value, i32.const(shift)))),
    ...state.set(chosen(mixed.value, state.value)),
  ];
  return loopWhile(
    i32.ltU(next.value, end.value),
    first.set(v128.load64Upper(p1.value, v128.load64Zero(p0.value, AT.bytes), AT.bytes)),
    last.set(v128.load64Upper(p3.value, v128.load64Zero(p2.value, AT.bytes), AT.bytes)),
    mix(even, EVEN_WORDS, DIGEST.even),
    mix(odd, ODD_WORDS, DIGEST.odd),
    ...places.map((place) => advance(place, 2 * WORD)),
    advance(next, 1),
  );
}

/** Each lane takes in the other. */
function storeDigests({ column, even, odd, first, last }: Variables): Code {
  const place = i32.mul(column.value, i32.const(2));
  return [
    ...first.set(v128.xor(even.value, i32x4.mul(odd.value, splat(DIGEST.even.final)))),
    ...last.set(v128.xor(odd.value, i32x4.mul(even.value, splat(DIGEST.odd.final)))),
    ...v128.store(place, v128.shuffle(first.value, last.value, FIRST_TWO), AT.digests),
    ...v128.store(place, v128.shuffle(first.value, last.value, LAST_TWO), AT.digests + LANES * WORD),
  ];
}

const MODULE = new KernelModule<'digest'>(() => [writeDigest()]);

/** Digests packets that lie one after another in their batch. */
export class DigestKernel {
  private readonly offsets: Uint32Array;
  private readonly lengths: Uint32Array;
  private readonly digests: Uint32Array;
  private readonly bytes: Uint8Array;

  private constructor(
    memory: ArrayBuffer,
    private readonly digest: Kernel,
  ) {
    this.offsets = new Uint32Array(memory, AT.offsets, MOST_PACKETS);
    this.lengths = new Uint32Array(memory, AT.lengths, MOST_PACKETS);
    this.digests = new Uint32Array(memory, AT.digests, 2 * MOST_PACKETS);
    this.bytes = new Uint8Array(memory, AT.bytes, MOST_BYTES);
  }

  /** undefined where there is no WebAssembly. */
  static make(): DigestKernel | undefined {
    const kernels = MODULE.over(AT.end);
    return kernels && new DigestKernel(kernels.memory, kernels.functions.digest);
  }

  /**
   * Writes the digests of packets that left, from `from` on, up to `to` or as many as there is room for.
   * @returns the place behind the last of them: `from` if the first packet is too long
   */
  run(batch: PacketBatch, from: number, to: number): number {
    const { offset, capturedLength, egressPort, digest } = batch;
    const { offsets, lengths, digests, bytes } = this;
    const base = offset[from] as number;
    const end = (at: number): number => (offset[at - 1] as number) + (((capturedLength[at - 1] as number) + 7) & ~7);
    let last = Math.min(to, from + MOST_PACKETS);
    while (last > from && end(last) - base > MOST_BYTES) last = (from + last) >> 1;
    if (last === from) return from;
    const packets = last - from;
    offsets.set(offset.subarray(from, last));
    lengths.set(capturedLength.subarray(from, last));
    for (let n = packets; n % LANES !== 0; n++) {
      offsets[n] = base;
      lengths[n] = 0;
    }
    bytes.set(batch.bytes.subarray(base, end(last)));
    this.digest(packets, base);
    for (let i = from, at = 0; i < last; i++, at += 2) {
      if (egressPort[i] === DROPPED) continue;
      digest[2 * i] = digests[at] as number;
      digest[2 * i + 1] = digests[at + 1] as number;
    }
    return last;
  }
}
