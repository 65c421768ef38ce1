/** Random programs give the same results by every way to run them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cases } from '../tiers.js';
import { dataPlane } from './test-switch.js';
import { compareWays } from './ways-to-run.js';

const SEED = 20_261_129;

for (const name of ['extended', 'tofino2']) {
  test(`${name}: engines, vectors, snapshots and workers agree about random programs (seed ${SEED})`, async () => {
    const scenarios = cases(8);
    const totals = await compareWays(dataPlane(name), { seed: SEED, scenarios, packets: 80, workersEvery: 8 });
    assert.ok(totals.programs > scenarios, `${totals.programs} programs`);
    assert.ok(totals.copies > 0 && totals.recirculations > 0, JSON.stringify(totals));
    assert.ok(totals.withSnapshot >= 2 && totals.withWorkers >= 1, JSON.stringify(totals));
  });
}

test.run();
