/** How many programs a switch holds: what was reached once stays reached. Capacities do not depend on the machine. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CapacityOptions,
  type CapacityRow,
  measureCapacity,
} from '../../bench/measure/capacity/measure-capacity.js';
import { publishedCapacities } from '../../bench/measure/capacity/published-capacity.js';
import { type Allocator, defaultDataPlane, f1, greedyAllocator, priceAllocator } from '../../compiler/index.js';
import { isNightly } from '../tiers.js';

const OPTIONS: Omit<CapacityOptions, 'workloads' | 'allocators'> = {
  dataPlane: defaultDataPlane(),
  memoryBytes: 1024,
  cases: 2,
  recirculations: 1,
  repeats: 1,
  seed: '1',
  clock: () => 0,
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

async function capacityOf(
  workload: string,
  change: Partial<CapacityOptions> = {},
  allocator: Allocator = priceAllocator(),
): Promise<CapacityRow> {
  const options = { ...OPTIONS, ...change, workloads: [workload], allocators: [{ label: 'one', allocator }] };
  for await (const row of measureCapacity(options)) return row;
  throw new Error('no row');
}

/** Minimum capacities, with 2 elastic cases and R = 1. */
const FLOORS: Readonly<Record<string, number>> = {
  cache: 3200,
  lb: 2816,
  hh: 1400,
  nc: 930,
  calc: 2495,
  acc: 4096,
  ecn: 4096,
  sf: 2500,
  bf: 1870,
  hll: 2640,
};

for (const [workload, floor] of Object.entries(FLOORS)) {
  test(`${workload}: at least ${floor}, and no more than the bound`, async () => {
    const { capacity, bound } = await capacityOf(workload);
    assert.ok(capacity >= floor, `${capacity}`);
    assert.ok(bound !== null && capacity <= bound.programs, `${capacity} of ${bound?.programs}`);
  });
}

const ELASTIC: readonly (readonly [workload: string, cases: number, times: number])[] = [
  ['nc', 16, 3],
  ['lb', 16, 1.5],
  ['cache', 256, 3],
  ['lb', 256, 1.5],
  ...(isNightly
    ? ([
        ['cache', 16, 3],
        ['nc', 256, 3],
      ] as const)
    : []),
];

for (const [workload, cases, times] of ELASTIC) {
  test(`${workload} with ${cases} cases: at least ${times} times the published`, async () => {
    const published = publishedCapacities().find(
      (each) => each.workload === workload && each.cases === cases && each.memoryBytes === 1024,
    );
    const { capacity, bound } = await capacityOf(workload, { cases });
    assert.ok(capacity >= times * (published?.capacity ?? Number.NaN), `${capacity}`);
    assert.ok(capacity <= (bound?.programs ?? 0));
  });
}

test('all-mixed: far above f1 on the same programs', async () => {
  const [priced, greedy] = [await capacityOf('all-mixed'), await capacityOf('all-mixed', {}, greedyAllocator(f1()))];
  assert.ok(priced.least >= 3300, `${priced.least}`);
  assert.ok(priced.capacity > 1.5 * greedy.capacity, `${priced.capacity}, ${greedy.capacity}`);
});

test('the price of recirculation trades capacity against passes', async () => {
  const rows: CapacityRow[] = [];
  for (const recirculationWeight of [Number.POSITIVE_INFINITY, 10, 0]) {
    rows.push(await capacityOf('bf', {}, priceAllocator({ recirculationWeight })));
  }
  const [never, some, free] = rows as [CapacityRow, CapacityRow, CapacityRow];
  // Only who does not fit into one pass any more.
  assert.ok(never.recirculating < 0.001);
  assert.ok(never.capacity <= some.capacity && some.capacity <= free.capacity + 1);
  assert.ok(never.passes < some.passes && some.passes < free.passes);
});

test.run();
