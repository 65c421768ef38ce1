/** The memory of new objects, in a process of its own, as V8 is told once for all. */
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';

const MODULE = packageFile('dist', 'bench', 'cli', 'young-generation.js');

/** Bytes of the young generation after many objects were made and kept. */
function sizeAfterwards(prepare: string): number {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { keepYoungGenerationSmall } from ${JSON.stringify(MODULE)};
    ${prepare}
    const kept = [];
    for (let i = 0; i < 500_000; i++) kept.push({ i });
    console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.is(stderr, '');
  return Number(stdout);
}

test('the young generation does not grow', () => {
  assert.ok(sizeAfterwards('keepYoungGenerationSmall();') <= 2 ** 21);
  assert.ok(sizeAfterwards('') > 2 ** 21, 'the flag of V8 makes no difference');
});

test.run();
