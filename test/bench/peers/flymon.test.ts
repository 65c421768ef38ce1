/** The allocator of FlyMon: what bounds it, its rules, and its books under random churn. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALGORITHM_NAMES, ALGORITHMS, ATTRIBUTES, wordsPerNode } from '../../../bench/peers/flymon/algorithms.js';
import { BuddyMemory, levelOf } from '../../../bench/peers/flymon/buddy-memory.js';
import { filtersIntersect, prefixesIntersect } from '../../../bench/peers/flymon/filter.js';
import type { FlyMonOptions } from '../../../bench/peers/flymon/flymon.js';
import { COMPARED_FLYMON, FlyMon, type FlyMonAdmission } from '../../../bench/peers/flymon/flymon.js';
import type { FlowKey, MeasurementTask } from '../../../bench/peers/flymon/task.js';
import { UNIT_TABLES } from '../../../bench/peers/flymon/update-rules.js';
import { utilizationOf } from '../../../bench/peers/peer-allocator.js';
import { cases } from '../../tiers.js';

const WORDS = 2 ** 16;
const ANY = { address: 0, bits: 0 };
const NO_KEY: FlowKey = { source: 0, destination: 0, sourcePort: 0, destinationPort: 0, protocol: 0 };
const SOURCE: FlowKey = { ...NO_KEY, source: 32 };
const PORTS: FlowKey = { ...NO_KEY, sourcePort: 16, destinationPort: 16 };

/** Tasks with filters of one host each. */
const host = (id: number) => ({ source: { address: id, bits: 32 }, destination: ANY });

const taskOf = (id: number, more: Partial<MeasurementTask> = {}): MeasurementTask => ({
  id,
  filter: host(id),
  key: SOURCE,
  parameter: { kind: 'constant' },
  algorithm: 'count-min',
  words: 3 * WORDS,
  ...more,
});

function admitted(peer: FlyMon, task: MeasurementTask): FlyMonAdmission {
  const answer = peer.admit(task);
  if (answer.kind === 'refused') throw new Error(`task ${task.id} finds no ${answer.missing}`);
  return answer;
}

/** Admits equal tasks until one is refused. */
function fill(task: (id: number) => Partial<MeasurementTask>, options: FlyMonOptions = COMPARED_FLYMON) {
  const peer = new FlyMon(options);
  for (let id = 0; ; id++) {
    const answer = peer.admit(taskOf(id, task(id)));
    if (answer.kind === 'refused') return { peer, tasks: id, missing: answer.missing };
  }
}

const SMALLEST = (3 * WORDS) / 32;

test('with disjoint filters, memory bounds the tasks', () => {
  const { peer, tasks, missing } = fill(() => ({ words: SMALLEST }));
  assert.equal([tasks, missing], [288, 'memory']);
  assert.is(utilizationOf(peer), 1);
  assert.equal([fill(() => ({})).tasks, fill(() => ({ words: (3 * WORDS) / 2 })).tasks], [9, 18]);
  assert.is(fill(() => ({ algorithm: 'mrac', words: WORDS / 4 })).tasks, 27 * 4);
  assert.is(fill(() => ({ words: 3 }), { groups: 9, words: 32 }).tasks, 288);
});

test('with one filter, each task needs units of its own', () => {
  const { tasks, missing } = fill((id) => ({ filter: host(0), words: SMALLEST, key: { ...SOURCE, source: id } }));
  assert.equal([tasks, missing], [9, 'disjoint-filter']);
});

test('with disjoint filters and different keys, hash units bound the tasks', () => {
  const { tasks, missing, peer } = fill((id) => ({ algorithm: 'mrac', words: 1, key: { ...SOURCE, source: id } }));
  assert.equal([tasks, missing], [5 * 2 + 4 * 3, 'hash-unit']);
  assert.equal(
    [1, 2].map((group) => peer.hashUnits(group).map(({ bits, key }) => [bits, key?.source])),
    [
      [
        [32, 0],
        [16, 1],
      ],
      [
        [16, 2],
        [16, 3],
        [16, 4],
      ],
    ],
  );
});

test('entries of preprocessing bound tasks that select coupons', () => {
  // 31 blocks of 16 coupons each: two tasks in a unit.
  const { tasks, missing } = fill(() => ({ algorithm: 'bloom-filter', words: WORDS / 32 }));
  assert.equal([tasks, missing], [54, 'table-entries']);
});

