/** `bench run` as a library: the same results with any number of threads, and results of the promised shape. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runTables } from '../../bench/cli/report/run-tables.js';
import { type RunOptions, type RunResult, runWorkload } from '../../bench/measure/run/run-workload.js';
import { distribution } from '../../bench/measure/statistics/statistics.js';
import { loadWorkload } from '../../bench/workloads/workload.js';
import { must } from '../../compiler/data-plane/must.js';
import { defaultDataPlane } from '../../compiler/index.js';
import { builtInAllocator } from '../../hw-driver/index.js';
import {
  createCaptureWriter,
  createPacketBatch,
  createTrafficGenerator,
  openCapture,
  packetBytes,
} from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import { SUMMARY_KEYS } from './summary-keys.js';

const dataPlane = defaultDataPlane();

interface Wish {
  readonly workload?: string;
  readonly options?: Partial<RunOptions>;
  readonly seed?: string;
  readonly memoryBytes?: number;
}

async function run({
  workload = 'all-mixed',
  options = {},
  seed = '1',
  memoryBytes = 1024,
}: Wish = {}): Promise<RunResult> {
  return runWorkload({
    dataPlane,
    workload: await loadWorkload({ name: workload, memoryBytes, cases: 2, seed, dataPlane }),
    programs: 40,
    allocator: builtInAllocator('price'),
    recirculations: 1,
    traces: [],
    packets: 3000,
    workers: 1,
    engine: 'compiled',
    seed,
    writer: undefined,
    clock: () => performance.now(),
    signal: new AbortController().signal,
    progress: { deploying: () => {}, processing: () => {} },
    ...options,
  });
}

const outcome = ({ summary }: RunResult) => ({
  stateHash: summary.stateHash,
  outputHash: summary.outputHash,
  packets: summary.packets,
  entries: summary.entries,
});

const first = await run();

test('the same seed gives the same results again', async () => {
  assert.equal(outcome(await run()), outcome(first));
  assert.is(first.summary.packets.in, 3000);
  assert.is(first.summary.packets.unmatched, 0);
  assert.is(first.summary.packets.out + first.summary.packets.dropped, 3000);
});

test('four workers give the same results as one', async () => {
  assert.equal(outcome(await run({ options: { workers: 4 } })), outcome(first));
});

test('another seed gives other results', async () => {
  const other = outcome(await run({ seed: '2' }));
  assert.is.not(other.stateHash, first.summary.stateHash);
  assert.is.not(other.outputHash, first.summary.outputHash);
});

test('the summary has the keys of the specification, constraints and repeats', () => {
  const { summary } = first;
  assert.equal(Object.keys(summary), SUMMARY_KEYS);
  assert.is(summary.schema, 'p4runpro-bench/run@1');
  assert.is(summary.rpb.length, dataPlane.rpbCount);
  for (const rpb of summary.rpb) assert.equal(Object.keys(rpb), ['entries', 'buckets']);
  for (const series of [summary.allocationUs, summary.compileUs]) {
    assert.equal(Object.keys(series), ['mean', 'p50', 'p95', 'p99', 'max']);
  }
  const counters = ['in', 'out', 'dropped', 'reported', 'unmatched', 'recirculations', 'outsideAccesses'];
  assert.equal(Object.keys(summary.packets), counters);
  assert.equal(Object.keys(summary.environment), ['node', 'cpu', 'cores', 'version']);
  for (const hash of [summary.stateHash, summary.outputHash]) assert.match(hash ?? '', /^[0-9a-f]{64}$/);
});

test('the figures of the summary agree with each other', () => {
  const { summary, deployment } = first;
  const passes = Object.values(summary.passes).reduce((sum, programs) => sum + programs, 0);
  assert.is(passes, summary.programsDeployed);
  const rpbEntries = summary.rpb.reduce((sum, { entries }) => sum + entries, 0);
  const tables = new Set(dataPlane.rpbs.map(({ table }) => table));
  const inRpbs = deployment.programs
    .flatMap(({ compiled }) => compiled.entries)
    .filter(({ table }) => tables.has(table)).length;
  assert.is(rpbEntries, inRpbs);
  const capacity = dataPlane.rpbs.reduce((sum, { entries }) => sum + entries, 0);
  assert.ok(Math.abs(summary.tableEntryUtilization - rpbEntries / capacity) < 1e-12);
});

/** Rows of a CSV text without quotes. */
function parse(text: string): { header: string[]; rows: string[][] } {
  assert.not(text.includes('"'));
  const [header = [], ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  for (const row of rows) assert.is(row.length, header.length, `${row}`);
  return { header, rows };
}

test('the CSV files have a row for each program, RPB, arrival and batch', () => {
  const tables = runTables(first);
  assert.equal([...tables.keys()], ['programs.csv', 'rpbs.csv', 'allocations.csv', 'timeseries.csv']);
  const table = (name: string) => parse(must(tables.get(name), name));
  const programs = table('programs.csv');
  const rpbs = table('rpbs.csv');
  const allocations = table('allocations.csv');
  const timeSeries = table('timeseries.csv');
  assert.is(programs.rows.length, 40);
  assert.is(rpbs.rows.length, dataPlane.rpbCount);
  assert.is(allocations.rows.length, 40);
  const column = (table: typeof programs, name: string) =>
    table.rows.map((row) => itemAt(row, table.header.indexOf(name)));
  const sum = (values: readonly string[]) => values.reduce((total, value) => total + Number(value), 0);
  assert.is(sum(column(programs, 'entries')), first.summary.entries);
  assert.is(sum(column(programs, 'buckets')), sum(column(rpbs, 'buckets')));
  assert.equal(timeSeries.header, ['seconds', 'in', 'out', 'dropped', 'reported', 'unmatched', 'recirculations']);
  assert.is(column(timeSeries, 'in').at(-1), '3000');
  for (const table of [programs, rpbs, allocations, timeSeries]) {
    for (const row of table.rows)
      assert.not(
        row.some((value) => value === '' || value === 'NaN'),
        `${row}`,
      );
  }
});

test('--programs max deploys until the first that does not fit, and says why', async () => {
  // Of large memory, as some dozens of programs show it.
  const wish = { workload: 'hh', memoryBytes: 16_384, options: { programs: 'max', packets: 500 } } as const;
  const { summary, deployment } = await run(wish);
  assert.is(summary.programsRequested, 'max');
  assert.ok(summary.programsDeployed > 50, `${summary.programsDeployed}`);
  assert.is(summary.failure?.program, `hh_${summary.programsDeployed}`);
  assert.match(summary.failure?.reason ?? '', /does not fit: .*(entries|buckets|RPB)/);
  assert.is(deployment.programs.length, summary.programsDeployed);
  assert.is(summary.packets.in, 500);
  assert.is(summary.packets.unmatched, 0);
});

test('a run without packets has a summary', async () => {
  const { summary } = await run({ options: { packets: 0, programs: 1 } });
  assert.is(summary.packets.in, 0);
  assert.is(summary.packetsPerSecond, 0);
});

test('an interrupt ends the run between two batches', async () => {
  const interrupt = new AbortController();
  const processing = () => interrupt.abort();
  const progress = { deploying: () => {}, processing };
  const result = await run({ options: { packets: 1e9, signal: interrupt.signal, progress } });
  assert.is(result.interrupted, true);
  assert.ok(result.summary.packets.in > 0 && result.summary.packets.in < 1e6);
});

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'p4runpro-run-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A capture of the traffic for some instances, as `bench trace generate` writes it. */
async function writeCapture(path: string, workload: string, programs: number, packets: number): Promise<void> {
  const { arrival } = await loadWorkload({ name: workload, memoryBytes: undefined, cases: 2, seed: '1', dataPlane });
  const targets = Array.from({ length: programs }, (_, n) => arrival(n).traffic);
  const batch = createPacketBatch(packets, packets * 256);
  createTrafficGenerator({ targets, seed: '1/traffic', packetsPerSecond: 1e6 }).generateInto(batch, 0, packets);
  const writer = createCaptureWriter(path);
  writer.writeBatch(batch);
  writer.close();
}

test('captures: all packets run, with equal results for any number of workers', () =>
  withFolder(async (folder) => {
    const traces = ['a.pcap', 'b.pcap.gz'].map((name) => join(folder, name));
    await writeCapture(itemAt(traces, 0), 'all-mixed', 20, 1500);
    await writeCapture(itemAt(traces, 1), 'lb', 3, 1000);
    const one = await run({ options: { traces } });
    assert.is(one.summary.packets.in, 2500);
    assert.is(one.summary.packets.unmatched, 0);
    assert.equal(outcome(await run({ options: { traces, workers: 2 } })), outcome(one));
    const other = await run({ options: { traces: [...traces].reverse() } });
    assert.is.not(other.summary.outputHash, one.summary.outputHash, 'the order of packets counts');
  }));

test('--write keeps the packets that leave, in order', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'out.pcap');
    const writer = createCaptureWriter(path);
    const result = await run({ workload: 'cache', options: { programs: 3, packets: 400, writer } });
    writer.close();
    assert.ok(result.summary.packets.dropped > 0);
    const reader = await openCapture(path);
    const batch = createPacketBatch(1000, 2 ** 18);
    assert.is(await reader.readInto(batch), result.summary.packets.out);
    await reader.close();
    assert.ok(packetBytes(batch, 0).length >= 60);
    const times = Array.from(batch.timeNanoseconds.subarray(0, batch.count));
    assert.equal(
      [...times].sort((a, b) => a - b),
      times,
    );
  }));

test('distributions by nearest rank', () => {
  assert.equal(distribution([]), { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  assert.equal(distribution([3]), { mean: 3, p50: 3, p95: 3, p99: 3, max: 3 });
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(distribution(hundred), { mean: 50.5, p50: 50, p95: 95, p99: 99, max: 100 });
});

test.run();
