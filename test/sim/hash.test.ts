import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CrcDescription } from '../../compiler/index.js';
import { HashUnit } from '../../sim/index.js';
import { dataPlane } from './test-switch.js';

/** spec/dataplane.md: the CRC of the nine ASCII bytes 123456789, for RPB 1 to 22 of `published`. */
const CHECK_VALUES = [
  0xbb3d, 0xfee8, 0x9ecf, 0x1ed5, 0x95e3, 0x4449, 0xce3c, 0xb4c8, 0x6f91, 0xdb52, 0xd0db, 0xf04c, 0x44c2, 0xde76,
  0x31c3, 0x4b37, 0x2189, 0x29b1, 0xe5cc, 0x4c06, 0x26b1, 0xbf05,
];
const NINE_DIGITS = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0));

/** The CRC bit by bit, as the Rocksoft convention defines it. */
function bitwiseCrc({ polynomial, reflected, initial, xorOut }: CrcDescription, bytes: Uint8Array): number {
  const bits = [...bytes].flatMap((byte) => {
    const list = Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1);
    return reflected ? list.reverse() : list;
  });
  let register = initial;
  for (const bit of bits) {
    const feedback = ((register >> 15) & 1) ^ bit;
    register = ((register << 1) & 0xffff) ^ (feedback === 1 ? polynomial : 0);
  }
  if (!reflected) return register ^ xorOut;
  let mirrored = 0;
  for (let i = 0; i < 16; i++) mirrored |= ((register >> i) & 1) << (15 - i);
  return mirrored ^ xorOut;
}

const digest = (crc: CrcDescription, bytes: Uint8Array): number => new HashUnit(crc).digest(bytes, bytes.length);

CHECK_VALUES.forEach((check, i) => {
  const { hash } = dataPlane('published').rpb(i + 1);
  test(`published RPB ${i + 1}: ${hash.name}`, () => assert.is(digest(hash, NINE_DIGITS), check));
});

const INPUTS: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['no bytes', new Uint8Array(0)],
  ['one byte 0', Uint8Array.of(0)],
  ['four bytes of ones', new Uint8Array(4).fill(0xff)],
  ['nine digits', NINE_DIGITS],
  ['13 bytes 0', new Uint8Array(13)],
  ['13 bytes', Uint8Array.from({ length: 13 }, (_, i) => (i * 83 + 7) & 0xff)],
];
for (const name of ['default', 'published']) {
  for (const [input, bytes] of INPUTS) {
    test(`${name}, every RPB against the bitwise CRC: ${input}`, () => {
      for (const { hash } of dataPlane(name).rpbs) assert.is(digest(hash, bytes), bitwiseCrc(hash, bytes), hash.name);
    });
  }
}

test('both kinds of reflection occur, and no bytes give the initial value', () => {
  const units = dataPlane('published').rpbs.map(({ hash }) => hash);
  assert.is(units.filter(({ reflected }) => reflected).length, 11);
  const plain: CrcDescription = { name: '', polynomial: 0x1021, reflected: false, initial: 0x1d0f, xorOut: 0x00ff };
  assert.is(digest(plain, new Uint8Array(0)), 0x1df0);
  assert.is(digest({ ...plain, reflected: true }, new Uint8Array(0)), 0xf0b8 ^ 0x00ff);
});

test('only the given length counts', () => {
  for (const { hash } of dataPlane('default').rpbs) {
    assert.is(new HashUnit(hash).digest(Uint8Array.of(1, 2, 3, 4, 5, 6), 4), digest(hash, Uint8Array.of(1, 2, 3, 4)));
  }
});

test('default: every RPB has a polynomial and reflection of its own', () => {
  const kinds = dataPlane('default').rpbs.map(({ hash }) => `${hash.polynomial} ${hash.reflected}`);
  assert.is(new Set(kinds).size, 22);
});

test.run();
