/** Published constraints: what they leave out, and that no entries come of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  f1,
  f2,
  greedyAllocator,
  latestInnerRows,
  PublishedConstraintsError,
  SwitchState,
  withPublishedConstraints,
  z3Allocator,
} from '../../compiler/index.js';
import { FREE, type Instance, instanceOf, type RawRow, Resources } from './placement-instances.js';
import { checkedProgram, inProgram, linkProgram, smallDataPlane } from './support.js';

const only = (rpb: number, more: Partial<RawRow> = {}): RawRow => ({
  ...FREE,
  allowed: [0, 1, 2, 3].map((index) => index === rpb),
  ...more,
});

const place = (allocator: ReturnType<typeof greedyAllocator>, each: Instance) => {
  const result = allocator.place(each.problem, new Resources(each));
  return result.kind === 'placed' ? result.placement : result.shortage.cause;
};

for (const [name, sound] of [
  ['greedy', greedyAllocator(f2)],
  ['z3', z3Allocator(f2)],
] as const) {
  test(`${name}: passes do not share entries and memory`, () => {
    const twice = instanceOf(4, 2, [only(1), only(1)], [1, 1, 1, 1]);
    assert.is(place(sound, twice), 'entries');
    assert.equal(place(withPublishedConstraints(sound), twice), [2, 6]);
    const memory = only(1, { buckets: 8 });
    const blocks = instanceOf(4, 2, [memory, memory], [9, 9, 9, 9], [[8], [8], [8], [8]]);
    assert.is(place(sound, blocks), 'memory');
    assert.equal(place(withPublishedConstraints(sound), blocks), [2, 6]);
  });
}

test('the entries and memory of a single row are still limited', () => {
  const each = instanceOf(4, 2, [only(1, { entries: 2 })], [9, 1, 9, 9]);
  assert.is(place(withPublishedConstraints(greedyAllocator(f1())), each), 'entries');
});

test('a placement under published constraints gives no entries', () => {
  const allocator = withPublishedConstraints(greedyAllocator(f1()));
  const program = checkedProgram(inProgram('DROP;'));
  const state = new SwitchState(smallDataPlane([1, 2]));
  assert.throws(
    () => linkProgram(program, state, { allocator, filterPriority: 0 }),
    (error: unknown) =>
      error instanceof PublishedConstraintsError && /is for shapes without entries/.test(error.message),
  );
});

test('rows that must share an RPB are refused', () => {
  const each = instanceOf(4, 2, [FREE, { ...FREE, link: 0 }], [9, 9, 9, 9]);
  assert.throws(
    () => place(withPublishedConstraints(greedyAllocator(f1())), each),
    (error: unknown) => error instanceof PublishedConstraintsError,
  );
});

test('inner rows at their latest places, within what the rows share', () => {
  const latest = latestInnerRows(greedyAllocator(f2));
  // The last row can only go to RPB 4.
  assert.equal(place(latest, instanceOf(4, 1, [FREE, FREE, only(3)], [9, 9, 9, 9])), [1, 3, 4]);
  assert.equal(place(latest, instanceOf(4, 1, [FREE, FREE, only(3)], [9, 9, 0, 9])), [1, 2, 4]);
  // The last row takes an entry of RPB 3 in the second pass; there must be another for the inner row to go there.
  const rows = [only(0), FREE, only(3), only(2)];
  assert.equal(place(latest, instanceOf(4, 2, rows, [9, 9, 2, 9])), [1, 3, 4, 7]);
  assert.equal(place(latest, instanceOf(4, 2, rows, [9, 9, 1, 9])), [1, 2, 4, 7]);
  // Linked rows stay.
  const linked = [FREE, FREE, { ...FREE, link: 1 }, only(3)];
  assert.equal(place(latest, instanceOf(4, 2, linked, [9, 9, 9, 9])), [1, 2, 6, 8]);
});

test.run();
