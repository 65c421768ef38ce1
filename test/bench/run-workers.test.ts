/** Traffic on several threads: the same results, whether or not each can keep to the packets of its own programs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openProcessor } from '../../bench/measure/run/processed-batches.js';
import { repeatTraffic } from '../../bench/measure/run/repeats.js';
import { runTraffic, type TrafficResult } from '../../bench/measure/run/traffic-run.js';
import { type Deployment, deployWorkload } from '../../bench/workloads/deployment.js';
import { generatedPackets } from '../../bench/workloads/generated-packets.js';
import { loadWorkload } from '../../bench/workloads/workload.js';
import { defaultDataPlane, priceAllocator } from '../../compiler/index.js';
import { Switch } from '../../sim/index.js';
import { type, withFolder } from '../command-line.js';
import { isNightly } from '../tiers.js';

const dataPlane = defaultDataPlane();
const PACKETS = 40_000;
const signal = new AbortController().signal;

async function deployed(programs: number): Promise<{ emulator: Switch; deployment: Deployment }> {
  const emulator = new Switch(dataPlane);
  const deployment = await deployWorkload(emulator, {
    workload: await loadWorkload({ name: 'all-mixed', memoryBytes: 1024, cases: 2, seed: '3', dataPlane }),
    programs,
    allocator: priceAllocator(),
    recirculations: 1,
    clock: () => 0,
    signal,
    onProgress: () => {},
  });
  return { emulator, deployment };
}

interface Wish {
  readonly workers: number;
  readonly programs?: number;
  /** Whose packets those of a program are said to be: that many places away. */
  readonly offBy?: number;
  readonly signal?: AbortSignal;
  readonly warmup?: number;
  readonly repeats?: number;
}

async function traffic({ workers, programs = 30, offBy = 0, repeats = 1, ...rest }: Wish): Promise<TrafficResult> {
  const { emulator, deployment } = await deployed(programs);
  const ids = deployment.programs.map(({ compiled }) => compiled.programId);
  const targets = deployment.programs.map(({ arrival }) => arrival.traffic);
  const programIds = ids.map((_, i) => ids[(i + offBy) % ids.length] ?? 0);
  const run = await openProcessor(emulator, workers, deployment.operations);
  const once = () =>
    runTraffic(emulator, run, {
      source: generatedPackets(targets, PACKETS, '3', { programIds }),
      writer: undefined,
      tracing: undefined,
      outputs: undefined,
      clock: () => 0,
      signal,
      onProgress: () => {},
      ...rest,
    });
  try {
    // Each repeat must end as the first one.
    const { traffic, repeats: done } = await repeatTraffic(emulator, run.processor, repeats, signal, once);
    assert.is(done.length, repeats);
    return traffic;
  } finally {
    await run.processor.close();
  }
}

const outcome = ({ counters, packets, stateHash, outputHash, outputs, samples }: TrafficResult) => ({
  counters,
  packets,
  stateHash,
  outputHash,
  outputs,
  last: samples.at(-1),
});

const alone = await traffic({ workers: 1 });

for (const workers of isNightly ? [3, 5] : [3]) {
  test(`${workers} workers that generate their own packets: as one`, async () => {
    assert.equal(outcome(await traffic({ workers })), outcome(alone));
  });
}

test('a worker with most of the programs generates with the others: as one', async () => {
  const [one, two] = [await traffic({ workers: 1, programs: 3 }), await traffic({ workers: 2, programs: 3 })];
  assert.equal(outcome(two), outcome(one));
});

for (const workers of [1, 2]) {
  test(`${workers === 1 ? 'one worker' : 'two workers'}: what runs to warm up is undone`, async () => {
    const warm = await traffic({ workers, warmup: 1000 });
    assert.is(warm.warmupPackets, 1000);
    assert.equal(outcome(warm), outcome(alone));
  });
}

test('packets that belong to another program are found while it warms up', async () => {
  assert.equal(outcome(await traffic({ workers: 2, offBy: 1, warmup: 1000 })), outcome(alone));
});

test('two workers that generate their own packets: as one, and repeats start again from the same state', async () => {
  assert.equal(outcome(await traffic({ workers: 2, repeats: 3 })), outcome(alone));
});

test('packets that belong to another program than was said: all over again, as one, in each repeat', async () => {
  assert.equal(outcome(await traffic({ workers: 2, offBy: 1, repeats: 3 })), outcome(alone));
});

test('the repeats of a run share its workers, with the code that they have compiled', async () => {
  let started = 0;
  const count = (): void => {
    started++;
  };
  process.on('worker', count);
  const args = ['run', '--programs', '10', '--packets', '1000', '--workers', '2', '--repeat', '3'];
  const { status, stderr } = await withFolder((folder) => type('bench', args, { folder }));
  process.off('worker', count);
  assert.is(status, 0, stderr);
  assert.is(started, 2);
});

test('an interrupt leaves nothing under way', async () => {
  const { packets } = await traffic({ workers: 2, signal: AbortSignal.abort() });
  assert.is(packets, 0);
});

test.run();
