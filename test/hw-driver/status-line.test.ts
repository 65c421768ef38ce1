/** How far a command has come: drawn over on a terminal, a line every five seconds elsewhere. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StatusLine } from '../../hw-driver/index.js';

function statusLine(isTTY: boolean) {
  const clock = { ms: 1000 };
  let text = '';
  const write = (part: string): boolean => {
    text += part;
    return true;
  };
  return { clock, status: new StatusLine({ isTTY, write }, () => clock.ms), text: () => text };
}

test('in a pipe: nothing of short work, a line every five seconds of long work, and nothing to clear', () => {
  const { clock, status, text } = statusLine(false);
  for (clock.ms = 1000; clock.ms < 6000; clock.ms += 500) status.show(`${clock.ms} packets`);
  status.clear();
  assert.is(text(), '');
  status.show('a');
  status.show('b');
  clock.ms = 10_999;
  status.show('c');
  clock.ms = 11_001;
  status.show('d');
  status.stop();
  assert.is(text(), 'a, after 5 s\nd, after 10 s\n');
});

test('in a pipe, a step has a line at once, and the next line comes five seconds later', () => {
  const { clock, status, text } = statusLine(false);
  clock.ms += 200;
  status.step('1 of 3', 'first');
  status.show('1 of 3');
  clock.ms += 100;
  status.step('2 of 3', 'second');
  clock.ms += 4999;
  status.show('2 of 3');
  clock.ms += 1;
  status.show('2 of 3');
  status.stop();
  assert.is(text(), '1 of 3: first, after 0 s\n2 of 3: second, after 0 s\n2 of 3, after 5 s\n');
});

test('on a terminal: drawn over, not more often than is seen, and cleared before results', () => {
  const colours = process.env['NO_COLOR'];
  delete process.env['NO_COLOR'];
  try {
    const { clock, status, text } = statusLine(true);
    status.show('a');
    status.show('b');
    clock.ms += 50;
    status.step('c', 'detail');
    status.clear();
    status.clear();
    status.stop();
    assert.is(text(), '\r\u001b[Ka\r\u001b[Kc\r\u001b[K');
  } finally {
    if (colours !== undefined) process.env['NO_COLOR'] = colours;
  }
});

test('a terminal with NO_COLOR gets lines', () => {
  const colours = process.env['NO_COLOR'];
  process.env['NO_COLOR'] = '1';
  try {
    const { clock, status, text } = statusLine(true);
    status.show('a');
    clock.ms += 5000;
    status.show('b');
    status.stop();
    assert.is(text(), 'b, after 5 s\n');
  } finally {
    if (colours === undefined) delete process.env['NO_COLOR'];
    else process.env['NO_COLOR'] = colours;
  }
});

test.run();
