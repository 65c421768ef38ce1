import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { f1, f2, f3, greedyAllocator, hierarchical, type Objective } from '../../compiler/index.js';
import { cases } from '../tiers.js';
import {
  costOf,
  FREE,
  type Instance,
  instanceOf,
  instances,
  isSound,
  type RawRow,
  Resources,
} from './placement-instances.js';
import { PROPERTY } from './support.js';

/** The least cost over all increasing vectors. */
function bruteForce(instance: Instance, objective: Objective): number {
  const { rows, logicalRpbs } = instance.problem;
  let best = Number.POSITIVE_INFINITY;
  const extend = (placement: readonly number[]): void => {
    if (placement.length === rows.length) {
      const cost = costOf(objective, placement);
      if (cost < best && isSound(placement, instance)) best = cost;
      return;
    }
    for (let x = (placement.at(-1) ?? 0) + 1; x <= logicalRpbs; x++) extend([...placement, x]);
  };
  extend([]);
  return best;
}

const instance = instances({
  rpbs: { min: 2, max: 4 },
  passes: { min: 1, max: 3 },
  rows: { min: 1, max: 5 },
  entriesPerRow: 2,
  freeEntries: { min: 0, max: 3 },
  forbiddenPercent: 25,
  unlinkedWeight: 5,
});

const OBJECTIVES: readonly Objective[] = [f1(), f1(0.5, 0.5), f2, f3, hierarchical];

for (const objective of OBJECTIVES) {
  const weights = objective.name === 'f1' ? ` ${objective.cost(0, 10) / 10}` : '';
  test(`${objective.name}${weights}: as cheap as the best of all vectors, and sound`, () => {
    let placed = 0;
    fc.assert(
      fc.property(instance, (each) => {
        const result = greedyAllocator(objective).place(each.problem, new Resources(each));
        const best = bruteForce(each, objective);
        if (result.kind === 'doesNotFit') {
          assert.is(best, Number.POSITIVE_INFINITY, 'refused although it fits');
          assert.ok(result.shortage.row >= -1 && result.shortage.row < each.problem.rows.length);
          return;
        }
        placed++;
        assert.ok(isSound(result.placement, each), `unsound: ${result.placement}`);
        const cost = costOf(objective, result.placement);
        assert.ok(Math.abs(cost - best) < 1e-9, `${result.placement} costs ${cost}, the best ${best}`);
      }),
      { ...PROPERTY, numRuns: cases(600) },
    );
    assert.ok(placed > 200, `only ${placed} instances have a placement`);
  });
}

const place = (each: Instance, objective: Objective) => {
  const result = greedyAllocator(objective).place(each.problem, new Resources(each));
  return result.kind === 'placed' ? result.placement : result.shortage;
};

test('an earlier row makes way for a later one that can only go to its RPB', () => {
  // Row 1 at RPB 2 (the earliest) takes the one entry that row 2 needs there in the second pass.
  const only = (rpb: number): RawRow => ({ ...FREE, allowed: [0, 1, 2, 3].map((index) => index === rpb) });
  const each = instanceOf(4, 2, [only(0), FREE, only(1)], [1, 1, 1, 1]);
  assert.equal(place(each, f2), [1, 3, 6]);
});

test('ties go to the earliest start and the earliest places, each time', () => {
  const each = instanceOf(4, 2, [FREE, FREE], [9, 9, 9, 9]);
  assert.equal(place(each, f2), [1, 2]);
  assert.equal(place(each, f1(0.5, 0.5)), [1, 2]);
  for (let i = 0; i < 5; i++) assert.equal(place(each, f1(0.5, 0.5)), place(each, f1(0.5, 0.5)));
});

test('what each objective prefers', () => {
  // From RPB 1 the second row ends at 3; from RPB 2 too; f1 and hierarchical take the later start, f2 the earlier.
  const gap: RawRow = { ...FREE, allowed: [true, false, true, true] };
  const each = instanceOf(4, 1, [FREE, gap], [1, 1, 1, 1]);
  assert.equal(place(each, f2), [1, 3]);
  assert.equal(place(each, f1()), [2, 3]);
  assert.equal(place(each, hierarchical), [2, 3]);
  assert.equal(place(each, f3), [3, 4]);
});

test('a problem without rows has an empty placement', () => {
  assert.equal(place(instanceOf(2, 1, [], [0, 0]), f2), []);
});

const SHORTAGES: readonly (readonly [cause: string, row: number, instance: Instance])[] = [
  ['too-long', 0, instanceOf(2, 1, [FREE, FREE, FREE], [9, 9])],
  ['entries', 1, instanceOf(2, 1, [FREE, { ...FREE, entries: 5 }], [4, 4])],
  ['memory', 1, instanceOf(2, 1, [FREE, { ...FREE, buckets: 8 }], [4, 4], [[4], [4]])],
  ['no-such-action', 1, instanceOf(2, 1, [FREE, { ...FREE, allowed: [false, false] }], [4, 4])],
  ['shared-rpb', 1, instanceOf(2, 1, [FREE, { ...FREE, link: 0 }], [4, 4])],
];
for (const [cause, row, each] of SHORTAGES) {
  test(`shortage: ${cause}`, () => {
    const shortage = place(each, f1());
    assert.ok(!Array.isArray(shortage));
    if ('cause' in shortage) assert.is(shortage.cause, cause);
    if ('cause' in shortage && cause !== 'too-long') assert.is(shortage.row, row);
  });
}

/** Free resources that count how often an allocator looks at the entries of an RPB. */
class CountedResources extends Resources {
  looks = 0;
  override readonly entries: readonly number[];

  constructor(each: Instance) {
    super(each);
    const look = (): void => {
      this.looks++;
    };
    this.entries = new Proxy(each.entries, {
      get: (list, name) => {
        look();
        return Reflect.get(list, name);
      },
    });
  }
}

test('the search ends on a full switch: forty rows, every RPB short of entries', () => {
  const rows = Array.from({ length: 40 }, (_, i): RawRow => ({ ...FREE, entries: 1 + (i % 2) }));
  const each = instanceOf(
    22,
    4,
    rows,
    Array.from({ length: 22 }, () => 2),
  );
  const free = new CountedResources(each);
  greedyAllocator(f1()).place(each.problem, free);
  // 49 starts with 20,000 placed rows each; without a limit it would be some 2 ** 40.
  assert.ok(free.looks < 22 * 49 * 20_000, `${free.looks} looks`);
});

test.run();
