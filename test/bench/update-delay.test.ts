/** The update delay as it is measured, with a clock of the test's own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { measureUpdateDelay } from '../../bench/measure/updates/update-delay.js';
import { dataPlane } from '../sim/test-switch.js';

test('each program is installed this number of times by single and by batched writes, on an empty switch', async () => {
  let reads = 0;
  const told: number[] = [];
  const delays = await measureUpdateDelay({
    programs: ['l3', 'cache'],
    dataPlane: dataPlane('default'),
    repeats: 3,
    now: () => reads++,
    onProgress: (done) => told.push(done),
  });
  assert.equal(
    delays.map(({ program, singleMs, batchedMs }) => [program, singleMs, batchedMs]),
    [
      ['l3', [1, 1, 1], [1, 1, 1]],
      ['cache', [1, 1, 1], [1, 1, 1]],
    ],
  );
  assert.equal(told, [1, 2]);
  const [l3, cache] = delays;
  assert.ok(l3 && cache && l3.entries > 0 && l3.entries < cache.entries);
});

test.run();