test('a wide hash serves all rows of a sketch, a narrow one only one; groups with a wide hash come first', () => {
  const peer = new FlyMon(COMPARED_FLYMON);
  const arrays = Array.from({ length: 6 }, (_, id) => {
    const { ranges, rules } = admitted(peer, taskOf(id, { filter: host(0) }));
    return [...ranges.map(({ array }) => array), rules.hashMasks];
  });
  assert.equal(arrays, [
    [0, 1, 2, 1],
    [6, 7, 8, 1],
    [12, 13, 14, 1],
    [18, 19, 20, 1],
    [24, 25, 26, 1],
    [3, 4, 5, 3],
  ]);
  assert.equal(
    peer.hashUnits(2).map(({ tasks }) => [...tasks]),
    [[5], [5], [5]],
  );
});

test('the rules of a task', () => {
  const rules = (more: Partial<MeasurementTask>) => admitted(new FlyMon(COMPARED_FLYMON), taskOf(0, more)).rules;
  const of = (initialisation: number, preprocessing: number, operation: number, hashMasks = 1) => ({
    initialisation,
    preprocessing,
    operation,
    hashMasks,
  });
  assert.equal(rules({ words: (3 * WORDS) / 4 }), of(3, 9, 3));
  assert.equal(rules({ algorithm: 'hyperloglog', words: WORDS }), of(1, 0, 1));
  assert.equal(rules({ algorithm: 'beaucoup', words: (3 * WORDS) / 2 }), of(3, 48, 3));
  assert.equal(rules({ algorithm: 'sumax-sum', words: (3 * WORDS) / 2 }), of(3, 3, 3, 3));
});

test('a chain of SuMax takes every fourth group', () => {
  const peer = new FlyMon(COMPARED_FLYMON);
  const sumax = (id: number) => taskOf(id, { algorithm: 'sumax-sum', filter: host(0) });
  assert.equal(
    admitted(peer, sumax(0)).ranges.map(({ array }) => array),
    [0, 12, 24],
  );
  admitted(peer, sumax(1));
  admitted(peer, sumax(2));
  assert.equal(peer.admit(sumax(3)), { kind: 'refused', missing: 'disjoint-filter' });
  const small = new FlyMon({ groups: 8, words: WORDS });
  assert.equal(small.admit(sumax(0)), { kind: 'refused', missing: 'groups' });
});

test('a parameter that is a key takes a narrow hash of its own', () => {
  const peer = new FlyMon(COMPARED_FLYMON);
  const parameter = { kind: 'key', key: PORTS } as const;
  const { ranges, rules } = admitted(peer, taskOf(0, { algorithm: 'beaucoup', parameter, words: 3 * WORDS }));
  assert.equal(
    ranges.map(({ array }) => array),
    [0, 6, 12],
  );
  assert.is(rules.hashMasks, 6);
  assert.equal(
    peer.hashUnits(1).map(({ key }) => key),
    [SOURCE, PORTS],
  );
  // The same key as parameter and as key takes two units, too.
  admitted(peer, taskOf(1, { algorithm: 'mrac', parameter, key: PORTS, words: 1 }));
  assert.equal(
    peer.hashUnits(2).map(({ key }) => key),
    [PORTS, PORTS, null],
  );
});

test('standard parameters reach the first group only', () => {
  const queue = { parameter: { kind: 'standard', name: 'queue-length' }, algorithm: 'sumax-max' } as const;
  const { tasks, missing } = fill(() => queue);
  assert.equal([tasks, missing], [1, 'memory']);
  const single = { parameter: queue.parameter, algorithm: 'sumax-sum', words: 3 } as const;
  assert.equal(new FlyMon(COMPARED_FLYMON).admit(taskOf(0, single)), {
    kind: 'refused',
    missing: 'standard-parameter',
  });
});

test('a task of which one row finds no place gets nothing', () => {
  const peer = new FlyMon({ groups: 1, words: WORDS });
  admitted(peer, taskOf(0, { algorithm: 'mrac', words: WORDS }));
  const before = [peer.holdings(), peer.entries()];
  assert.equal(peer.admit(taskOf(1)), { kind: 'refused', missing: 'memory' });
  assert.equal([peer.holdings(), peer.entries()], before);
  assert.equal(
    peer.hashUnits(1).map(({ tasks }) => [...tasks]),
    [[0], []],
  );
  assert.equal(peer.admit(taskOf(2, { algorithm: 'mrac', words: WORDS + 1 })), { kind: 'refused', missing: 'memory' });
});

