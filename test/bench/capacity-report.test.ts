/** The table of `bench capacity` by the width of the terminal. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { capacityHeader, capacityLine, capacityNote, leftOutNote } from '../../bench/cli/report/capacity-report.js';
import type { CapacityRow } from '../../bench/measure/capacity/measure-capacity.js';

const NONE = { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
const ROW: CapacityRow = {
  workload: 'all-mixed',
  allocator: 'hierarchical',
  cases: 2,
  memoryBytes: 1024,
  repeats: 3,
  capacity: 12_816.4,
  least: 12_816,
  greatest: 12_817,
  admitted: 12_817,
  bound: { programs: 22_816, resource: 'memory of all RPBs' },
  failure: 'program lb_2816 does not fit: no RPB that it can be in has 256 contiguous free buckets',
  passes: 15.531,
  recirculating: 1,
  entryUtilization: 1,
  memoryUtilization: 1,
  allocationUs: { ...NONE, p50: 10_123, p95: 40_123 },
  allocationUsEmpty: NONE,
  allocationUsFull: NONE,
};
const PUBLISHED = { workload: 'all-mixed', cases: 2, memoryBytes: 1024, capacity: 2816 };

test('100 columns hold the whole table, with separators in numbers', () => {
  assert.is(
    capacityHeader(100),
    'workload   allocator     paper capacity  bound of bound passes recirc. entries  memory p50 µs p95 µs',
  );
  assert.is(
    capacityLine(ROW, PUBLISHED, 100),
    'all-mixed  hierarchical  2,816 12,816.4 22,816   56.2 %  15.53 100.0 % 100.0 % 100.0 % 10,123 40,123',
  );
  assert.equal(leftOutNote(100), []);
});

test('fewer columns leave details out, and say which', () => {
  assert.is(capacityHeader(80), 'workload   allocator     paper capacity  bound of bound entries  memory p95 µs');
  assert.is(
    capacityLine(ROW, undefined, 80),
    'all-mixed  hierarchical      – 12,816.4 22,816   56.2 % 100.0 % 100.0 % 40,123',
  );
  assert.equal(leftOutNote(80), ['not shown in 80 columns: passes, recirc., p50 µs (in capacity.csv)']);
});

test('the reason of an end breaks at the width', () => {
  assert.equal(capacityNote(ROW, 80), [
    'all-mixed: bound by memory of all RPBs; ended as program lb_2816 does not fit:',
    '  no RPB that it can be in has 256 contiguous free buckets',
  ]);
});

test('a line is said to be one of the text of the instance; of a module it is that of its text', () => {
  const failure = 'program far_0 does not fit: step 16 of 17 (report, line 21): no RPB is left for it within 1 pass';
  const noteOf = (workload: string) => capacityNote({ ...ROW, workload, bound: null, failure }, 500);
  assert.equal(noteOf('far.p4runpro'), [
    `far.p4runpro: ended as ${failure} (line 21 of the text of far_0, which is written anew for each instance, without comments)`,
  ]);
  assert.equal(noteOf('./mine.mjs'), [`./mine.mjs: ended as ${failure}`]);
});

test('a name that is longer than its column is cut at its start and shifts no column', () => {
  const [short, long] = ['all-mixed', 'folder/of/mine/counting.p4runpro'].map((workload) =>
    capacityLine({ ...ROW, workload }, undefined, 100),
  );
  assert.match(String(long), /^….{9} hierarchical /);
  assert.is(String(long).slice(10), String(short).slice(10));
});

test('arrivals of which none was refused give the least that the switch holds', () => {
  const row = {
    ...ROW,
    workload: 'hh',
    repeats: 1,
    capacity: 12,
    greatest: 12,
    admitted: 40,
    bound: null,
    failure: null,
  };
  assert.match(capacityLine(row, undefined, 100), /^hh +hierarchical +– +≥ 12 /);
  assert.equal(capacityNote(row, 120), [
    'hh: the arrivals ended after 40 programs and nothing was refused: the switch holds at least 12',
  ]);
});

test.run();
