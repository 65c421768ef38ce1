/** The studies of networks that ship, in short runs: the shape of what they show. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { summariseNetwork } from '../../../bench/network/network-summary.js';
import { modelledRate, netcacheGains, runRack, sustainedRate } from '../../../bench/network/studies/cached-rack.js';
import { longProgramNetwork, runLongProgram } from '../../../bench/network/studies/chain-of-three.js';
import { leafSpineRows } from '../../../bench/network/studies/leaf-spine.js';
import { imbalance, randomImbalance } from '../../../bench/network/studies/load-balancer.js';
import { runStudyNetwork, type StudyOptions } from '../../../bench/network/studies/study.js';
import { unaccounted } from '../../../sim/network/index.js';
import { serverOf } from '../../../traces/generate/key-requests.js';
import { type as typeCommand } from '../../command-line.js';
import { type as typed, withFolder } from './network-command.js';

const options = (microseconds: number): StudyOptions => ({
  seed: 'test',
  workers: 1,
  microseconds,
  signal: new AbortController().signal,
  clock: () => 0,
  onProgress: () => undefined,
});

const RACK = { servers: 4, clients: 2, keys: 10_000, skew: 0.99 };

test('a cache relieves the busiest server: fewer refused, shorter tails, as many hits as the popular keys have', async () => {
  const requestsPerSecond = 1.3 * modelledRate({ ...RACK, cached: 0 });
  const [without, cache] = [
    await runRack({ ...RACK, cached: 0, requestsPerSecond }, options(500)),
    await runRack({ ...RACK, cached: 64, requestsPerSecond }, options(500)),
  ];
  assert.ok(without.refused > 0.01, `${without.refused}`);
  assert.is(cache.refused, 0);
  assert.ok(cache.p99Ns < without.p99Ns / 3, `${cache.p99Ns} ${without.p99Ns}`);
  assert.is(without.hits, 0);
  // The 64 most popular of 10,000 keys have 47 % of the requests.
  assert.ok(Math.abs(cache.hits - 0.47) < 0.05, `${cache.hits}`);
});

test('the sustained rate is that of the busiest server', async () => {
  for (const cached of [0, 64]) {
    const rack = { ...RACK, cached };
    const measured = await sustainedRate(rack, options(600));
    // Queues absorb some of the overload of a short run.
    assert.ok(measured > 0.95 * modelledRate(rack) && measured < 1.25 * modelledRate(rack), `${measured}`);
  }
});

test('the bound of a rack of equal servers and keys is all servers together', () => {
  const shares = Array.from({ length: 4 }, () => 0);
  for (let rank = 0; rank < 1000; rank++) shares[serverOf(rank, 4)] = (shares[serverOf(rank, 4)] ?? 0) + 1;
  const bound = modelledRate({ servers: 4, clients: 1, keys: 1000, cached: 0, skew: 0 }, 100);
  assert.ok(Math.abs(bound - (100 * 1000) / Math.max(...shares)) < 1e-6);
});

test("gains at the size of NetCache's racks are those that it publishes, 3 to 10, or up to half more", () => {
  const gains = netcacheGains();
  for (const [n, { gain, ofUniform }] of gains.entries()) {
    assert.ok(gain > 3 && gain < 15, `${gain}`);
    if (n > 0) assert.ok(gain > (gains[n - 1]?.gain ?? 0) && ofUniform < (gains[n - 1]?.ofUniform ?? 1));
  }
});

test('more flows are spread more evenly, no worse than at random', async () => {
  const few = await imbalance(8, options(50));
  const many = await imbalance(2048, options(300));
  assert.ok(few > 1.3 && many < 1.25, `${few} ${many}`);
  assert.ok(many < randomImbalance(2048) + 0.05);
});

test('a controller that adds up sketches finds what no leaf finds alone', async () => {
  for (const { heavy, networkF1, leafF1 } of await leafSpineRows(options(1000))) {
    assert.ok(heavy > 5);
    assert.ok(networkF1 > 0.95, `${networkF1}`);
    assert.ok(leafF1 < networkF1, `${leafF1}`);
  }
});

test('three switches in a row deliver the line rate; one with two recirculations half of it, or less', async () => {
  const chain = await runLongProgram(true, 90, options(40));
  const recirculated = await runLongProgram(false, 90, options(40));
  const calm = await runLongProgram(true, 10, options(40));
  assert.ok(chain.deliveredGbps > 80 && recirculated.deliveredGbps < 50);
  assert.ok(chain.p50Ns < 1.1 * calm.p50Ns && recirculated.p50Ns > 2 * calm.p50Ns);
});

test('switches in a row lose no packet from the books, and give the same on two threads', async () => {
  const run = (offered: number, workers: number) =>
    runStudyNetwork(longProgramNetwork(true, offered), { ...options(20), workers });
  const [calm, one, two] = [await run(30, 1), await run(140, 1), await run(140, 2)];
  for (const { census } of [calm, one]) assert.is(unaccounted(census), 0);
  assert.equal(summariseNetwork(two), summariseNetwork(one));
});

test('bench network study writes a table and a figure, and refuses other names', () =>
  withFolder(async (folder) => {
    const out = join(folder, 'out');
    const text = await typed(['network', 'study', 'load-balancer', '--microseconds', '20', '--out', out], folder);
    assert.match(text, /^load-balancer\nflows +imbalance/);
    for (const name of ['load-balancer.csv', 'load-balancer.svg']) assert.ok(existsSync(join(out, name)));
    const { status, stderr } = await typeCommand('bench', ['network', 'study', 'rings'], { folder });
    assert.is(status, 2);
    assert.match(
      stderr,
      /there is no study 'rings': it is one of cached-rack, load-balancer, leaf-spine, chain-of-three/,
    );
  }));

test.run();