test('levels of buddy blocks', () => {
  assert.equal(
    [65_537, 2 ** 16, 32_769, 32_768, 16_385, 2048, 1].map((words) => levelOf(2 ** 16, words)),
    [null, 1, 1, 2, 2, 6, 6],
  );
  const memory = new BuddyMemory();
  const take = (level: number): number | null => {
    const first = memory.find(level);
    if (first !== null) memory.take(first, level);
    return first;
  };
  assert.equal([take(6), take(2), take(3), take(1), take(6), take(2)], [0, 16, 8, null, 1, null]);
  memory.free(16, 2);
  assert.is(take(2), 16);
});

test('filters intersect if both of their prefixes do', () => {
  const prefix = (address: number, bits: number) => ({ address, bits });
  const ten = prefix(0x0a000000, 8);
  assert.ok(prefixesIntersect(ten, prefix(0x0aff0000, 16)));
  assert.not(prefixesIntersect(ten, prefix(0x0b000000, 16)));
  assert.ok(prefixesIntersect(prefix(0xffffffff, 0), ten));
  assert.not(prefixesIntersect(prefix(0xffffffff, 32), prefix(0xfffffffe, 32)));
  assert.ok(filtersIntersect({ source: ten, destination: ANY }, { source: ANY, destination: ten }));
  assert.not(filtersIntersect({ source: ten, destination: ten }, { source: ten, destination: prefix(0, 8) }));
});

test('each attribute has an algorithm; every word of a task has a node', () => {
  assert.equal([...ALGORITHM_NAMES].sort(), Object.keys(ALGORITHMS).sort());
  assert.equal(new Set(ALGORITHM_NAMES.map((name) => ALGORITHMS[name].attribute)), new Set(ATTRIBUTES));
  assert.equal([wordsPerNode(ALGORITHMS['count-min'], 10), wordsPerNode(ALGORITHMS.mrac, 10)], [4, 10]);
});

test('malformed tasks, sizes and ids are refused with a reason', () => {
  const peer = new FlyMon(COMPARED_FLYMON);
  const wrong = (more: Partial<MeasurementTask>) => () => peer.admit(taskOf(0, more));
  assert.throws(wrong({ words: 0 }), 'has no memory');
  assert.throws(wrong({ key: { ...SOURCE, protocol: 9 } }), 'masks more bits');
  assert.throws(wrong({ parameter: { kind: 'key', key: { ...SOURCE, source: -1 } } }), 'masks more bits');
  assert.throws(wrong({ filter: { source: { address: -1, bits: 8 }, destination: ANY } }), 'malformed filter');
  assert.throws(() => new FlyMon({ groups: 10, words: 512 }), 'the maximum is 9');
  for (const words of [0, 64, 600, 2 ** 17]) assert.throws(() => new FlyMon({ groups: 9, words }), `${words} words`);
  admitted(peer, taskOf(0));
  assert.throws(wrong({}), 'task 0 is held already');
  peer.release(0);
  assert.throws(() => peer.release(0), 'task 0 is not held');
});

const keyArbitrary = fc.constantFrom(SOURCE, PORTS, { ...NO_KEY, destination: 24 }, NO_KEY);
const prefixArbitrary = fc.record({ address: fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1), bits: fc.nat(2) });
const taskArbitrary = fc.record({
  filter: fc.oneof(
    { weight: 1, arbitrary: fc.record({ source: prefixArbitrary, destination: prefixArbitrary }) },
    { weight: 5, arbitrary: fc.nat(1000).map(host) },
  ),
  key: keyArbitrary,
  parameter: fc.oneof(
    fc.constant({ kind: 'constant' } as const),
    fc.record({ kind: fc.constant('key' as const), key: keyArbitrary }),
    fc.constant({ kind: 'standard', name: 'packet-size' } as const),
  ),
  algorithm: fc.constantFrom(...ALGORITHM_NAMES),
  words: fc.integer({ min: 1, max: 2000 }),
});
const stepArbitrary = fc.record({ arrives: fc.option(taskArbitrary, { freq: 3 }), leaves: fc.nat() });

/** All that the books say. */
const booksOf = (peer: FlyMon, groups: number) => [
  peer.holdings(),
  peer.entries(),
  Array.from({ length: groups }, (_, i) => peer.hashUnits(i + 1).map(({ key, tasks }) => [key, [...tasks].sort()])),
];

