/** Rewrites by half words against the writing of fields, one after the other. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PacketRewrites } from '../../bench/workloads/packet-rewrites.js';
import { defaultDataPlane, type HeaderField } from '../../compiler/index.js';
import { modifyField, Phv, writableField } from '../../sim/index.js';

const dataPlane = defaultDataPlane();
const HEADER_ROOM = 64;
const ROOM = dataPlane.headers.length * HEADER_ROOM;

const fields = dataPlane.headers.flatMap(({ name, description }) =>
  description.fields.map(({ name: field }) => dataPlane.headerField(`hdr.${name}.${field}`)),
);

interface Bits {
  readonly field: HeaderField;
  readonly value: number;
  readonly mask: number;
}

const WORD = 2 ** 32;
const word48 = fc.bigInt({ min: 0n, max: 2n ** 48n - 1n });

/** Bits of a field, up to 48, as two words. */
const bits: fc.Arbitrary<Bits> = fc.tuple(fc.constantFrom(...fields), word48, word48).map(([field, value, mask]) => {
  const within = BigInt.asUintN(Math.min(48, field.width), mask);
  return { field, value: Number(value & within), mask: Number(within) };
});

/** A packet with each header at a place of its own, odd places too, but those that it lacks. */
function packet(bytes: Uint8Array, lacks: number): Phv {
  const phv = new Phv(dataPlane.headers.length);
  phv.begin(bytes, 0, bytes.length, 0);
  for (const { index } of dataPlane.headers) {
    phv.headerStart[index] = ((lacks >>> index) & 1) === 0 ? index * HEADER_ROOM + (index & 1) : -1;
  }
  return phv;
}

function fieldValue(bytes: Uint8Array, start: number, { bitOffset, width }: HeaderField): bigint {
  let value = 0n;
  for (let bit = bitOffset; bit < bitOffset + width; bit++) {
    const byte = bytes[start + (bit >>> 3)] ?? 0;
    value = (value << 1n) | BigInt((byte >>> (7 - (bit & 7))) & 1);
  }
  return value;
}

/** Writes fields one after the other, those above 32 bits in two parts. */
function writeFields(phv: Phv, all: readonly Bits[]): void {
  for (const { field, value, mask } of all) {
    const start = phv.headerStart[field.header] ?? -1;
    if (start < 0) continue;
    const written = (fieldValue(phv.bytes, start, field) & ~BigInt(mask)) | BigInt(value);
    const high = field.width - 32;
    const parts =
      high <= 0
        ? [{ part: field, bits: written }]
        : [
            { part: { ...field, width: 32, bitOffset: field.bitOffset + high }, bits: written % BigInt(WORD) },
            { part: { ...field, width: high }, bits: written / BigInt(WORD) },
          ];
    for (const { part, bits: value } of parts) modifyField(writableField(dataPlane, part), phv, Number(value));
  }
}

const outcome = ({ bytes, ipv4Changed, ipv4Delta, transportDelta }: Phv) => ({
  bytes,
  ipv4Changed,
  ipv4Delta,
  transportDelta,
});

test('a rewrite sets the bits of its fields, and says the checksums what has changed', () => {
  fc.assert(
    fc.property(
      fc.array(bits, { maxLength: 12 }),
      fc.uint8Array({ minLength: ROOM, maxLength: ROOM }),
      fc.nat(2 ** dataPlane.headers.length - 1),
      (all, bytes, lacks) => {
        const rewrites = new PacketRewrites(dataPlane);
        rewrites.add([], undefined);
        const rewrite = rewrites.add(all, { value: 0x23, mask: 0xff });
        const rewritten = packet(bytes.slice(), lacks);
        assert.is(rewrites.apply(rewrite, rewritten, 0x145), 0x123);
        const written = packet(bytes.slice(), lacks);
        writeFields(written, all);
        assert.equal(outcome(rewritten), outcome(written));
      },
    ),
    { numRuns: 300 },
  );
});

test.run();
