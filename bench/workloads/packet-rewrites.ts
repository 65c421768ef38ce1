/** Rewrites of packets of a capture in a flat array, since thousands of programs have some each. */
import { type Coverage, checksumCoverage, type DataPlane, type HeaderField } from '../../compiler/index.js';
import type { Phv } from '../../sim/index.js';

/** Bits of a field; `value` has none outside `mask`. */
export interface FieldBits {
  readonly field: HeaderField;
  readonly value: number | bigint;
  readonly mask: number | bigint;
}

/** A record: the place behind its last half word, value and mask of the ingress port, then half word by half word. */
const RECORD = { end: 0, portValue: 1, portMask: 2, first: 3 } as const;
/** A half word: {@link PLACE} it is at and what covers it, and the bits to be set, as value × 2^16 + mask. */
const HALF = { place: 0, bits: 1, length: 2 } as const;
/** Bits of a place: above the checksums that cover the half word its even offset in its header, above it the header. */
const PLACE = { offsetShift: 4, headerShift: 20, coverage: 0xf, offset: 0xffff } as const;
/** The checksum of IPv4 is the lowest bit; the bits above say how many times those of TCP and UDP add the half word. */
const COVERED = { ipv4: 1, transportShift: 1 } as const;
const HALF_BITS = 16;

/** The bits of a half word of a header that are set. */
interface HalfWord {
  readonly header: number;
  readonly offset: number;
  value: number;
  mask: number;
  readonly coverage: number;
}

export class PacketRewrites {
  private words = new Int32Array(1024);
  private used = 0;

  constructor(private readonly dataPlane: DataPlane) {}

  /** @returns the offset of the rewrite */
  add(
    fields: readonly FieldBits[],
    ingressPort: { readonly value: number; readonly mask: number } | undefined,
  ): number {
    const halves: HalfWord[] = [];
    for (const { field, value, mask } of fields) {
      const coverage = coverageBits(checksumCoverage(this.dataPlane, field));
      for (const half of halvesOf(field, BigInt(value), BigInt(mask), coverage)) addTo(halves, half);
    }
    const start = this.used;
    const end = start + RECORD.first + halves.length * HALF.length;
    const record = [
      end,
      ingressPort?.value ?? 0,
      ingressPort?.mask ?? 0,
      ...halves.flatMap(({ header, offset, value, mask, coverage }) => [
        (header << PLACE.headerShift) | (offset << PLACE.offsetShift) | coverage,
        (value << HALF_BITS) | mask,
      ]),
    ];
    if (end > this.words.length) {
      const grown = new Int32Array(2 * end);
      grown.set(this.words);
      this.words = grown;
    }
    this.words.set(record, start);
    this.used = end;
    return start;
  }

  /** Rewrites the packet of a PHV. @returns its ingress port */
  apply(rewrite: number, phv: Phv, ingressPort: number): number {
    const { words } = this;
    const { view, headerStart } = phv;
    const end = wordAt(words, rewrite + RECORD.end);
    let [ipv4Changes, ipv4Delta, transportDelta] = [0, 0, 0];
    // Without a branch for what a half word changes and which checksums have it, which could not be foreseen.
    for (let half = rewrite + RECORD.first; half < end; half += HALF.length) {
      const place = wordAt(words, half + HALF.place);
      const start = headerStart[place >>> PLACE.headerShift] as number;
      if (start < 0) continue;
      const at = start + ((place >>> PLACE.offsetShift) & PLACE.offset);
      const before = view.getUint16(at);
      const bits = wordAt(words, half + HALF.bits);
      const after = (before & ~(bits & 0xffff)) | (bits >>> HALF_BITS);
      view.setUint16(at, after);
      const coverage = place & PLACE.coverage;
      const ofIpv4 = (after - before) & -(coverage & COVERED.ipv4);
      ipv4Changes |= ofIpv4;
      ipv4Delta = (ipv4Delta + ofIpv4) | 0;
      // As words, since the product of 0 and a fall is -0, which is computed with doubles.
      transportDelta = (transportDelta + Math.imul(coverage >>> COVERED.transportShift, after - before)) | 0;
    }
    if (ipv4Changes !== 0) {
      phv.ipv4Changed = true;
      phv.ipv4Delta += ipv4Delta;
    }
    phv.transportDelta += transportDelta;
    return (ingressPort & ~wordAt(words, rewrite + RECORD.portMask)) | wordAt(words, rewrite + RECORD.portValue);
  }
}

/** A word at a place that the layout of records makes sure of. */
const wordAt = (words: Int32Array, at: number): number => words[at] as number;

const coverageBits = ({ ipv4, transport }: Coverage): number =>
  (ipv4 ? COVERED.ipv4 : 0) | (transport << COVERED.transportShift);

/** The half words that have bits to be set of a field. */
function halvesOf(field: HeaderField, value: bigint, mask: bigint, coverage: number): HalfWord[] {
  const fieldEnd = field.bitOffset + field.width;
  const first = Math.floor(field.bitOffset / HALF_BITS);
  const last = Math.floor((fieldEnd - 1) / HALF_BITS);
  const halves: HalfWord[] = [];
  for (let half = first; half <= last; half++) {
    // Bits of the field behind this half word, or, below 0, of the half word behind the field.
    const behind = fieldEnd - (half + 1) * HALF_BITS;
    const bitsHere = (bits: bigint): number =>
      Number(BigInt.asUintN(HALF_BITS, behind >= 0 ? bits >> BigInt(behind) : bits << BigInt(-behind)));
    const here = bitsHere(mask);
    if (here !== 0)
      halves.push({ header: field.header, offset: half * 2, value: bitsHere(value), mask: here, coverage });
  }
  return halves;
}

/** Adds a half word to those before it: into the same one, unless they set some bits to something else. */
function addTo(halves: HalfWord[], half: HalfWord): void {
  const same = halves.findLast(({ header, offset }) => header === half.header && offset === half.offset);
  const joins =
    same !== undefined && same.coverage === half.coverage && ((same.value ^ half.value) & same.mask & half.mask) === 0;
  if (!joins) {
    halves.push(half);
    return;
  }
  same.value |= half.value;
  same.mask |= half.mask;
}
