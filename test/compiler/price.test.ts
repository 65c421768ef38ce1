/** The price allocator against all placements of small problems, and what its weight does. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  bitsToTell,
  defaultDataPlane,
  FreeRanges,
  type FreeResources,
  isPowerOfTwo,
  link,
  lower,
  type Placement,
  type PlacementProblem,
  priceAllocator,
  priceOf,
  SwitchState,
  type TreeRow,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { PROPERTY, sampleSource } from './support.js';

const RPBS = 3;
const TOTAL = { entries: 6, buckets: 16 };

interface Instance {
  readonly problem: PlacementProblem;
  readonly entries: readonly number[];
  readonly buckets: readonly number[];
}

class Resources implements FreeResources {
  readonly totalEntries = Array.from({ length: RPBS }, () => TOTAL.entries);
  readonly totalBuckets = Array.from({ length: RPBS }, () => TOTAL.buckets);
  readonly entries: readonly number[];
  readonly buckets: readonly number[];

  constructor(instance: Instance) {
    this.entries = instance.entries;
    this.buckets = instance.buckets;
  }

  fitsMemory(rpb: number, sizes: readonly number[]): boolean {
    return new FreeRanges(this.buckets[rpb] ?? 0).firstFit(sizes) !== undefined;
  }
}

const rawRow = fc.record({
  entries: fc.nat({ max: 3 }),
  buckets: fc.constantFrom(0, 0, 4, 8),
  allowed: fc.tuple(fc.boolean(), fc.constant(true), fc.boolean()),
  after: fc.nat({ max: 3 }),
});

const instance: fc.Arbitrary<Instance> = fc
  .record({
    passes: fc.integer({ min: 1, max: 2 }),
    rows: fc.array(rawRow, { minLength: 1, maxLength: 5 }),
    entries: fc.array(fc.nat({ max: TOTAL.entries }), { minLength: RPBS, maxLength: RPBS }),
    buckets: fc.array(fc.constantFrom(4, 8, 16), { minLength: RPBS, maxLength: RPBS }),
  })
  .map(({ passes, rows, entries, buckets }) => {
    const tree = rows.map(
      (row, i): TreeRow => ({
        depth: i + 1,
        after: i === 0 ? -1 : Math.min(row.after, i - 1),
        entries: row.entries,
        memories: row.buckets === 0 ? [] : [{ name: `m${i}`, buckets: row.buckets }],
        allowed: Uint8Array.from(row.allowed, Number),
        link: -1,
        isLinked: false,
      }),
    );
    return { problem: { rows: tree, tree, rpbCount: RPBS, logicalRpbs: RPBS * passes }, entries, buckets };
  });

/** Every placement that keeps the constraints. */
function* placements({ problem, ...free }: Instance): Generator<Placement> {
  const resources = new Resources({ problem, ...free });
  const { tree, logicalRpbs } = problem;
  const isSound = (placement: Placement): boolean => {
    for (let rpb = 0; rpb < RPBS; rpb++) {
      const here = tree.filter((_, i) => ((placement[i] ?? 1) - 1) % RPBS === rpb);
      if (here.some(({ allowed }) => allowed[rpb] === 0)) return false;
      if (here.reduce((sum, row) => sum + row.entries, 0) > (free.entries[rpb] ?? 0)) return false;
      const sizes = here.flatMap(({ memories }) => memories.map(({ buckets }) => buckets));
      if (sizes.length > 0 && !resources.fitsMemory(rpb, sizes)) return false;
    }
    return true;
  };
  function* extend(placed: readonly number[]): Generator<Placement> {
    const row = tree[placed.length];
    if (row === undefined) {
      if (isSound(placed)) yield placed;
      return;
    }
    for (let x = row.after < 0 ? 1 : (placed[row.after] ?? 0) + 1; x <= logicalRpbs; x++) yield* extend([...placed, x]);
  }
  yield* extend([]);
}

/** As stated in place/price.ts, computed anew. */
function costOf({ problem, entries, buckets }: Instance, placement: Placement): number {
  const price = (free: number, total: number): number => 1e4 ** (-free / total) / total;
  return problem.tree.reduce((sum, row, i) => {
    const rpb = ((placement[i] ?? 1) - 1) % RPBS;
    const memory = row.memories.reduce((size, block) => size + block.buckets, 0);
    return (
      sum + row.entries * price(entries[rpb] ?? 0, TOTAL.entries) + memory * price(buckets[rpb] ?? 0, TOTAL.buckets)
    );
  }, 0);
}

