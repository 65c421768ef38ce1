/** Progress where nobody sees a bar: lines, few of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { progressDisplay } from '../../bench/cli/report/progress-display.js';

async function display(isTTY: boolean) {
  const clock = { ms: 1000 };
  let text = '';
  const write = (part: string): boolean => {
    text += part;
    return true;
  };
  return { clock, progress: await progressDisplay({ isTTY, write }, () => clock.ms), text: () => text };
}

test('a short run writes no line, a long one a line every five seconds', async () => {
  const { clock, progress, text } = await display(false);
  for (clock.ms = 1000; clock.ms < 6000; clock.ms += 100) progress.deploying(1, 2800);
  assert.is(text(), '');
  progress.deploying(1400, 2800);
  progress.deploying(1401, 2800);
  assert.is(text(), 'deploying: 50 %, 1,400 programs, after 5 s\n');
  clock.ms = 11_000;
  progress.deploying(2801, 'max');
  clock.ms = 15_999;
  progress.processing(0.1, 5);
  clock.ms = 27_200;
  progress.processing(0.999, 999_000);
  progress.stop();
  assert.equal(text().split('\n').slice(1), [
    'deploying: 2,801 programs, after 10 s',
    'packets: 99 %, 999,000 packets, after 26 s',
    '',
  ]);
});

test.run();
