/** Whole numbers on command lines. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wholeNumber } from '../../hw-driver/cli/kit/inputs.js';

const READ: readonly (readonly [text: string, value: number])[] = [
  ['0', 0],
  ['007', 7],
  ['1000', 1000],
  ['1,000', 1000],
  ['12,345,678', 12_345_678],
];
for (const [text, value] of READ) {
  test(`${text} is ${value}`, () => assert.is(wholeNumber('--packets', text, 0, 1e9), value));
}

for (const text of [
  '',
  '1,0,0',
  '1,00',
  '1000,000',
  ',000',
  '1,000,',
  '0x10',
  '1.5',
  '-1',
  '1e3',
  '1 000',
  '2,000,000,000',
]) {
  test(`'${text}' is refused`, () =>
    assert.throws(
      () => wholeNumber('--packets', text, 0, 1e9),
      `--packets takes a whole number from 0 to 1,000,000,000, not '${text}'`,
    ));
}

test.run();
