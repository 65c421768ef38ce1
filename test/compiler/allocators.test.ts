/** The registry of allocators. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ALLOCATOR_NAMES,
  ALLOCATORS,
  type Allocator,
  type AllocatorKind,
  allocatorKind,
  DEFAULT_ALLOCATORS,
  latestInnerRows,
  namesThatTake,
  OBJECTIVES,
  SolverError,
  withPublishedConstraints,
} from '../../compiler/index.js';

test('every name gives an allocator of that name', () => {
  assert.equal(ALLOCATOR_NAMES, ['price', 'f1', 'f2', 'f3', 'hierarchical', 'z3']);
  for (const name of ALLOCATOR_NAMES) {
    const kind: AllocatorKind = ALLOCATORS[name];
    let made: Allocator | undefined;
    try {
      made = kind.make({});
    } catch (error) {
      // Z3 is optional.
      assert.ok(error instanceof SolverError && name === 'z3', String(error));
    }
    if (made !== undefined) assert.ok(made.name.startsWith(name), `${name} makes ${made.name}`);
    assert.is(allocatorKind(name), kind);
  }
  for (const name of ['', 'toString', '__proto__', 'F1']) assert.is(allocatorKind(name), undefined, name);
  for (const name of Object.values(DEFAULT_ALLOCATORS)) assert.ok(ALLOCATOR_NAMES.includes(name));
});

test('what allocators take: weights reach f1, and the names of those that take a setting are words', () => {
  assert.is(namesThatTake('weights'), 'f1 and z3');
  assert.is(namesThatTake('recirculationWeight'), 'price');
  assert.is(OBJECTIVES.f1({ weights: [2, 1] }).cost(3, 5), 7);
  assert.is(OBJECTIVES.f1().cost(10, 20), 0.7 * 20 - 0.3 * 10);
  assert.is(OBJECTIVES.f2().cost(10, 20), 20);
});

test('a wrapped allocator keeps its properties', () => {
  const slow: Allocator = { name: 'slow', isSlow: true, place: () => ({ kind: 'placed', placement: [] }) };
  assert.is(withPublishedConstraints(latestInnerRows(slow)).isSlow, true);
  assert.is(latestInnerRows(withPublishedConstraints({ name: 'quick', place: slow.place })).isSlow, undefined);
});

test.run();