test('under churn nothing overlaps and nothing is lost; a refused task leaves no trace', () => {
  const refusals = new Map<string, number>();
  const options = fc.record({ groups: fc.integer({ min: 1, max: 9 }), words: fc.constantFrom(32, 512) });
  fc.assert(
    fc.property(options, fc.array(stepArbitrary, { maxLength: 80, size: 'max' }), (size, steps) => {
      const peer = new FlyMon(size);
      const held = new Map<number, MeasurementTask>();
      steps.forEach(({ arrives, leaves }, id) => {
        if (arrives === null) {
          const leaving = [...held.keys()][leaves % Math.max(1, held.size)];
          if (leaving !== undefined) peer.release(leaving);
          if (leaving !== undefined) held.delete(leaving);
        } else {
          const before = booksOf(peer, size.groups);
          const answer = peer.admit({ id, ...arrives });
          if (answer.kind === 'admitted') held.set(id, { id, ...arrives });
          else {
            refusals.set(answer.missing, (refusals.get(answer.missing) ?? 0) + 1);
            assert.equal(booksOf(peer, size.groups), before);
          }
        }
        checkBooks(peer, size, held);
      });
      for (const id of held.keys()) peer.release(id);
      assert.equal(booksOf(peer, size.groups), booksOf(new FlyMon(size), size.groups));
    }),
    { seed: 3, numRuns: cases(50) },
  );
  for (const missing of ['groups', 'standard-parameter', 'hash-unit', 'disjoint-filter', 'memory'])
    assert.ok((refusals.get(missing) ?? 0) > 0, `${missing} is missing ${refusals.get(missing)} times`);
});

function checkBooks(peer: FlyMon, { groups, words }: FlyMonOptions, held: ReadonlyMap<number, MeasurementTask>): void {
  const holdings = peer.holdings();
  holdings.forEach((range, i) => {
    const next = holdings[i + 1];
    assert.ok(range.start % range.length === 0 && range.start + range.length <= words, 'a block lies at its size');
    if (next?.array === range.array) assert.ok(range.start + range.length <= next.start, 'two blocks overlap');
  });
  for (const { id, words: wanted, algorithm } of held.values()) {
    const own = holdings.filter((each) => each.id === id);
    const { chains, nodes } = ALGORITHMS[algorithm];
    assert.is(new Set(own.map(({ array }) => array)).size, chains * nodes);
    assert.is(own.length, chains * nodes);
    for (const { length } of own) assert.ok(length >= wordsPerNode(ALGORITHMS[algorithm], wanted));
  }
  assert.is(new Set(holdings.map(({ id }) => id)).size, held.size);
  checkTables(peer, held);
  checkHashUnits(peer, groups, held);
}

function checkTables(peer: FlyMon, held: ReadonlyMap<number, MeasurementTask>): void {
  peer.entries().forEach((entries, array) => {
    const tasks = peer.holdings().filter((each) => each.array === array);
    assert.equal([entries.initialisation, entries.operation], [tasks.length, tasks.length]);
    assert.ok(entries.preprocessing <= UNIT_TABLES.preprocessing && tasks.length <= UNIT_TABLES.initialisation);
    const filters = tasks.flatMap(({ id }) => held.get(id)?.filter ?? []);
    filters.forEach((filter, i) => {
      assert.not(filters.slice(i + 1).some((other) => filtersIntersect(filter, other)));
    });
  });
}

/** A hash unit has the key or the parameter of each of its tasks; a task has a unit in each of its groups. */
function checkHashUnits(peer: FlyMon, groups: number, held: ReadonlyMap<number, MeasurementTask>): void {
  for (let group = 1; group <= groups; group++) {
    const units = peer.hashUnits(group);
    const here = peer.holdings().filter(({ array }) => Math.floor(array / 3) === group - 1);
    assert.equal(new Set(units.flatMap(({ tasks }) => [...tasks])), new Set(here.map(({ id }) => id)));
    for (const { key, tasks } of units) {
      assert.is(key === null, tasks.size === 0);
      for (const id of tasks) {
        const task = held.get(id);
        const keys = [task?.key, task?.parameter.kind === 'key' ? task.parameter.key : undefined];
        assert.ok(keys.some((each) => JSON.stringify(each) === JSON.stringify(key)));
      }
    }
  }
}

test.run();
