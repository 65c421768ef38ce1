/** The published shapes under published constraints reach the capacities that the authors measured. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderRunSummary } from '../../bench/cli/report/run-summary.js';
import { runTables } from '../../bench/cli/report/run-tables.js';
import { allocateShapes, type ShapeRunOptions } from '../../bench/measure/run/allocate-shapes.js';
import { publishedShape } from '../../bench/workloads/published-shapes.js';
import { WorkloadError } from '../../bench/workloads/workload.js';
import { defaultDataPlane } from '../../compiler/index.js';
import { builtInAllocator } from '../../hw-driver/index.js';
import { packageFile } from '../../traces/system/package-root.js';

const dataPlane = defaultDataPlane();

const allocate = (options: Partial<ShapeRunOptions>) =>
  allocateShapes({
    dataPlane,
    workload: 'lb',
    programs: 'max',
    memoryBytes: 1024,
    cases: 2,
    allocator: builtInAllocator('f1', {}, 'published'),
    recirculations: 1,
    workers: 1,
    seed: '1',
    clock: () => 0,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...options,
  });

/** Rows of results/published/capacity.csv. */
const published = readFileSync(packageFile('results', 'published', 'capacity.csv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([source = '', workload = '', memory, cases, capacity, entries]) => ({
    source,
    workload,
    memoryBytes: Number(memory),
    cases: Number(cases),
    capacity: Number(capacity),
    entryUtilization: Number(entries),
  }));

const TOLERANCE = 0.03;
/**
 * `workload memory cases` that are further off, and how far. Not for ties: drawing at random among equally good
 * placements gives nearly the same, and so does Z3 5.2. The authors' model must differ there in something untold.
 */
const LOOSE: ReadonlyMap<string, number> = new Map([
  ['cache 2048 2', 0.08],
  ['acc 2048 2', 0.04],
  ['sf 2048 2', 0.08],
  // 11 programs against 10.
  ['nc 1024 256', 0.11],
]);

const WITHOUT_MEMORY_OF_A_SIZE = ['calc', 'ecn', 'hll'];
const fixed = published.filter(
  ({ source, workload, memoryBytes }) =>
    ['config12', 'config13'].includes(source) && (memoryBytes === 1024 || !WITHOUT_MEMORY_OF_A_SIZE.includes(workload)),
);

for (const { workload, memoryBytes, cases, capacity, entryUtilization } of fixed) {
  const name = `${workload} ${memoryBytes} ${cases}`;
  const tolerance = LOOSE.get(name) ?? TOLERANCE;
  test(`${name}: ${capacity} programs, within ${tolerance * 100} %`, async () => {
    const { summary } = await allocate({ workload, memoryBytes, cases });
    assert.ok(Math.abs(summary.programsDeployed / capacity - 1) < tolerance, `${summary.programsDeployed}`);
    // What the log says of these hangs on the program that failed.
    if (LOOSE.has(name)) return;
    // The shape is right if each program takes as many entries as each of theirs.
    const perProgram = summary.tableEntryUtilization / summary.programsDeployed;
    assert.ok(Math.abs(perProgram / (entryUtilization / capacity) - 1) < 0.005, 'entries per program');
  });
}

test('all-mixed: between the least and the most of the published runs with f1', async () => {
  const { summary } = await allocate({ workload: 'all-mixed' });
  assert.ok(summary.programsDeployed >= 900 && summary.programsDeployed <= 1351, `${summary.programsDeployed}`);
});

test('the summary is that of a run without packets', async () => {
  const run = await allocate({ workload: 'mixed', programs: 20 });
  const { summary } = run;
  assert.is(summary.constraints, 'published');
  assert.is(summary.programsDeployed, 20);
  assert.is(summary.failure, null);
  assert.is(summary.stateHash, null);
  assert.is(summary.outputHash, null);
  assert.is(summary.packets.in, 0);
  assert.is(
    summary.entries,
    summary.rpb.reduce((sum, { entries }) => sum + entries, 0),
  );
  const tables = runTables(run);
  assert.is(tables.get('programs.csv')?.trimEnd().split('\n').length, 21);
  assert.is(tables.get('timeseries.csv')?.trimEnd().split('\n').length, 1);
  assert.match(renderRunSummary(run, false), /packets +none/);
});

test('the same seed draws the same programs, and those of the same workload of real programs', async () => {
  const keys = async (seed: string) =>
    (await allocate({ workload: 'all-mixed', programs: 30, seed })).admission.admitted.map(({ key }) => key);
  assert.equal(await keys('7'), await keys('7'));
  assert.not.equal(await keys('7'), await keys('8'));
});

test('forwarding depths go to ingress, entries add up, further cases take turns', () => {
  const cache = publishedShape('cache', 256, 2);
  assert.equal(
    cache.map(({ entries }) => entries),
    [1, 1, 1, 2, 3, 2, 1, 2, 2, 1],
  );
  assert.equal(
    cache.flatMap(({ gress }, depth) => (gress === 'any' ? [] : [`${depth + 1} ${gress}`])),
    ['5 ingress'],
  );
  assert.equal(
    cache.map(({ buckets }) => buckets),
    [0, 0, 0, 0, 0, 0, 0, 0, 256, 0],
  );
  const total = (cases: number): number =>
    publishedShape('cache', 256, cases).reduce((sum, { entries }) => sum + entries, 0);
  // Entries per program that the published utilisation tells: 16, 100, 1540.
  assert.equal([2, 3, 16, 256].map(total), [16, 22, 100, 1540]);
  assert.equal(
    publishedShape('hll', 1024, 2).map(({ buckets }) => buckets),
    [0, 0, 0, 0, 0, 0, 0, 32],
  );
});

test('a user file has no published shape', async () => {
  try {
    await allocate({ workload: 'mine.p4runpro' });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, WorkloadError);
  }
});

test.run();
