/** Time stamps of pcapng against whole numbers of any size. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readInterface } from '../../traces/captures/pcapng-interface.js';
import { SECONDS_OF_INTERFACE, writePacketBlock } from '../../traces/captures/pcapng-writing.js';
import { interfaceBlock } from './capture-bytes.js';

const BILLION = 1_000_000_000n;
const WORD = 2n ** 32n;

function interfaceOf(resolution: number) {
  const bytes = Uint8Array.from(interfaceBlock(true, { options: [[9, [resolution]]] }));
  const described = readInterface(new DataView(bytes.buffer), 0, bytes.length, true);
  if (described === undefined) throw new Error('the interface cannot be read');
  return described;
}

/** Ticks of 64 bits: any, and those just before and after whole seconds. */
const ticksOf = (perSecond: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc
      .tuple(fc.bigInt({ min: 1n, max: (2n ** 64n - 1n) / perSecond - 1n }), fc.bigInt({ min: -2n, max: 2n }))
      .map(([seconds, off]) => seconds * perSecond + off),
  );

for (let exponent = 3; exponent <= 9; exponent++) {
  test(`10^-${exponent} s: seconds and nanoseconds are exact`, () => {
    const { setTime } = interfaceOf(exponent);
    const perSecond = 10n ** BigInt(exponent);
    const stamped = { timeSeconds: 0, timeNanoseconds: 0 };
    fc.assert(
      fc.property(ticksOf(perSecond), (ticks) => {
        setTime(stamped, Number(ticks / WORD), Number(ticks % WORD));
        assert.is(stamped.timeSeconds, Number(ticks / perSecond));
        assert.is(stamped.timeNanoseconds, Number(((ticks % perSecond) * BILLION) / perSecond));
      }),
      { numRuns: 500 },
    );
  });
}

test('written nanoseconds are exact', () => {
  const view = new DataView(new ArrayBuffer(64));
  const seconds = fc.integer({ min: 0, max: SECONDS_OF_INTERFACE - 1 });
  fc.assert(
    fc.property(seconds, fc.nat(999_999_999), (timeSeconds, timeNanoseconds) => {
      writePacketBlock(view, 0, {
        interfaceIndex: 0,
        timeSeconds,
        timeNanoseconds,
        capturedLength: 0,
        originalLength: 0,
      });
      const written = BigInt(view.getUint32(12, true)) * WORD + BigInt(view.getUint32(16, true));
      assert.is(written, BigInt(timeSeconds) * BILLION + BigInt(timeNanoseconds));
    }),
    { numRuns: 500 },
  );
});

test.run();
