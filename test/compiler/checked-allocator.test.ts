/** Allocators of other people: each rule of placement, and every other way to give a wrong answer. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { thrownText } from '../../compiler/data-plane/thrown-text.js';
import {
  type Allocator,
  AllocatorError,
  brokenRule,
  chain,
  checkedAllocator,
  defaultDataPlane,
  link,
  lower,
  type PlacementProblem,
  priceAllocator,
  SwitchState,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { instanceOf, instances, isSound, type RawRow, Resources } from './placement-instances.js';
import { checkedProgram, PROPERTY } from './support.js';

const row = (more: Partial<RawRow> = {}): RawRow => ({ entries: 1, buckets: 0, allowed: [], link: -1, ...more });

/** Three RPBs, two passes: the last row has to share the RPB of the first; RPB 3 lacks the action of the second. */
const EACH = instanceOf(
  3,
  2,
  [row({ entries: 2, buckets: 8 }), row({ allowed: [true, true, false], buckets: 4 }), row({ entries: 2, link: 0 })],
  [4, 4, 1],
  [[8, 4], [8], [4]],
);

const answering = (answer: unknown): Allocator => ({ name: 'liar', place: () => answer as never });
const placed = (...placement: unknown[]): Allocator => answering({ kind: 'placed', placement });

