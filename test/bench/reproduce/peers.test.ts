/** Experiments on the allocators of other systems: their cells, and what their findings say. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { distribution } from '../../../bench/measure/statistics/statistics.js';
import { type Cell, cellKey } from '../../../bench/paper/reproduce/cells/cell.js';
import { churnPeer, type PeerChurnCell } from '../../../bench/paper/reproduce/cells/peer-churn.js';
import { measurePeerDelay } from '../../../bench/paper/reproduce/cells/peer-delay.js';
import { fillPeer, type PeerFillCell, peerArrivals } from '../../../bench/paper/reproduce/cells/peer-fill.js';
import { taskEntries } from '../../../bench/paper/reproduce/cells/task-entries.js';
import { delayCurve, growthOf, tenths } from '../../../bench/paper/reproduce/delay-curves.js';
import type { Results } from '../../../bench/paper/reproduce/experiment.js';
import { table2 } from '../../../bench/paper/reproduce/experiments/chip.js';
import { EXPERIMENTS } from '../../../bench/paper/reproduce/experiments/index.js';
import { peersChurn } from '../../../bench/paper/reproduce/experiments/peers-churn.js';
import { peersDelay } from '../../../bench/paper/reproduce/experiments/peers-delay.js';
import { peersExpressiveness } from '../../../bench/paper/reproduce/experiments/peers-expressiveness.js';
import { peersFilling } from '../../../bench/paper/reproduce/experiments/peers-filling.js';
import { peersGranularity } from '../../../bench/paper/reproduce/experiments/peers-granularity.js';
import { peersRules } from '../../../bench/paper/reproduce/experiments/peers-rules.js';
import { table1 } from '../../../bench/paper/reproduce/experiments/table1.js';
import { BOOKS } from '../../../bench/peers/activermt/activermt.js';
import { CACHE_READ } from '../../../bench/peers/activermt/published-programs.js';
import { EXPRESSED_PROGRAMS } from '../../../bench/peers/expressiveness.js';
import { PAPER_KEYS } from '../../../bench/workloads/program-kind.js';
import { packageFile } from '../../../traces/system/package-root.js';

const FILL: PeerFillCell = {
  kind: 'peer-fill',
  workload: 'lb',
  memoryBytes: 1024,
  blocks: 128,
  mutation: 'lc',
  fit: 'worst',
  arrivals: 20,
  seed: '1',
};

test('load balancers fill the stages that their mutants reach, two blocks each', async () => {
  const { refusal, after, curve } = await fillPeer(FILL);
  // Stages 4 to 19: 16 of 20 stages of 128 blocks, four accesses of two blocks.
  assert.equal(refusal, { programs: 256, memory: 0.8, reallocations: 0, fairness: null });
  assert.equal(after, { programs: 20, memory: 20 * 8 * (1 / 2560), reallocations: 0, fairness: null });
  assert.equal([curve.length, curve[0], curve.at(-1)], [25, 0.03125, 0.78125]);
  const mc = await fillPeer({ ...FILL, mutation: 'mc' });
  assert.equal([mc.refusal.programs, mc.refusal.memory, mc.after.programs], [64, 0.2, 20]);
});

test('arrivals go on after the first refusal, to their number', async () => {
  const { refusal, after, curve } = await fillPeer({ ...FILL, workload: 'mixed', mutation: 'mc', arrivals: 400 });
  assert.ok(refusal.programs < after.programs, `${refusal.programs} ${after.programs}`);
  assert.is(curve.length, 40);
  assert.ok(Number(after.fairness) > 0.8 && Number(after.fairness) < 1);
});

test('caches take all memory at once, and share it until each has a block', async () => {
  const { refusal, after, curve } = await fillPeer({ ...FILL, workload: 'cache', blocks: 16 });
  assert.ok(curve.every((share) => share === 1));
  assert.is(refusal.memory, 1);
  assert.ok(refusal.programs > 90 && refusal.programs <= (16 * 20) / 3, `${refusal.programs}`);
  assert.ok(after.reallocations > 1);
});

test('workloads arrive as at P4runpro: a seed gives the same keys', () => {
  const programs = peerArrivals({ workload: 'mixed', seed: '1/0' }, FILL);
  const lengths = Array.from({ length: 300 }, (_, i) => programs(i).length);
  for (const length of [10, 20, 29]) {
    const share = lengths.filter((each) => each === length).length / 300;
    assert.ok(share > 0.25 && share < 0.42, `${length}: ${share}`);
  }
  assert.equal(peerArrivals({ workload: 'cache', seed: '1' }, FILL)(0), CACHE_READ);
});

test('coarser blocks hold fewer programs', async () => {
  const programs: number[] = [];
  for (const blocks of [128, 256, 368])
    programs.push((await fillPeer({ ...FILL, blocks, arrivals: 1 })).refusal.programs);
  assert.equal(programs, [256, 512, 736]);
});

test('an arrival is timed in two parts', async () => {
  const cell = { kind: 'peer-delay', workload: 'lb', memoryBytes: 1024, blocks: 16, arrivals: 9, seed: '1' } as const;
  for (const books of BOOKS) {
    const { enumerationUs, choiceUs } = await measurePeerDelay({ ...cell, books, repeat: 0 });
    assert.equal([enumerationUs.length, choiceUs.length], [9, 9]);
    assert.ok([...enumerationUs, ...choiceUs].every((us) => us > 0));
    // Two blocks of two in each of 16 stages, four of which each program takes.
    const full = await measurePeerDelay({ ...cell, blocks: 2, books, repeat: 0 });
    assert.is(full.choiceUs.length, 4);
  }
});

/** Results by a rule, in place of computed ones. */
const resultsBy =
  (cells: readonly Cell[], result: (cell: Cell) => unknown): Results =>
  (cell) => {
    assert.ok(
      cells.some((each) => cellKey(each) === cellKey(cell)),
      `${cellKey(cell)} is none of the cells`,
    );
    return result(cell) as never;
  };

