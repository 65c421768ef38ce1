/** Pairs of words have numbers of their own, in the order in which they are first asked for. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NumberPairs } from '../../compiler/data-plane/number-pairs.js';

const word = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.integer(), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1));

test('a pair has one number, and no other pair has it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { maxLength: 300 }), (asked) => {
      const pairs = new NumberPairs();
      const numbers = new Map<string, number>();
      for (const [a, b] of asked) {
        const expected = numbers.get(`${a} ${b}`) ?? numbers.size;
        numbers.set(`${a} ${b}`, expected);
        assert.is(pairs.of(a, b), expected);
      }
    }),
  );
});

test('a word is the same with and without a sign', () => {
  const pairs = new NumberPairs();
  assert.is(pairs.of(0xffffffff, 2 ** 31), pairs.of(-1, -(2 ** 31)));
  assert.is.not(pairs.of(0xffffffff, 2 ** 31), pairs.of(0xfffffffe, 2 ** 31));
});

test('many pairs keep their numbers', () => {
  const pairs = new NumberPairs();
  const count = 100_000;
  for (let i = 0; i < count; i++) assert.is(pairs.of(i, 2 ** 16 * i), i);
  for (let i = 0; i < count; i++) if (pairs.of(i, 2 ** 16 * i) !== i) assert.unreachable(`pair ${i}`);
});

test.run();