const LIES: readonly (readonly [code: string, says: RegExp, allocator: Allocator])[] = [
  ['a-place-each', /each row has one place: 2 places for 3 rows/, placed(1, 2)],
  ['a-place-each', /4 places for 3 rows/, placed(1, 2, 3, 4)],
  ['in-range', /row 3 is placed in logical RPB 7, of 1 to 6/, placed(1, 2, 7)],
  ['in-range', /logical RPB 0/, placed(0, 2, 4)],
  ['in-range', /logical RPB NaN/, placed(1, Number.NaN, 4)],
  ['in-range', /logical RPB 1\.5/, placed(1, 1.5, 4)],
  ['in-range', /logical RPB undefined/, placed(1, undefined, 4)],
  ['in-range', /logical RPB '2' \(a value of type string, not a number\), of 1 to 6/, placed(1, '2', 4)],
  ['order', /row 2 is placed in logical RPB 1, which is not after row 1 in 1/, placed(1, 1, 4)],
  ['order', /row 3 is placed in logical RPB 1, which is not after row 2 in 2/, placed(1, 2, 1)],
  ['order', /row 2 .*not after row 1 in 2/, answering({ kind: 'placed', placement: [2, 1, 5], by: 'row' })],
  ['action', /row 2 is placed in RPB 3, which lacks an action of it/, placed(1, 3, 4)],
  ['shared-rpb', /row 3 is placed in RPB 3, and row 1, whose RPB it shares, in RPB 1/, placed(1, 2, 3)],
  ['entries', /RPB 3 has 1 free entries of 4/, placed(3, 4, 6)],
  ['no-result', /returned undefined, where/, answering(undefined)],
  ['no-result', /returned kind 'done'/, answering({ kind: 'done' })],
  ['no-result', /returned placement undefined, where an array/, answering({ kind: 'placed' })],
  ['no-result', /returned by: 'depth'/, answering({ kind: 'placed', placement: [1, 2, 4], by: 'depth' })],
  ['no-result', /shortage.row undefined/, answering({ kind: 'doesNotFit' })],
  ['in-range', /logical RPB 2 \(a value of type bigint, not a number\)/, placed(1, 2n, 4)],
  [
    'no-result',
    /shortage.row 3, where the number of a row from 0 to 2/,
    answering({ kind: 'doesNotFit', shortage: { row: 3, cause: 'memory' } }),
  ],
  ['no-result', /shortage.cause 'none'/, answering({ kind: 'doesNotFit', shortage: { row: 0, cause: 'none' } })],
  ['promise', /returned a promise/, { name: 'liar', place: (async () => Promise.reject(new Error('late'))) as never }],
  [
    'threw',
    /threw Error: no luck( \(|$)/,
    {
      name: 'liar',
      place() {
        throw new Error('no luck\nsecond line');
      },
    },
  ],
  [
    'changed-arguments',
    /changes what it was given.*read only property/,
    {
      name: 'liar',
      place(_, free) {
        (free.entries as number[])[0] = 99;
        return { kind: 'placed', placement: [1, 2, 4] };
      },
    },
  ],
  [
    'changed-arguments',
    /changes where row 2 is allowed/,
    {
      name: 'liar',
      place({ rows }) {
        rows[1]?.allowed.fill(1);
        return { kind: 'placed', placement: [1, 3, 4] };
      },
    },
  ],
];

const TRAPS: typeof LIES = [
  [
    'threw',
    /threw Error: a getter/,
    answering({
      kind: 'placed',
      get placement() {
        throw new Error('a getter');
      },
    }),
  ],
  [
    'threw',
    /threw an object, which is no Error/,
    {
      name: 'liar',
      place() {
        throw Object.create(null);
      },
    },
  ],
  ['no-result', /returned a function, where/, answering(() => 1)],
  ['no-result', /returned kind an object/, answering({ kind: Object.create(null) })],
  ['no-result', /returned shortage\.row undefined/, answering({ kind: 'doesNotFit', shortage: 7 })],
];

test('a placement whose getters change their answer is used as it was checked', () => {
  let reads = 0;
  const places = new Proxy([1, 2, 4], {
    get: (target, key, receiver) => (key === '2' && ++reads > 1 ? 3 : Reflect.get(target, key, receiver)),
  });
  const result = checkedAllocator(answering({ kind: 'placed', placement: places })).place(
    EACH.problem,
    new Resources(EACH),
  );
  assert.equal(result, { kind: 'placed', placement: [1, 2, 4] });
});

for (const [code, says, allocator] of [...LIES, ...TRAPS]) {
  test(`${code}: ${says.source}`, () => {
    try {
      checkedAllocator(allocator, './mine.js').place(EACH.problem, new Resources(EACH));
    } catch (error) {
      assert.instance(error, AllocatorError);
      const { message, code: found, ends } = error as AllocatorError;
      assert.is(found, code, message);
      assert.ok(message.startsWith('allocator ./mine.js '), message);
      assert.match(message, says);
      assert.is(ends, 'bad-input');
      assert.not.match(message, /\n/);
      return;
    }
    assert.unreachable();
  });
}

test('memories of one RPB have to fit together, whatever their passes', () => {
  const each = instanceOf(1, 2, [row({ buckets: 8 }), row({ buckets: 8 })], [9], [[8, 4]]);
  assert.throws(
    () => checkedAllocator(placed(1, 2)).place(each.problem, new Resources(each)),
    /breaks the rule that memories .*RPB 1 has no room for memories of 8 \+ 8 buckets/,
  );
});

test('a result that keeps the rules is passed on unchanged, also a shortage', () => {
  const free = new Resources(EACH);
  assert.equal(checkedAllocator(placed(1, 2, 4)).place(EACH.problem, free), { kind: 'placed', placement: [1, 2, 4] });
  const shortage = { kind: 'doesNotFit', shortage: { row: 1, cause: 'memory' } };
  assert.equal(checkedAllocator(answering(shortage)).place(EACH.problem, free), shortage);
  assert.is(checkedAllocator({ ...placed(1), isSlow: true }).isSlow, true);
});

const SMALL = {
  rpbs: { min: 1, max: 4 },
  passes: { min: 1, max: 3 },
  rows: { min: 0, max: 5 },
  entriesPerRow: 3,
  freeEntries: { min: 1, max: 8 },
  forbiddenPercent: 20,
  unlinkedWeight: 3,
};

test('on random placements the rules agree with a second implementation', () => {
  let [kept, broken] = [0, 0];
  const draws = fc.tuple(instances(SMALL), fc.array(fc.integer({ min: 0, max: 13 }), { maxLength: 6 }), fc.boolean());
  fc.assert(
    fc.property(draws, ([each, drawn, isSorted]) => {
      const { rows } = each.problem;
      const distinct = [...new Set(drawn)].sort((a, b) => a - b).slice(0, rows.length);
      const placement = isSorted ? distinct : drawn;
      const found = brokenRule({ ...each.problem, tree: chain(rows) }, placement, new Resources(each));
      assert.is(found === undefined, isSound(placement, each), found?.message);
      if (found === undefined) kept++;
      else broken++;
    }),
    { ...PROPERTY, numRuns: cases(2000) },
  );
  assert.ok(kept > 20 && broken > 100, `${kept} kept, ${broken} broken`);
});

test('an unknown allocator is checked when a program is linked, and a refusal leaves the state unchanged', () => {
  const plane = defaultDataPlane();
  const program = checkedProgram('@m 16\nprogram p(<hdr.ipv4.dst, 1, 0xff>) { LOADI(mar, 3); MEMADD(m); FORWARD(1); }');
  const lowered = lower(program, plane, 1);
  const state = new SwitchState(plane);
  const before = JSON.stringify(state.snapshot());
  const all: PlacementProblem[] = [];
  const liar: Allocator = {
    ...priceAllocator(),
    name: 'liar',
    place(problem) {
      all.push(problem);
      return { kind: 'placed', placement: problem.rows.map(() => 1) };
    },
  };
  assert.throws(
    () => link(lowered, state, '', { allocator: liar, filterPriority: 0 }),
    (error: unknown) => error instanceof AllocatorError && error.code === 'order',
  );
  assert.ok(Object.isFrozen(all[0]?.rows[0]));
  assert.is(JSON.stringify(state.snapshot()), before);
  const same = link(lowered, state, '', { allocator: { ...priceAllocator() }, filterPriority: 0 });
  assert.equal(same, link(lowered, state, ''), 'an honest one gets what the same one gets unguarded');
});

test('a thrown error is reported in one line with its position in the module', () => {
  const error = new Error('no luck\nmore');
  error.stack = 'Error: no luck\n    at place (file:///home/me/mine.js:12:5)\n    at file:///home/me/other.js:1:1';
  assert.is(thrownText(error), 'Error: no luck (mine.js:12)');
  assert.is(thrownText('words'), "'words', which is no Error");
  assert.is(thrownText(undefined), 'undefined, which is no Error');
});

test.run();