test('the granularity of blocks: a row for each number, times as ratios to the fewest blocks', () => {
  const setting = { scale: 'quick', seed: '1' } as const;
  const results = resultsBy(peersGranularity.cells(setting), (cell) => {
    if (cell.kind === 'peer-delay') {
      const us = cell.blocks * (cell.books === 'blocks' ? 1 : 0) + 100;
      return { enumerationUs: [7, 7, 7], choiceUs: [us, us, 99999] };
    }
    assert.ok(cell.kind === 'peer-fill');
    const state = { programs: cell.blocks, memory: 0.5, reallocations: cell.seed.length, fairness: null };
    return { refusal: state, after: { ...state, programs: 500 }, curve: [] };
  });
  const { comparisons, series } = peersGranularity.findings(results, setting);
  const mean = (wanted: string) => comparisons.find(({ quantity }) => quantity === wanted)?.peer?.mean;
  assert.is(mean('mixed, 256 blocks: programs at the first refusal'), 256);
  assert.is(mean('mixed, 256 blocks: reallocations of an arrival, 500 arrivals'), 3);
  const ratio = (books: string, blocks: number) =>
    mean(`cache, ${blocks} blocks, ${books}: time of an arrival to that with 128`);
  assert.equal(
    [128, 368].map((blocks) => ratio('block matrix', blocks)),
    [1, 468 / 228],
  );
  assert.equal(
    [128, 368].map((blocks) => ratio('intervals', blocks)),
    [1, 1],
  );
  assert.is(comparisons.length, 4 * 3 * 3 + 2 * 2 * 3);
  assert.ok(comparisons.every(({ published, reproducedVerdict }) => published === null && reproducedVerdict === null));
  assert.equal(
    series.map(({ name, rows }) => [name, rows.length]),
    [
      ['peers-granularity', 3 * 3 + 3 * 3],
      ['peers-granularity-time', 12],
    ],
  );
});

