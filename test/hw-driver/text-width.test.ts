/** The width of text and of help by the width of the terminal. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { helpWidth, textWidth } from '../../hw-driver/cli/kit/text-width.js';

for (const [columns, text, help] of [
  [undefined, 100, 100],
  [40, 80, 80],
  [80, 80, 80],
  [90, 90, 90],
  [110, 110, 100],
  [200, 120, 100],
] as const) {
  test(`columns ${columns}: text of ${text}, help of ${help}`, () => {
    const stream = { columns } as NodeJS.WriteStream;
    assert.is(textWidth(stream), text);
    assert.is(helpWidth(stream), help);
  });
}

test.run();
