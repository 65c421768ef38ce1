import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KnownWord } from '../../compiler/data-plane/known-word.js';
import * as words from '../../compiler/data-plane/known-word.js';
import { word } from './random-programs.js';
import { PROPERTY } from './support.js';

const has = ({ zeros, ones, min, max }: KnownWord, value: number): boolean =>
  (value & zeros) === 0 && (~value & ones) === 0 && value >= min && value <= max;

const u32 = (value: number): number => value >>> 0;

/** A word, and something true of it: from bits that are given away, a range around it, and what others do to both. */
const described: fc.Arbitrary<{ readonly value: number; readonly known: KnownWord }> = fc
  .record({ value: word, other: word, mask: word, way: fc.nat(5), width: fc.integer({ min: 1, max: 32 }) })
  .map(({ value, other, mask, way, width }) => {
    switch (way) {
      case 0:
        return { value, known: words.constantWord(value) };
      case 1:
        return { value, known: words.joinWords(words.constantWord(value), words.constantWord(other)) };
      case 2: {
        const cut = width === 32 ? value : value % 2 ** width;
        return { value: cut, known: words.wordOfWidth(width) };
      }
      case 3: {
        const known = words.matched(words.UNKNOWN_WORD, u32(value & mask), mask);
        if (known === undefined) throw new Error('any word can match');
        return { value, known };
      }
      case 4: {
        const known = words.joinWords(words.constantWord(value), words.constantWord(other));
        return { value, known: words.unmatched(known, other, 0xffffffff) ?? known };
      }
      default:
        return { value, known: words.UNKNOWN_WORD };
    }
  });

const OPERATIONS: readonly (readonly [
  name: string,
  known: (a: KnownWord, b: KnownWord) => KnownWord,
  concrete: (a: number, b: number) => number,
])[] = [
  ['and', words.andWords, (a, b) => a & b],
  ['or', words.orWords, (a, b) => a | b],
  ['xor', words.xorWords, (a, b) => a ^ b],
  ['not', (a) => words.notWord(a), (a) => ~a],
  ['sum', words.addWords, (a, b) => a + b],
  ['difference', words.subtractWords, (a, b) => a - b],
  ['maximum', words.maxWords, Math.max],
  ['minimum', words.minWords, Math.min],
  ['hash', (a) => words.hashedWord(a), (a, b) => (a & 0xffff0000) | (b & 0xffff)],
  ['join', words.joinWords, (a) => a],
  ['join, the other way round', words.joinWords, (_, b) => b],
];

for (const [name, known, concrete] of OPERATIONS) {
  test(`what is known of a ${name} holds`, () => {
    fc.assert(
      fc.property(described, described, (a, b) => {
        assert.ok(has(known(a.known, b.known), u32(concrete(a.value, b.value))));
      }),
      PROPERTY,
    );
  });
}

test('what a condition says holds, whether it is met or not', () => {
  fc.assert(
    fc.property(
      described,
      word,
      fc.oneof(
        word,
        fc.nat(32).map((bits) => u32(~(2 ** bits - 1))),
      ),
      (a, other, mask) => {
        for (const value of [u32(other & mask), u32(a.value & mask)]) {
          const isMet = u32(a.value & mask) === value;
          const known = isMet ? words.matched(a.known, value, mask) : words.unmatched(a.known, value, mask);
          assert.ok(known !== undefined && has(known, a.value));
        }
      },
    ),
    PROPERTY,
  );
});

test('what is known of words of four bits equals an enumeration of all of them', () => {
  // Two constants of the least and the greatest are the only way to be a constant; a contradiction is found.
  const nibble = words.wordOfWidth(4);
  assert.equal([nibble.min, nibble.max], [0, 15]);
  assert.is(words.matched(nibble, 0x10, 0x10), undefined);
  assert.is(words.unmatched(nibble, 0, 0xfffffff0), undefined);
  assert.equal(words.unmatched(nibble, 0, 0xfffffff8), { zeros: 0xfffffff0, ones: 8, min: 8, max: 15 });
  assert.equal(words.unmatched(words.UNKNOWN_WORD, 1, 1), words.matched(words.UNKNOWN_WORD, 0, 1));
  assert.ok(words.isWithin(words.constantWord(9), nibble) && !words.isWithin(nibble, words.constantWord(9)));
});

test.run();