test('growth is that from the second tenth of the arrivals to the last', () => {
  const delays = [...Array(10).fill(1000), ...Array(10).fill(2), ...Array(70).fill(50), ...Array(10).fill(8)];
  assert.equal([tenths(delays), growthOf(delays)], [{ early: 2, late: 8 }, 4]);
  assert.is(growthOf([5, 4, 12]), 3);
  const curve = delayCurve([Array(40).fill(1), Array(41).fill(3)]);
  assert.equal([curve.length, curve[1]], [8, { x: 5, y: 2 }]);
  const peaks = Array.from({ length: 40 }, (_, i) => (i % 10 === 0 ? 100 : 1));
  assert.is(delayCurve([peaks], (delays) => distribution(delays).p50)[3]?.y, 1);
});

test('delays: growth of both kinds of books, and their ratio; no verdict on times', () => {
  const setting = { scale: 'quick', seed: '1' } as const;
  const ramp = (from: number, to: number) => Array.from({ length: 100 }, (_, i) => (i < 50 ? from : to));
  const results = resultsBy(peersDelay.cells(setting), (cell) => {
    if (cell.kind === 'delay') return { delaysUs: ramp(10, cell.how === 'model' ? 20 : 10) };
    assert.ok(cell.kind === 'peer-delay');
    return { enumerationUs: ramp(7, 7), choiceUs: cell.books === 'blocks' ? ramp(20, 90) : ramp(3, 3) };
  });
  const { comparisons, series } = peersDelay.findings(results, setting);
  const cache = comparisons.filter(({ quantity }) => quantity.startsWith('cache, '));
  assert.equal(
    cache.map(({ peer, reproduced, ours }) => [peer?.mean, reproduced?.mean, ours?.mean]),
    [
      [undefined, 2, 1],
      [4.5, undefined, undefined],
      [1, undefined, undefined],
      [30, undefined, undefined],
    ],
  );
  // The authors' delays do not grow.
  assert.ok(Number(cache[0]?.published?.mean) > 0.8 && Number(cache[0]?.published?.mean) < 1.2);
  assert.ok(comparisons.every(({ oursVerdict }) => oursVerdict === null || oursVerdict === 'not compared'));
  const parts = series[1]?.rows.find(({ workload, books }) => workload === 'lb' && books === 'block matrix');
  assert.equal([parts?.['enumeration_us_late'], parts?.['choice_us_early'], parts?.['choice_us_late']], [7, 20, 90]);
  assert.ok(EXPERIMENTS.includes(peersDelay));
});

test('rules of tasks at FlyMon beside entries of P4runpro', async () => {
  const setting = { scale: 'quick', seed: '1' } as const;
  const cells = peersRules.cells(setting);
  assert.is(cells.length, 4 * (1 + 4 + 1));
  const { comparisons, series } = peersRules.findings(
    resultsBy(cells, (cell) => (cell.kind === 'fill' ? { capacity: cell.side === 'ours' ? 7 : 5 } : { entries: 9 })),
    setting,
  );
  const find = (wanted: string) => comparisons.find(({ quantity }) => quantity === wanted);
  assert.equal(
    ['whole arrays', '1/4 of an array', '1/32 of an array'].map((share) =>
      ['cms', 'hll'].map((task) => find(`${task}, FlyMon, ${share}: rules`)?.peer?.mean),
    ),
    [
      [6, 2],
      [15, 5],
      [99, 33],
    ],
  );
  // Smallest blocks: all memory of 27 arrays, or what else ends before it.
  assert.equal(
    ['cms', 'bf', 'sm', 'hll'].map((task) =>
      ['tasks until', 'memory in use at'].map(
        (what) => find(`${task}, FlyMon, 1/32 of an array: ${what} the first refusal`)?.peer?.mean,
      ),
    ),
    [
      [288, 1],
      [54, 2 / 32],
      [96, 1 / 3],
      [864, 1],
    ],
  );
  const capacity = find('cms, P4runpro: programs until the first refusal');
  // Source: results/published/capacity.csv.
  assert.equal([capacity?.published?.mean, capacity?.reproduced?.mean, capacity?.ours?.mean], [1536, 5, 7]);
  const entries = find('hll, P4runpro: entries');
  assert.equal([entries?.reproduced?.mean, entries?.ours?.mean], [190, 9]);
  // Source: results/published/table1.csv, 17.37 ms and 166.90 ms.
  assert.is(find('hll, FlyMon to P4runpro: update delay')?.published?.mean, 17.37 / 166.9);
  assert.is(series[0]?.rows.length, 12);
  assert.ok(EXPERIMENTS.includes(peersRules));
  const { entries: compiled } = await taskEntries({ kind: 'task-entries', program: 'l3' });
  assert.ok(compiled >= 2 && compiled < 6, `${compiled}`);
});

