/** The table of the fifteen programs in bench/README.md says what they take. */

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROGRAM_KEYS, programFile } from '../../bench/workloads/program-kind.js';
import { publishedShape } from '../../bench/workloads/published-shapes.js';
import { analyse, DEFAULT_RECIRCULATIONS, defaultDataPlane, link, lower, SwitchState } from '../../compiler/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { itemAt } from '../item-at.js';

const dataPlane = defaultDataPlane();
const table = readFileSync(packageFile('bench', 'README.md'), 'utf8');

const codeLines = (text: string): number =>
  text.split('\n').filter((line) => line.replace(/\/\/.*/, '').trim() !== '').length;

for (const key of PROGRAM_KEYS) {
  test(key, () => {
    const text = readFileSync(programFile(key), 'utf8');
    const { programs, sourceHash } = analyse(text, dataPlane);
    const lowered = lower(itemAt(programs, 0), dataPlane, DEFAULT_RECIRCULATIONS);
    const { placement, entries, passes } = link(lowered, new SwitchState(dataPlane), sourceHash);
    const depth = Math.max(...placement.map((step) => step.depth));
    const inRpbs = entries.filter((entry) => entry.table.endsWith('tb_operation')).length;
    const shape = publishedShape(key, 256, 2);
    const published = shape.reduce((sum, row) => sum + row.entries, 0);
    const cells = [key, `${depth} (${shape.length})`, `${inRpbs} (${published})`, passes, codeLines(text)];
    assert.ok(table.includes(`| ${cells.join(' | ')} (`), `the table should say | ${cells.join(' | ')} (…) |`);
  });
}

test.run();
