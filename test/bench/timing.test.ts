/** `bench run --timing` as a library: without load it equals a run without time; under load nothing gets lost unseen. */
import { createHistogram, performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runTables } from '../../bench/cli/report/run-tables.js';
import { type RunOptions, type RunResult, runWorkload } from '../../bench/measure/run/run-workload.js';
import { ArrivalTimes, TimingError } from '../../bench/measure/timing/arrival-times.js';
import { Latencies } from '../../bench/measure/timing/latencies.js';
import { loadWorkload } from '../../bench/workloads/workload.js';
import { defaultDataPlane } from '../../compiler/index.js';
import { builtInAllocator } from '../../hw-driver/index.js';
import { PS_PER_NS, type TimedSwitchOptions, timedSwitchOptions } from '../../sim/index.js';
import { appendPacket, createPacketBatch } from '../../traces/index.js';

const dataPlane = defaultDataPlane();
const workload = await loadWorkload({ name: 'all-mixed', memoryBytes: 1024, cases: 2, seed: '1', dataPlane });

interface Wish extends Partial<TimedSwitchOptions> {
  readonly rate?: number;
  readonly options?: Partial<RunOptions>;
}

async function run({ rate, options = {}, ...limits }: Wish): Promise<RunResult> {
  return runWorkload({
    dataPlane,
    workload,
    programs: 60,
    allocator: builtInAllocator('price'),
    recirculations: 2,
    traces: [],
    packets: 6000,
    workers: 1,
    engine: 'compiled',
    seed: '1',
    writer: undefined,
    clock: () => performance.now(),
    signal: new AbortController().signal,
    progress: { deploying: () => {}, processing: () => {} },
    ...(rate !== undefined && {
      timing: {
        switch: { ...timedSwitchOptions(dataPlane), ...limits },
        packetsPerSecond: rate,
        intervalNs: 1000,
      },
    }),
    ...options,
  });
}

const outcome = ({ summary }: RunResult) => ({
  stateHash: summary.stateHash,
  outputHash: summary.outputHash,
  packets: summary.packets,
});

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('there is nothing');
  return value;
}

const LOW_RATE = 100_000;
const untimed = await run({});

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`never two packets in the switch: bytes, ports, order and memory of a run without time (${engine})`, async () => {
    const timed = await run({ rate: LOW_RATE, options: { engine } });
    assert.is(timed.summary.timing?.mostPacketsInSwitch, 1);
    assert.ok(untimed.summary.packets.recirculations > 0);
    assert.equal(outcome(timed), outcome(untimed));
  });
}

/** Twice what the pipe takes, and more than ports and buffer do. */
const LOAD = { rate: 2_400_000_000, bufferBytes: 40_000, queueBytes: 16_000, inputWaitPs: 1000 * PS_PER_NS };
const loaded = await run(LOAD);

test('under load: both engines give the same, and the same again', async () => {
  assert.equal(outcome(await run({ ...LOAD, options: { engine: 'interpreted' } })), outcome(loaded));
  const again = await run(LOAD);
  for (const [name, text] of runTables(loaded)) {
    if (name !== 'allocations.csv' && name !== 'timeseries.csv') assert.is(runTables(again).get(name), text, name);
  }
  assert.equal(again.summary.timing, loaded.summary.timing);
});

test('workers are one, and it is said', async () => {
  const two = await run({ ...LOAD, options: { workers: 2 } });
  assert.equal(outcome(two), outcome(loaded));
  assert.is(two.summary.workers, 1);
  assert.equal(two.warnings, ['--timing uses one worker']);
});

test('every packet leaves or is lost for a reason, in each of the tables', () => {
  const { summary, timing } = loaded;
  const { in: came, out, dropped } = summary.packets;
  assert.equal([came, came - out - dropped], [6000, 0]);
  const { lost } = present(summary.timing);
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  assert.is(sum(Object.values(lost)), dropped);
  for (const reason of ['queue', 'buffer', 'input'] as const) assert.ok(lost[reason] > 0, reason);
  const { intervals = [], ports = [] } = timing ?? {};
  assert.is(sum(intervals.map(({ packetsIn }) => packetsIn)), came);
  assert.is(sum(intervals.map(({ packetsOut }) => packetsOut)), out);
  assert.is(sum(intervals.flatMap((row) => Object.values(row.lost))), dropped);
  assert.is(sum(ports.map(({ lostQueue }) => lostQueue)), lost.queue);
  assert.is(sum(ports.map(({ lostBuffer }) => lostBuffer)), lost.buffer);
  assert.is(sum(ports.map(({ lostInput }) => lostInput)), lost.input);
  for (const { queued, packetsOut } of ports) assert.ok(queued >= packetsOut);
  const loop = ports.find(({ port }) => port === dataPlane.description.ports.recirculation);
  assert.is(loop?.packetsIn, loop?.packetsOut);
  assert.is(sum(ports.map(({ packetsOut }) => packetsOut)) - (loop?.packetsOut ?? 0), out);
  assert.is(sum(ports.map(({ packetsIn }) => packetsIn)) - (loop?.packetsIn ?? 0), came - lost.input);
});