test('what each system can express: the same on the page and in the README, each of the fifteen programs once', () => {
  const programs = EXPRESSED_PROGRAMS.flatMap((row) => row.programs);
  assert.equal([...programs].sort(), [...PAPER_KEYS].sort());
  const { tables = [] } = peersExpressiveness.findings(
    resultsBy([], () => undefined),
    { scale: 'quick', seed: '1' },
  );
  const readme = readFileSync(packageFile('bench', 'README.md'), 'utf8').replaceAll("'", '’');
  for (const { head, rows } of tables) {
    assert.ok(rows.length > 8);
    for (const row of [head, ...rows])
      assert.ok(readme.includes(`${`| ${row.join(' | ')} |`.replace('|  |', '| |')}\n`), row.join());
  }
  assert.ok(EXPERIMENTS.includes(peersExpressiveness));
});

test('programs that come and go: books of numbers, equal for equal seeds', async () => {
  const cell: PeerChurnCell = {
    ...FILL,
    kind: 'peer-churn',
    workload: 'mixed',
    epochs: 60,
    arrivalsPerEpoch: 2,
    departuresPerEpoch: 1,
  };
  const result = await churnPeer(cell);
  assert.equal(await churnPeer(cell), result);
  const { arrivals, refused, departures, epochs } = result;
  // Means of 120 and 60.
  assert.ok(arrivals > 90 && arrivals < 150, `${arrivals} arrivals`);
  assert.ok(departures > 40 && departures < 80, `${departures} departures`);
  assert.is(epochs.at(-1)?.programs, arrivals - refused - departures);
  assert.is(
    epochs.reduce((sum, { admitted }) => sum + admitted, 0),
    arrivals - refused,
  );
  assert.ok(
    epochs.every(({ movedPairs, movedPrograms }) => movedPairs >= movedPrograms && movedPairs <= 3 * movedPrograms),
  );
  assert.ok(epochs.some(({ movedPrograms }) => movedPrograms > 5));
  const none = await churnPeer({ ...cell, workload: 'lb' });
  assert.ok(none.epochs.every(({ movedPairs, fairness }) => movedPairs === 0 && fairness === null));
});

test('reallocated programs are counted for each admitted arrival', () => {
  const setting = { scale: 'quick', seed: '1' } as const;
  const results = resultsBy(peersChurn.cells(setting), (cell) => {
    assert.ok(cell.kind === 'peer-churn');
    const epoch = { programs: 1, memory: 0.5, movedPrograms: 1, movedPairs: 2, admitted: 2, fairness: null };
    const late = { ...epoch, movedPrograms: cell.fit === 'realloc' ? 2 : 6, fairness: 0.9 };
    return { arrivals: 1, refused: 0, departures: 0, epochs: [...Array(20).fill(epoch), ...Array(20).fill(late)] };
  });
  const { comparisons, series } = peersChurn.findings(results, setting);
  const mean = (wanted: string) => comparisons.find(({ quantity }) => quantity === wanted)?.peer?.mean;
  assert.is(mean('mixed, worst: reallocated programs of an arrival'), 1.75);
  assert.is(mean('mixed, worst: reallocated programs of an arrival, second half'), 3);
  assert.is(mean('cache, realloc: reallocated programs of an arrival, second half'), 1);
  assert.is(mean('mixed, first: fairness, second half')?.toFixed(6), '0.900000');
  assert.is(series[0]?.rows.length, 2 * 4 * 3 * 40);
  assert.ok(EXPERIMENTS.includes(peersChurn));
});

