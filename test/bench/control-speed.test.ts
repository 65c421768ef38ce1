/** What the control interface is measured with, by a clock of the test's own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlSpeedOptions, measureControlSpeed } from '../../bench/measure/updates/control-speed.js';
import { dataPlane } from '../sim/test-switch.js';

/** A second passes between any two looks at the clock. */
const options = (changes: Partial<ControlSpeedOptions> = {}): ControlSpeedOptions => {
  let reads = 0;
  const now = (): number => 1000 * reads++;
  const { signal } = new AbortController();
  return {
    dataPlane: dataPlane('default'),
    workload: 'lb',
    programs: 3,
    repeats: 2,
    seed: '1',
    now,
    signal,
    ...changes,
  };
};

test('programs are deployed on a switch of another thread, and their entries taken out and put in again', async () => {
  const { entries, ...speed } = await measureControlSpeed(options());
  assert.ok(entries >= 3 * 10, `${entries}`);
  const each = [entries, entries];
  assert.equal(speed, { programs: 3, deploySeconds: [1, 1], insertsPerSecond: each, deletesPerSecond: each });
});

test('an interrupt ends the measurement, and with it the other thread', async () => {
  const error = await measureControlSpeed(options({ signal: AbortSignal.abort() })).catch((reason) => reason);
  assert.is(error.name, 'AbortError');
});

test.run();
