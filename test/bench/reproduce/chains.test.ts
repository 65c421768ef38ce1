/** Switches in a row against recirculation: rates that can be computed by hand, and which programs are compared. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ChainCell, chainRate } from '../../../bench/paper/reproduce/cells/chain.js';
import { experimentPlane, fill } from '../../../bench/paper/reproduce/cells/fill.js';
import { PROGRAMS } from '../../../bench/paper/reproduce/experiments/chains.js';
import { ourFill } from '../../../bench/paper/reproduce/paper-setting.js';
import { PROGRAM_KEYS, PROGRAM_KINDS } from '../../../bench/workloads/program-kind.js';
import { loadWorkload } from '../../../bench/workloads/workload.js';
import { analyse, DoesNotFit, link, lower, SwitchState, stateHeaderBytes } from '../../../compiler/index.js';
import { lineBytes } from '../../../sim/index.js';
import { itemAt } from '../../item-at.js';

const TOLERANCE = 0.1;
const FRAME_BYTES = 252;
const CELL: Omit<ChainCell, 'program' | 'switches'> = {
  kind: 'chain',
  packetBytes: FRAME_BYTES + 4,
  memoryBytes: 1024,
  cases: 2,
  betweenSwitchesNs: 300,
  tolerance: TOLERANCE,
  seed: '1',
};

test('a line between switches carries each packet once, the recirculation port once for each further pass', async () => {
  const plane = experimentPlane();
  const { bitsPerSecond } = plane.description.ports;
  const once = (bitsPerSecond / 1e9) * (lineBytes(FRAME_BYTES) / lineBytes(FRAME_BYTES + stateHeaderBytes(plane)));
  for (const passes of [2, 3]) {
    const chain = await chainRate({ ...CELL, program: passes, switches: passes });
    const single = await chainRate({ ...CELL, program: passes, switches: 1 });
    for (const [rate, expected] of [
      [chain.throughputGbps, once],
      [single.throughputGbps, once / (passes - 1)],
    ] as const) {
      assert.ok(Math.abs(Number(rate) / expected - 1) < TOLERANCE, `${passes} passes: ${rate} of ${expected} Gbit/s`);
    }
    const later = Number(chain.latencyNs) - Number(single.latencyNs);
    // Packets enter the pipe in whole cycles.
    assert.ok(Math.abs(later - (passes - 1) * CELL.betweenSwitchesNs) < passes, `${later} ns`);
  }
});

test('a program that accesses a memory in two passes fits no chain, and the reason is told', async () => {
  const { throughputGbps, failure } = await chainRate({ ...CELL, program: 'rtt', switches: 2 });
  assert.is(throughputGbps, null);
  assert.match(String(failure), 'packets pass each RPB of a chain once');
  const cell = ourFill('rtt', '1', { dataPlane: 'extended', switches: 2, recirculations: 0 });
  const filled = await fill(cell, new AbortController().signal);
  assert.is(filled.capacity, 0);
  assert.match(String(filled.failure), 'packets pass each RPB of a chain once');
});

test('the programs that are compared are those of more than one pass', async () => {
  const long: string[] = [];
  for (const name of PROGRAM_KEYS) {
    const dataPlane = experimentPlane(PROGRAM_KINDS[name].dataPlane);
    const { memoryBytes, cases, seed } = CELL;
    const { source } = (await loadWorkload({ name, memoryBytes, cases, seed, dataPlane })).arrival(0);
    const { programs, sourceHash } = analyse(source, dataPlane);
    try {
      link(lower(itemAt(programs, 0), dataPlane, 0), new SwitchState(dataPlane), sourceHash);
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      long.push(name);
    }
  }
  assert.equal([...PROGRAMS].sort(), long.sort());
});

test.run();
