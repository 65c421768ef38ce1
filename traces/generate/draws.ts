/** The random numbers of generated packets: 32-bit draws, found by the number of a packet. */
import seedrandom from 'seedrandom';
import { must } from '../packets/must.js';

/** Packets that share one seeding of the random generator. */
const CHUNK_PACKETS = 4096;
/** Draws per packet. */
export const DRAWS_PER_PACKET = 2;
export const CHUNK_DRAWS = CHUNK_PACKETS * DRAWS_PER_PACKET;
/**
 * Chunks that are drawn at once. A draw waits for the one before it in its chunk, so that four chunks at once take
 * little longer than one.
 */
const GROUP = 4;
/** Draws that are at hand at a time. */
export const GROUP_DRAWS = GROUP * CHUNK_DRAWS;
export const GROUP_PACKETS = GROUP * CHUNK_PACKETS;

/** The multiplier of Alea. */
export const MULTIPLIER = 2091639;
const UNIT = 2 ** -32;

/** The state of an Alea: three lags in units of 2⁻³² and a carry. */
export type Lags = readonly [number, number, number];

/** {@link CHUNK_DRAWS} numbers of seedrandom's Alea for each chunk, times 2³². */
export class Draws {
  /** −1 for none yet. */
  #group = -1;

  /** @param draws where to write {@link GROUP_DRAWS} at a time */
  constructor(
    private readonly seed: string,
    readonly draws = new Uint32Array(GROUP_DRAWS),
    private readonly drawGroup: (draws: Uint32Array, a: Lags, b: Lags, c: Lags, d: Lags) => void = drawFour,
  ) {}

  /** Where the first draw of a packet is in {@link draws}, until the next call. */
  place(packet: number): number {
    const group = Math.floor(packet / GROUP_PACKETS);
    if (group !== this.#group) this.#draw(group);
    return (packet - group * GROUP_PACKETS) * DRAWS_PER_PACKET;
  }

  #draw(group: number): void {
    const [a, b, c, d] = Array.from({ length: GROUP }, (_, i) => seeded(`${this.seed}/${group * GROUP + i}`));
    this.drawGroup(
      this.draws,
      must(a, 'state of a chunk'),
      must(b, 'state of a chunk'),
      must(c, 'state of a chunk'),
      must(d, 'state of a chunk'),
    );
    this.#group = group;
  }
}

function seeded(seed: string): Lags {
  const { s0, s1, s2 } = seedrandom.alea(seed, { state: true }).state() as Record<'s0' | 's1' | 's2', number>;
  return [s0, s1, s2];
}

/**
 * Alea: t = multiplier × first lag + carry; the carry becomes the whole part of t, the new last lag and the draw its
 * fraction. Lags are whole multiples of 2⁻³², and t has at most 53 bits: nothing is rounded.
 */
function drawFour(draws: Uint32Array, a: Lags, b: Lags, c: Lags, d: Lags): void {
  let [a0, a1, a2] = a;
  let [b0, b1, b2] = b;
  let [c0, c1, c2] = c;
  let [d0, d1, d2] = d;
  let [carryA, carryB, carryC, carryD] = [1, 1, 1, 1];
  for (let i = 0; i < CHUNK_DRAWS; i++) {
    const ta = MULTIPLIER * a0 + carryA * UNIT;
    const tb = MULTIPLIER * b0 + carryB * UNIT;
    const tc = MULTIPLIER * c0 + carryC * UNIT;
    const td = MULTIPLIER * d0 + carryD * UNIT;
    carryA = ta | 0;
    carryB = tb | 0;
    carryC = tc | 0;
    carryD = td | 0;
    a0 = a1;
    b0 = b1;
    c0 = c1;
    d0 = d1;
    a1 = a2;
    b1 = b2;
    c1 = c2;
    d1 = d2;
    a2 = ta - carryA;
    b2 = tb - carryB;
    c2 = tc - carryC;
    d2 = td - carryD;
    draws[i] = a2 * 2 ** 32;
    draws[CHUNK_DRAWS + i] = b2 * 2 ** 32;
    draws[2 * CHUNK_DRAWS + i] = c2 * 2 ** 32;
    draws[3 * CHUNK_DRAWS + i] = d2 * 2 ** 32;
  }
}
