/**
 * Which address and port bits a flow has. Flow numbers are scrambled by a permutation rather than a hash, so that
 * distinct flows get distinct 5-tuples by construction, without a table of those in use.
 */

/** Ephemeral ports are 49152 + 14 bits (RFC 6335, section 6). */
export const EPHEMERAL_PORT_BASE = 49152;
/** Bits of an ephemeral port. */
export const EPHEMERAL_PORT_BITS = 14;

/** Wireshark takes what has this port for Elasticsearch, and a payload that is not as malformed: no flow gets it. */
export const CLAIMED_CHOICE = 54_328 - EPHEMERAL_PORT_BASE;
export const IN_ITS_PLACE = EPHEMERAL_PORT_BASE - 1;

/** The port of a base and the bits that a flow chooses; different for different bits. */
export const usablePort = (base: number, choice: number): number =>
  choice === CLAIMED_CHOICE ? IN_ITS_PLACE : base + choice;

/** 2^bits − 1 modulo 2³²; 0 ≤ bits ≤ 32. */
export function lowMask(bits: number): number {
  return bits >= 32 ? -1 : (1 << bits) - 1;
}

/** Number of set bits of a 32-bit value. */
export function bitCount(value: number): number {
  let count = 0;
  for (let rest = value >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}

/**
 * A permutation of the numbers of `bits` bits (0 to 32), chosen by `key`: key addition, odd multiplications and
 * right-shift exclusive-ors, each of which can be undone modulo 2^bits. The result is modulo 2³².
 */
export function permute(value: number, bits: number, key: number): number {
  const mask = lowMask(bits);
  // At bits < 2 the shift passes everything out, which leaves the identity.
  const shift = (bits + 1) >> 1 || 1;
  let x = (value ^ key) & mask;
  x = Math.imul(x, 0x9e3779b1) & mask;
  x ^= x >>> shift;
  x = (x + (key >>> 7)) & mask;
  x = Math.imul(x, 0x85ebca6b) & mask;
  x ^= x >>> shift;
  x = Math.imul(x, 0xc2b2ae35) & mask;
  return x ^ (x >>> shift);
}

/** A 32-bit hash of a 32-bit value: the finalizer of MurmurHash3 (public domain, Austin Appleby). */
export function hash32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** 32 bits of the 96-bit string `low`, `middle`, `high`, from bit `at` on; those beyond its end have no meaning. */
export function bitsAt(at: number, low: number, middle: number, high: number): number {
  const within = at & 31;
  const first = at < 32 ? low : at < 64 ? middle : high;
  const second = at < 32 ? middle : high;
  // In two steps, as a shift by 32 would be one by 0.
  return (first >>> within) | ((second << 1) << (31 - within));
}

/** Spreads the low bits of `bits` over the set bits of `mask`, lowest first, modulo 2³². */
export const deposit = (bits: number, mask: number): number =>
  // Most masks are one run from bit 0 on.
  (mask & (mask + 1)) === 0 ? bits & mask : depositInRuns(bits, mask);

/** One step per run of adjacent set bits. */
function depositInRuns(bits: number, mask: number): number {
  let spread = 0;
  let left = bits;
  for (let rest = mask | 0; rest !== 0; ) {
    const lowest = rest & -rest;
    // Adding the lowest bit carries through its run, which clears the run and leaves all set bits above.
    const run = rest & ~(rest + lowest);
    const position = 31 - Math.clz32(lowest);
    spread |= (left << position) & run;
    // A run of all 32 bits shifts by 0, but nothing is left to spread then.
    left >>>= 32 - Math.clz32(run) - position;
    rest ^= run;
  }
  return spread;
}