test('all that fits is placed, soundly; and where RPBs are not shared, nothing is cheaper', () => {
  let placed = 0;
  fc.assert(
    fc.property(instance, (each) => {
      const all = [...placements(each)];
      const result = priceAllocator({ recirculationWeight: 0 }).place(each.problem, new Resources(each));
      if (result.kind === 'doesNotFit') {
        assert.is(all.length, 0);
        return;
      }
      placed++;
      // Where it found nothing, f1 did, for depths; here depths are rows.
      assert.ok(all.some((other) => String(other) === String(result.placement)));
      const rpbs = result.placement.map((x) => (x - 1) % RPBS);
      if (new Set(rpbs).size < rpbs.length || result.by !== 'row') return;
      const cheapest = Math.min(...all.map((other) => costOf(each, other)));
      assert.ok(costOf(each, result.placement) <= cheapest * (1 + 1e-9));
    }),
    { ...PROPERTY, numRuns: cases(600) },
  );
  assert.ok(placed > 100, `${placed} placed`);
});

const dataPlane = defaultDataPlane();

test('with weight never, no program recirculates that fits in one pass', () => {
  const analysis = analyse(sampleSource('lb'), dataPlane);
  const [program] = analysis.programs;
  if (program === undefined) throw new Error('lb is missing');
  const passesWith = (recirculationWeight: number): number[] => {
    const state = new SwitchState(dataPlane);
    const allocator = priceAllocator({ recirculationWeight });
    return Array.from({ length: 200 }, (_, i) => {
      const lowered = lower({ ...program, name: `lb${i}` }, dataPlane, 1);
      const compiled = link(lowered, state, '', { allocator, filterPriority: i });
      state.commit(compiled);
      return compiled.passes;
    });
  };
  assert.ok(passesWith(Number.POSITIVE_INFINITY).every((passes) => passes === 1));
  assert.ok(passesWith(0).some((passes) => passes === 2));
});

test('a switch fills evenly: all of its memory goes to load balancers', () => {
  const { memory } = dataPlane.rpbs.reduce((sum, rpb) => ({ memory: sum.memory + rpb.buckets }), { memory: 0 });
  const analysis = analyse(sampleSource('lb'), dataPlane);
  const [program] = analysis.programs;
  if (program === undefined) throw new Error('lb is missing');
  const state = new SwitchState(dataPlane);
  const lowered = lower(program, dataPlane, 1);
  let blocks = 0;
  for (let i = 0; i < memory / 512; i++) {
    const named = { ...lowered, program: { ...program, name: `lb${i}` } };
    const compiled = link(named, state, '', { allocator: priceAllocator(), filterPriority: i });
    state.commit(compiled);
    blocks += compiled.memories.length;
  }
  assert.is(blocks * 256, memory);
});

test('a price is 10,000 to the power of the free share, and rises with every entry', () => {
  for (const total of [6, 2048, 2 ** 16]) {
    for (let free = 0; free <= Math.min(total, 4096); free++) {
      const price = priceOf(free, total);
      const expected = 1e4 ** -(free / total) / total;
      assert.ok(Math.abs(price / expected - 1) < 1e-8, `${free} of ${total}: ${price}, not ${expected}`);
      if (free > 0) assert.ok(price < priceOf(free - 1, total), `${free} of ${total}`);
    }
  }
  assert.is(priceOf(0, 2048), 1 / 2048);
  assert.is(priceOf(2048, 2048), 1e-4 / 2048);
  // To the last bit: the same in every engine.
  const bits = Buffer.from(new Float64Array([priceOf(1365, 2048)]).buffer)
    .reverse()
    .toString('hex');
  assert.is(bits, '3eb1acf4881c0277');
});

test('the number of bits that distinguishes a number of items', () => {
  const rows = [
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [2 ** 16, 16],
    [2 ** 16 + 1, 17],
    [2 ** 47 + 1, 48],
  ] as const;
  for (const [count, bits] of rows) assert.is(bitsToTell(count), bits, String(count));
  for (const value of [1, 2, 4, 2 ** 31, 2 ** 32, 2 ** 47]) assert.ok(isPowerOfTwo(value), String(value));
  for (const value of [0, -2, 3, 2 ** 32 + 1, 0.5, 2 ** 53]) assert.not.ok(isPowerOfTwo(value), String(value));
});

test.run();
