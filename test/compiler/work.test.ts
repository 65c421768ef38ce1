/** Ten times the statements are at most about ten times the work, pass by pass: counted, not timed (see counted-work.ts). */
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/index.js';
import { isNightly } from '../tiers.js';
import type { CountedWork } from './counted-work.js';
import { SHAPES, type ShapeName } from './large-programs.js';
import { sourcePath } from './support.js';

const STATEMENTS = isNightly ? 4_000 : 240;
const TIMES = 10;
const MAX_GROWTH = 12.5;
/** Of one file: n log n grows by 14 here, what is quadratic by 100. */
const MAX_GROWTH_OF_FILE = 16;
const COUNTED = sourcePath('dist', 'test', 'compiler', 'counted-work.js');

/** Of each shape: with few statements, then with many. All in one process, which loads the compiler once. */
let works: Partial<Record<ShapeName, readonly [CountedWork, CountedWork]>> = {};
test.before(() => {
  const args = ['--no-opt', '--no-maglev', COUNTED, String(STATEMENTS), String(TIMES * STATEMENTS)];
  works = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })) as typeof works;
});

const sum = ({ blocks }: CountedWork): number => Object.values(blocks).reduce((total, count) => total + count, 0);

for (const shape of Object.keys(SHAPES) as ShapeName[]) {
  test(`${shape}: ${TIMES} times the statements are no more than ${MAX_GROWTH} times the work`, () => {
    const [few, many] = must(works[shape], `work of ${shape}`);
    const grown = Object.entries(many.blocks)
      .filter(([file, count]) => count > MAX_GROWTH_OF_FILE * (few.blocks[file] ?? 0) + TIMES * STATEMENTS)
      .map(([file, count]) => `${file}: ${few.blocks[file] ?? 0} blocks, then ${count}`);
    assert.equal(grown, [], `${few.outcome}, then ${many.outcome}`);
    assert.ok(sum(many) <= MAX_GROWTH * sum(few), `${sum(few)} blocks, then ${sum(many)}`);
    assert.ok(many.elements <= MAX_GROWTH * few.elements, `${few.elements} elements, then ${many.elements}`);
  });
}

test.run();
