/** Counts in words: the number, grouped, and the noun in the number that it asks for. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { counted } from '../../compiler/data-plane/counting.js';

const ROWS: readonly (readonly [count: number, noun: string, text: string])[] = [
  [0, 'packet', '0 packets'],
  [1, 'packet', '1 packet'],
  [2, 'entry', '2 entries'],
  [1, 'entry', '1 entry'],
  [2816, 'entry', '2,816 entries'],
  [2, 'pass', '2 passes'],
  [2, 'branch', '2 branches'],
  [2, 'memory access', '2 memory accesses'],
  [3, 'RPB', '3 RPBs'],
  [3, 'day', '3 days'],
];

for (const [count, noun, text] of ROWS) test(text, () => assert.is(counted(count, noun), text));

test.run();
