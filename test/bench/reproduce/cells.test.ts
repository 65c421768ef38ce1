/** Cells: what the harness computes otherwise, and that they are kept over an interrupt. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { measureCapacity } from '../../../bench/measure/capacity/measure-capacity.js';
import { CellStore } from '../../../bench/paper/reproduce/cell-store.js';
import {
  ALL_TIES,
  LOGGED_WEIGHTS,
  STATED_WEIGHTS,
  type Weights,
} from '../../../bench/paper/reproduce/cells/allocators.js';
import { type Cell, cellKey, runCell } from '../../../bench/paper/reproduce/cells/cell.js';
import { churn } from '../../../bench/paper/reproduce/cells/churn.js';
import { experimentPlane, type FillCell, fill, SEGMENT } from '../../../bench/paper/reproduce/cells/fill.js';
import { sketchErrors } from '../../../bench/paper/reproduce/cells/sketch.js';
import { runCells } from '../../../bench/paper/reproduce/run-cells.js';
import { priceAllocator } from '../../../compiler/index.js';
import { withFolder } from '../../command-line.js';

const signal = new AbortController().signal;
const FILL = { kind: 'fill', memoryBytes: 4096, cases: 2, recirculations: 1, seed: '1', withCurve: true } as const;
const published: FillCell = {
  ...FILL,
  side: 'reproduced',
  workload: 'hh',
  allocator: 'f1',
  ties: { start: 'first', rows: 'latest' },
  weights: LOGGED_WEIGHTS,
};

test('published shapes fill a switch as the authors published, with either rule for ties', async () => {
  for (const ties of ALL_TIES) {
    const { capacity, entries, memory } = await fill({ ...published, ties }, signal);
    // Source: results/published/capacity.csv, hh with 4,096 bytes.
    assert.equal([capacity, entries.toFixed(4), memory.toFixed(4)], [320, '0.2344', '0.9091']);
  }
});

test('the published capacity of caches with 2,048 bytes comes of other weights than the paper states', async () => {
  const capacities = async (weights: Weights): Promise<number[]> => {
    const filled: number[] = [];
    for (const ties of ALL_TIES) {
      const cell = { ...published, workload: 'cache', memoryBytes: 2048, withCurve: false, ties, weights };
      filled.push((await fill(cell, signal)).capacity);
    }
    return filled;
  };
  // Source: results/published/capacity.csv.
  const inTheLog = 1794;
  for (const capacity of await capacities(LOGGED_WEIGHTS)) assert.ok(Math.abs(capacity - inTheLog) <= 2, `${capacity}`);
  for (const capacity of await capacities(STATED_WEIGHTS)) assert.ok(capacity < 1700, `${capacity}`);
});

test('a curve ends at the last RPB of the switch, and segments cover all RPBs', async () => {
  const { capacity, entries, curve } = await fill(published, signal);
  assert.is(curve?.utilization.length, Math.floor(capacity / 10));
  assert.ok(Math.abs((curve?.utilization.at(-1)?.entries ?? 0) - entries) < 0.001);
  assert.is(curve?.segments.length, Math.ceil(capacity / SEGMENT));
  const rpbs = experimentPlane().rpbs.length;
  assert.ok(curve?.segments.every((segment) => segment.length === rpbs));
});

test('our programs hold what `bench capacity` says', async () => {
  const setting = { ...FILL, memoryBytes: 16384 };
  const ours = { ...setting, side: 'ours', workload: 'hh', allocator: 'price', withCurve: false } as const;
  const { capacity, failure } = await fill(ours, signal);
  const options = {
    dataPlane: experimentPlane(),
    workloads: ['hh'],
    allocators: [{ label: 'price', allocator: priceAllocator() }],
    repeats: 1,
    clock: () => 0,
    signal,
    onProgress: () => undefined,
  };
  for await (const row of measureCapacity({ ...setting, ...options })) {
    assert.equal([row.capacity, row.failure], [capacity, failure]);
  }
});

test('chips end at their filters: 512 and 1,024 programs of one path; with more filters, tofino2 holds more', async () => {
  const cell: FillCell = { ...FILL, withCurve: false, side: 'ours', workload: 'tn', allocator: 'price' };
  for (const [more, wanted] of [
    [{ dataPlane: 'tofino1' }, 512],
    [{ dataPlane: 'tofino2' }, 1024],
    [{ dataPlane: 'tofino2', filterEntries: 1500 }, 1500],
  ] as const) {
    const { capacity, failure } = await fill({ ...cell, ...more }, signal);
    assert.is(capacity, wanted);
    assert.match(String(failure), /tb_flow_filter3 has 0 free entries/);
  }
});

test('a weight of null is infinite: only programs that fit in no other way recirculate', async () => {
  const ours = { side: 'ours', workload: 'cache', allocator: 'price', withCurve: false } as const;
  const cell = { ...FILL, ...ours, memoryBytes: 16384 };
  const [never, free] = [await fill({ ...cell, weight: null }, signal), await fill({ ...cell, weight: 0 }, signal)];
  assert.ok(never.recirculating < free.recirculating);
  assert.ok(never.capacity <= free.capacity);
});

test('with corrected hash functions, no sketch is much less accurate than another', () => {
  const cell = { kind: 'sketch', flows: 512, buckets: 1024, rows: 3, seed: '1' } as const;
  return Promise.all([
    sketchErrors({ ...cell, dataPlane: 'default' }),
    sketchErrors({ ...cell, dataPlane: 'published' }),
  ]).then(([mended, theirs]) => {
    const worst = ({ placements }: typeof mended): number =>
      Math.max(...placements.map(({ falsePositives }) => falsePositives));
    // (1 - e^(-512 / 1024))^3 = 0.061
    assert.ok(worst(mended) < 0.09, `${worst(mended)}`);
    assert.ok(worst(theirs) > 0.15, `${worst(theirs)}`);
    assert.is(mended.placements.length, 12);
  });
});

test('programs that arrive and depart give equal results but for the measured time', async () => {
  const cell = {
    kind: 'churn',
    days: 0.5,
    arrivalSeconds: 120,
    lifetimeHours: 1,
    allocator: 'price',
    samples: 3,
    seed: '1',
  } as const;
  const [first, second] = [await churn(cell, signal), await churn(cell, signal)];
  const withoutTime = ({ samples, ...rest }: typeof first) => ({
    ...rest,
    samples: samples.map(({ allocationP50Us: _p50, allocationP95Us: _p95, ...sample }) => sample),
  });
  assert.equal(withoutTime(first), withoutTime(second));
  // 360 arrivals are to be expected, of which 30 are there at a time.
  assert.ok(first.arrivals > 300 && first.arrivals < 420, `${first.arrivals}`);
  const programs = first.samples.at(-1)?.programs ?? 0;
  assert.ok(programs > 12 && programs < 50, `${programs}`);
  assert.is(first.refused, 0);
});

const SKETCHES: readonly Cell[] = [64, 128, 256].map((flows) => ({
  kind: 'sketch',
  dataPlane: 'default',
  flows,
  buckets: 256,
  rows: 2,
  seed: '1',
}));

test('equal cells have equal keys, in any order of their members', () => {
  const [cell] = SKETCHES as readonly [Cell];
  const turned = Object.fromEntries(Object.entries(cell).reverse()) as unknown as Cell;
  assert.is(cellKey(turned), cellKey(cell));
});

test('results survive a killed run, except incomplete lines and results of other code', () =>
  withFolder(async (folder) => {
    const [first, second] = SKETCHES as readonly [Cell, Cell];
    const store = new CellStore(folder, 'code-1');
    const result = await runCell(first, signal);
    store.put(first, result);
    const path = join(folder, 'unfinished.jsonl');
    appendFileSync(path, '{"key":"half a li');
    const again = new CellStore(folder, 'code-1');
    assert.equal(again.get(first), result);
    assert.is(again.get(second), undefined);
    again.put(second, result);
    assert.equal(new CellStore(folder, 'code-1').get(second), result);
    assert.is(new CellStore(folder, 'code-2').get(first), undefined);
    store.discard();
    assert.not(existsSync(path));
  }));

test('finished cells are not computed again; the others are equal for any number of threads', () =>
  withFolder(async (folder) => {
    const store = new CellStore(folder, 'code');
    const [first, second, third] = SKETCHES as readonly [Cell, Cell, Cell];
    const made = { placements: [] };
    store.put(first, made);
    const shown: string[] = [];
    const onProgress = (done: number, all: number): void => void shown.push(`${done}/${all}`);
    // The second is asked for twice, as two experiments do.
    const results = await runCells({ cells: [...SKETCHES, second], workers: 2, store, signal, onProgress });
    assert.equal(shown, ['1/3', '2/3', '3/3']);
    assert.equal(results?.(first), made);
    assert.equal(results?.(third), await runCell(third, signal));
    assert.throws(() => results?.({ ...third, seed: '2' }), /no experiment has the cell/);
    assert.is(readFileSync(join(folder, 'unfinished.jsonl'), 'utf8').trim().split('\n').length, 4);
  }));

test('a run that is interrupted has no results', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'unfinished.jsonl'), 'not JSON at all\n');
    const store = new CellStore(folder, 'code');
    const run = { cells: SKETCHES, workers: 1, store, signal: AbortSignal.abort(), onProgress: () => undefined };
    assert.is(await runCells(run), undefined);
  }));

test.run();