test('intervals are in order and of the length asked for; queues stay below their limits', () => {
  const { intervals = [], queues = [] } = loaded.timing ?? {};
  assert.ok(intervals.length > 5);
  for (const [k, { startPs }] of intervals.entries()) {
    assert.is(startPs % 1e6, 0);
    assert.ok(k === 0 || startPs > (intervals[k - 1]?.startPs ?? 0));
  }
  assert.ok(queues.every(({ mostCells, cells }) => mostCells <= 200 && cells <= mostCells));
  assert.is(Math.max(...intervals.map(({ mostCells }) => mostCells)), loaded.summary.timing?.mostBufferCells);
});

test('latencies: bounds and mean exactly, percentiles to a thousandth', () => {
  const latencies = new Latencies();
  assert.is(latencies.summary, null);
  const values = Array.from({ length: 1000 }, (_, i) => 500_000 + 1234 * i);
  for (const value of values) latencies.record(value);
  const { min, mean, p50, p99, max } = present(latencies.summary);
  assert.equal([min, max], [500, (500_000 + 1234 * 999) / 1000]);
  assert.ok(Math.abs(mean - (500 + 1.234 * 499.5)) < 1e-9);
  assert.ok(Math.abs(p50 / (500 + 1.234 * 499) - 1) < 2e-3, String(p50));
  assert.ok(Math.abs(p99 / (500 + 1.234 * 989) - 1) < 2e-3, String(p99));
  latencies.reset();
  assert.is(latencies.summary, null);
});

test('percentiles: as the histogram of Node.js has them', () => {
  const latency = fc.oneof(
    fc.integer({ min: 1, max: 5000 }),
    fc.double({ min: 1, max: 2 ** 50, noNaN: true }).map(Math.floor),
  );
  const latencies = new Latencies();
  const histogram = createHistogram({ lowest: 1, highest: 2 ** 50, figures: 3 });
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 300, size: 'max' }), (values) => {
      latencies.reset();
      histogram.reset();
      for (const value of values) {
        latencies.record(value);
        histogram.record(value);
      }
      const { min, max, p50, p90, p99, p999 } = present(latencies.summary);
      const percentile = (share: number): number =>
        Math.min(max, Math.max(min, histogram.percentile(share) / PS_PER_NS));
      assert.equal([p50, p90, p99, p999], [50, 90, 99, 99.9].map(percentile));
    }),
    { numRuns: 200 },
  );
});

/** Arrival times of packets with these time stamps, in seconds and nanoseconds. */
function timesOf(stamps: readonly (readonly [number, number])[], rate?: number) {
  const batch = createPacketBatch(stamps.length, 64);
  for (const [seconds, nanoseconds] of stamps) appendPacket(batch, 0, 60, 0, seconds, nanoseconds);
  const times = new ArrivalTimes(rate);
  return { ps: stamps.map((_, i) => times.next(batch, i)), times, batch };
}

test('time stamps count from the first; one that goes back comes with the packet ahead of it', () => {
  const { ps, times, batch } = timesOf([
    [1_700_000_000, 999_999_999],
    [1_700_000_001, 0],
    [1_700_000_000, 5],
    [1_700_000_001, 0],
    [1_700_000_002, 7],
  ]);
  assert.equal(ps, [0, 1000, 1000, 1000, 1_000_000_008_000]);
  assert.is(times.early, 1);
  times.stamp(batch, 0, 1999);
  assert.equal([batch.timeSeconds[0], batch.timeNanoseconds[0]], [1_700_000_001, 0]);
});

test('a rate takes the place of time stamps', () => {
  const none = [9, 9] as const;
  assert.equal(timesOf([none, none, none, none], 3e9).ps, [0, 333, 666, 1000]);
});

test('a capture that is longer than the timing model counts picoseconds is refused', () => {
  assert.throws(
    () =>
      timesOf([
        [0, 0],
        [10_000, 0],
      ]),
    (error: unknown) =>
      error instanceof TimingError && /packet 2 arrives more than 9,000 s after the first/.test(error.message),
  );
});

test.run();
