/** The tables of programs in bench/README.md say what they take. */

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataPlaneOf } from '../../bench/workloads/program-data-planes.js';
import { EXTENDED_KEYS, PAPER_KEYS, type ProgramKey, programFile } from '../../bench/workloads/program-kind.js';
import { publishedShape } from '../../bench/workloads/published-shapes.js';
import { analyse, DEFAULT_RECIRCULATIONS, link, lower, SwitchState } from '../../compiler/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { itemAt } from '../item-at.js';

const table = readFileSync(packageFile('bench', 'README.md'), 'utf8');

const codeLines = (text: string): number =>
  text.split('\n').filter((line) => line.replace(/\/\/.*/, '').trim() !== '').length;

function measured(key: ProgramKey): { depth: number; inRpbs: number; passes: number; lines: number } {
  const text = readFileSync(programFile(key), 'utf8');
  const dataPlane = dataPlaneOf(key);
  const { programs, sourceHash } = analyse(text, dataPlane);
  const lowered = lower(itemAt(programs, 0), dataPlane, DEFAULT_RECIRCULATIONS);
  const { placement, entries, passes } = link(lowered, new SwitchState(dataPlane), sourceHash);
  return {
    depth: Math.max(...placement.map((step) => step.depth)),
    inRpbs: entries.filter((entry) => entry.table.endsWith('tb_operation')).length,
    passes,
    lines: codeLines(text),
  };
}

for (const key of PAPER_KEYS) {
  test(key, () => {
    const { depth, inRpbs, passes, lines } = measured(key);
    const shape = publishedShape(key, 256, 2);
    const published = shape.reduce((sum, row) => sum + row.entries, 0);
    const cells = [key, `${depth} (${shape.length})`, `${inRpbs} (${published})`, passes, lines];
    assert.ok(table.includes(`| ${cells.join(' | ')} (`), `the table should say | ${cells.join(' | ')} (…) |`);
  });
}

for (const key of EXTENDED_KEYS) {
  test(key, () => {
    const { depth, inRpbs, passes, lines } = measured(key);
    const cells = [depth, inRpbs, passes, lines].join(' | ');
    const row = table.split('\n').find((line) => line.startsWith(`| ${key} |`));
    assert.ok(row?.endsWith(`| ${cells} |`), `the row of ${key} should end with | ${cells} |`);
  });
}

test.run();
