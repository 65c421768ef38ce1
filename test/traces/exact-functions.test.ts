/** Logarithm and powers made of +, -, *, / against those of the engine, and to the last bit against values on file. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logarithm, power } from '../../traces/index.js';

const TOLERANCE = 1e-12;

const isNear = (value: number, expected: number, what: string): void =>
  assert.ok(Math.abs(value - expected) <= TOLERANCE * Math.abs(expected), `${what}: ${value}, not ${expected}`);

test('the logarithm is the engine’s to twelve digits', () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -1022, max: Number.MAX_VALUE, noNaN: true }), (x) =>
      isNear(logarithm(x), Math.log(x), `ln ${x}`),
    ),
    { seed: 1 },
  );
  // What exponential times between arrivals are made of.
  for (let i = 1; i < 4096; i++) isNear(logarithm(1 - i / 4096), Math.log(1 - i / 4096), `ln (1 - ${i}/4096)`);
});

test('powers are the engine’s to twelve digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: -4, max: 4, noNaN: true }), (base, exponent) =>
      isNear(power(base, exponent), base ** exponent, `${base} ** ${exponent}`),
    ),
    { seed: 1 },
  );
  isNear(power(1 - 1 / 256, 100), (1 - 1 / 256) ** 100, 'a power of nearly 1');
});

test('logarithms and powers with exact results are exact', () => {
  assert.is(logarithm(1), 0);
  assert.is(logarithm(2), Math.LN2);
  assert.is(power(7, 0), 1);
  assert.is(power(1, -3.5), 1);
});

/** The same bits in every engine; each is at most one away from the value rounded from forty digits. */
test('the last bits of results equal recorded ones', () => {
  const hex = (x: number): string =>
    Buffer.from(new Float64Array([x]).buffer)
      .reverse()
      .toString('hex');
  const values = [logarithm(0.1), logarithm(0.999999), logarithm(123456789), power(3, -1.1), power(1e6, -0.99)];
  assert.equal(values.map(hex), [
    'c0026bb1bbb55515',
    'beb0c6f82d74d22f',
    '4032a1a38bd0540a',
    '3fd31d20b7a1eecf',
    '3eb3434841deffc8',
  ]);
});

test('numbers without a normal logarithm are refused', () => {
  for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -1074]) {
    assert.throws(() => logarithm(x), RangeError, String(x));
  }
  for (const exponent of [1e6, Number.NaN]) assert.throws(() => power(10, exponent), RangeError);
});

test.run();