test('tables 1 and 2 have the published figures of the other systems, without a verdict', () => {
  const setting = { scale: 'quick', seed: '1' } as const;
  const measured = { entries: 1, singleMs: [1], batchedMs: [1] };
  const one = table1.findings(
    resultsBy(table1.cells(setting), () => measured),
    setting,
  );
  const delays = one.comparisons.filter(({ quantity }) => /of (ActiveRMT|FlyMon)$/.test(quantity));
  // Source: results/published/table1.csv and table2.csv.
  assert.equal(
    delays.map(({ published }) => published?.mean),
    [194.3, 225.46, 228.7, 27.46, 32.09, 22.88, 17.37],
  );
  const two = table2.findings(
    resultsBy([], () => undefined),
    setting,
  );
  const power = two.comparisons.filter(({ quantity }) => quantity.endsWith(': power'));
  assert.equal(
    power.map(({ quantity, published }) => [quantity, published?.mean]),
    [
      ['ActiveRMT: power', 43.7],
      ['FlyMon: power', 34.05],
    ],
  );
  // Side by side, as a reader expects them.
  assert.equal(one.tables?.[0]?.rows.find(([program]) => program === 'hll')?.slice(3), [166.9, null, 17.37, 1]);
  assert.equal(two.tables?.[0]?.rows.find(([quantity]) => quantity === 'power, W')?.slice(1, 4), [40.74, 43.7, 34.05]);
  assert.ok([...delays, ...power].every(({ ours, oursVerdict }) => ours === null && oursVerdict === null));
});

test('filling: P4runpro is compared in figure 8, ActiveRMT has a row for each state', () => {
  const setting = { scale: 'quick', seed: '1' } as const;
  const results = resultsBy(peersFilling.cells(setting), (cell) => {
    if (cell.kind === 'fill') return { memory: 0.7, curve: { utilization: [{ entries: 0.1, memory: 0.2 }] } };
    assert.ok(cell.kind === 'peer-fill');
    const state = { programs: cell.mutation === 'lc' ? 40 : 30, memory: 0.5, reallocations: 1, fairness: 1 };
    return { refusal: state, after: { ...state, memory: 0.6 }, curve: [0.25, 0.5] };
  });
  const { comparisons, series } = peersFilling.findings(results, setting);
  const find = (wanted: string) => comparisons.find(({ quantity }) => quantity === wanted);
  assert.is(find('hh, ActiveRMT lc: programs at the first refusal')?.peer?.mean, 40);
  assert.is(find('hh, ActiveRMT mc: memory in use after 500 arrivals')?.peer?.mean, 0.6);
  const p4runpro = find('lb, P4runpro: memory in use at the first refusal');
  // Source: results/published/capacity.csv.
  assert.equal([p4runpro?.published?.mean, p4runpro?.ours?.mean], [1, 0.7]);
  assert.is(p4runpro?.oursVerdict, 'not compared');
  assert.match(String(p4runpro?.why), /figure 8/);
  const curve = series[0]?.rows.filter((row) => row['series'] === 'ActiveRMT, lc' && row['workload'] === 'hh');
  assert.equal(
    curve?.map((row) => [row['arrival'], row['memory']]),
    [[10, 0.25]],
  );
  assert.ok(EXPERIMENTS.includes(peersFilling) && EXPERIMENTS.includes(peersGranularity));
});

test.run();
