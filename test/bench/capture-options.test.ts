/** Values of the options for captures, as `editcap` and `tshark` take times. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { captureOptionsOf } from '../../bench/cli/commands/capture-options.js';

const NONE = {
  from: undefined,
  to: undefined,
  squeezeGaps: undefined,
  linkAddresses: undefined,
  skipOtherLinks: false,
};
const bound = (from: string) => captureOptionsOf({ ...NONE, from }).from;
const SECOND = 10n ** 9n;

for (const [text, seconds, nanoseconds] of [
  ['0', 0n, 0n],
  ['1295981542.484409001', 1_295_981_542n, 484_409_001n],
  ['-1.5', -1n, -500_000_000n],
  ['2011-01-25', 1_295_913_600n, 0n],
  ['2011-01-25T18:52', 1_295_981_520n, 0n],
  ['2011-01-25 18:52:22', 1_295_981_542n, 0n],
  ['2011-01-25T18:52:22.5Z', 1_295_981_542n, 500_000_000n],
  ['2011-01-25T19:52:22+01:00', 1_295_981_542n, 0n],
  ['2011-01-25T14:22:22.000000001-0430', 1_295_981_542n, 1n],
  ['1969-12-31T23:59:59', -1n, 0n],
  ['2200-02-28T00:00:00', 7_263_129_600n, 0n],
] as const) {
  test(`a time since the epoch: ${text}`, () =>
    assert.equal(bound(text), { since: 'epoch', nanoseconds: seconds * SECOND + nanoseconds }));
}

for (const [text, nanoseconds] of [
  ['+0', 0n],
  ['+1.5', 1_500_000_000n],
  ['+.25s', 250_000_000n],
  ['+7ns', 7n],
  ['+1.5us', 1500n],
  ['+0.001ms', 1000n],
  ['+10m', 600n * SECOND],
  ['+2h', 7200n * SECOND],
  ['+1d', 86_400n * SECOND],
] as const) {
  test(`a time after the first packet: ${text}`, () =>
    assert.equal(bound(text), { since: 'first-packet', nanoseconds }));
}

for (const text of ['', '.', '1.2.3', '+', '+-1', '+1 s', '2011-13-01', '2011-01-25T24:00:00', '1e9', '9'.repeat(16)]) {
  test(`no time: '${text}'`, () => assert.throws(() => bound(text), /--from/));
}

test('two addresses', () => {
  const options = captureOptionsOf({ ...NONE, linkAddresses: '02-00-00-00-00-0A,ff:ff:ff:ff:ff:ff' });
  assert.equal([...(options.linkAddresses?.source ?? [])], [2, 0, 0, 0, 0, 10]);
  assert.equal([...(options.linkAddresses?.destination ?? [])], Array(6).fill(255));
});

test.run();
