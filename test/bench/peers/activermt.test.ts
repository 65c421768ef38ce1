/** The allocator of ActiveRMT: its checks by hand, and both kinds of books under random churn. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActiveProgram } from '../../../bench/peers/activermt/active-program.js';
import { ActiveRmt, type ActiveRmtOptions, BOOKS, COMPARED_SETTING } from '../../../bench/peers/activermt/activermt.js';
import {
  FITS,
  fillPrice,
  HOLE_RULES,
  hasRoom,
  reallocationPrice,
} from '../../../bench/peers/activermt/mutant-choice.js';
import { enumeratingSource, rememberingSource } from '../../../bench/peers/activermt/mutants.js';
import { CACHE_READ, CHEETAH, FREQUENT_ITEMS } from '../../../bench/peers/activermt/published-programs.js';
import { HOLE_JOINS } from '../../../bench/peers/activermt/stage-books.js';
import { jainIndex } from '../../../bench/peers/fairness.js';
import { type Holding, utilizationOf } from '../../../bench/peers/peer-allocator.js';
import { cases } from '../../tiers.js';

/** A program with one mutant in `mc`: it takes all instructions of its pass. */
const fixed = (blocks: number, ...positions: number[]): ActiveProgram => ({
  length: 20,
  accesses: positions.map((position) => ({ position, blocks })),
  ingressLimit: null,
});

const both = (options: Partial<ActiveRmtOptions>): ActiveRmt[] =>
  BOOKS.map((books) => new ActiveRmt({ ...COMPARED_SETTING, mutants: enumeratingSource('mc'), ...options, books }));

const rangesOf = (peer: ActiveRmt, id: number) =>
  peer.holdings().flatMap((each) => (each.id === id ? [[each.array, each.start, each.length]] : []));

/** Admits a program that fits, and gives what moved. */
function admitted(peer: ActiveRmt, id: number, program: ActiveProgram) {
  const answer = peer.admit({ id, program });
  assert.is(answer.kind, 'admitted', `program ${id}`);
  return answer.kind === 'admitted' ? answer.reallocated.map((each) => [each.id, each.array]) : [];
}

test('an elastic program that is alone has all blocks of its stages', () => {
  for (const peer of both({ blocks: 368 })) {
    admitted(peer, 0, CACHE_READ);
    assert.equal(
      rangesOf(peer, 0),
      [0, 3, 7].map((stage) => [stage, 0, 368]),
    );
    assert.is(utilizationOf(peer), 3 / 20);
  }
});

test('as many elastic programs of one mutant as blocks fit a stage, and one more does not', () => {
  for (const peer of both({ blocks: 5 })) {
    for (let id = 0; id < 5; id++) admitted(peer, id, fixed(1, 2, 5));
    assert.equal(
      peer.holdings().map(({ id, length }) => [id, length]),
      [0, 1, 2, 3, 4, 0, 1, 2, 3, 4].map((id) => [id, 1]),
    );
    assert.equal(peer.admit({ id: 5, program: fixed(1, 2, 5) }), { kind: 'refused', missing: 'memory' });
    assert.is(peer.admit({ id: 5, program: fixed(1, 2, 6) }).kind, 'refused');
    assert.is(peer.admit({ id: 5, program: fixed(1, 3, 6) }).kind, 'admitted');
  }
});

test('elastic blocks are dealt out in turns in order of ids; who moves or shrinks is reallocated', () => {
  for (const peer of both({ blocks: 10 })) {
    assert.equal(admitted(peer, 4, fixed(1, 2)), []);
    assert.equal(admitted(peer, 2, fixed(1, 2)), [[4, 2]]);
    assert.equal(admitted(peer, 9, fixed(1, 2)), [
      [2, 2],
      [4, 2],
    ]);
    assert.equal(
      [2, 4, 9].map((id) => rangesOf(peer, id)),
      [[[2, 0, 4]], [[2, 4, 3]], [[2, 7, 3]]],
    );
    // Neighbours grow only at the next arrival, in any stage.
    peer.release(9);
    assert.is(utilizationOf(peer), 7 / 200);
    assert.equal(admitted(peer, 1, fixed(1, 3)), [[4, 2]]);
    assert.equal(rangesOf(peer, 2), [[2, 0, 5]]);
    // The first one keeps its blocks.
    assert.equal(admitted(peer, 0, fixed(5, 8)), []);
  }
});

test('inelastic memory lies below elastic memory, and moves it up', () => {
  for (const peer of both({ blocks: 10 })) {
    admitted(peer, 0, fixed(1, 2));
    assert.equal(admitted(peer, 1, fixed(3, 2)), [[0, 2]]);
    assert.equal(
      peer.holdings().map(({ id, start, length }) => [id, start, length]),
      [
        [1, 0, 3],
        [0, 3, 7],
      ],
    );
    assert.is(peer.admit({ id: 2, program: fixed(7, 2) }).kind, 'refused');
    admitted(peer, 2, fixed(6, 2));
    assert.is(peer.admit({ id: 3, program: fixed(1, 2) }).kind, 'refused');
  }
});

test('a newcomer takes the start of the largest hole that departures left', () => {
  for (const peer of both({ blocks: 20 })) {
    [3, 2, 4, 2, 3].forEach((blocks, id) => {
      admitted(peer, id, fixed(blocks, 2));
    });
    peer.release(0);
    peer.release(2);
    admitted(peer, 5, fixed(2, 2));
    assert.equal(rangesOf(peer, 5), [[2, 5, 2]]);
    admitted(peer, 6, fixed(3, 2));
    assert.equal(rangesOf(peer, 6), [[2, 0, 3]]);
    // Neither hole has room, so the offset moves up.
    admitted(peer, 7, fixed(3, 2));
    assert.equal(rangesOf(peer, 7), [[2, 14, 3]]);
  }
});

test('holes that are neighbours are one at the next arrival in their stage, or at once', () => {
  for (const join of HOLE_JOINS) {
    for (const peer of both({ blocks: 6, join })) {
      [2, 2, 2].forEach((blocks, id) => {
        admitted(peer, id, fixed(blocks, 2));
      });
      peer.release(0);
      peer.release(1);
      assert.is(peer.admit({ id: 3, program: fixed(4, 2) }).kind, join === 'at-once' ? 'admitted' : 'refused');
      if (join === 'at-once') continue;
      admitted(peer, 4, fixed(2, 2));
      peer.release(4);
      assert.is(peer.admit({ id: 3, program: fixed(4, 2) }).kind, 'refused');
    }
  }
});

test('the last inelastic run lowers the offset when it leaves', () => {
  for (const peer of both({ blocks: 10 })) {
    admitted(peer, 0, fixed(4, 2));
    admitted(peer, 1, fixed(4, 2));
    admitted(peer, 2, fixed(1, 2));
    peer.release(1);
    admitted(peer, 3, fixed(1, 2));
    assert.equal(
      peer.holdings().map(({ id, start, length }) => [id, start, length]),
      [
        [0, 0, 4],
        [2, 4, 3],
        [3, 7, 3],
      ],
    );
  }
});

test('what admits a newcomer to a stage', () => {
  const state = { elastic: 3, offset: 10, leastDemand: 9, largestHole: 4 };
  const room = (demand: number, holes: 'any' | 'strict', more = {}) =>
    hasRoom({ ...state, ...more }, 16, demand, holes);
  assert.equal([room(1, 'any'), room(1, 'any', { elastic: 6 })], [true, false]);
  assert.equal([room(3, 'strict'), room(4, 'strict'), room(4, 'any'), room(5, 'any')], [true, false, true, false]);
  // A hole that is larger than the elastic region of 3 blocks counts for both.
  assert.ok(room(4, 'strict', { offset: 13, leastDemand: 8 }));
  assert.not.ok(room(4, 'any', { leastDemand: 13 }));
});

test('prices of a stage', () => {
  const state = { elastic: 3, offset: 6, leastDemand: 8, largestHole: 1 };
  assert.is(fillPrice(state, 16, 1), 4.8);
  assert.is(fillPrice(state, 16, 4), 12);
  // 16 blocks less 5: shares are 4, 4, 3 and become 3, 3, 3, 2.
  assert.is(reallocationPrice(state, 16, 1), 3);
  // 3 of 7 programs have two of 10 blocks, 2 of 8 have.
  assert.is(reallocationPrice({ ...state, elastic: 7, leastDemand: 13 }, 16, 1), 5);
  assert.is(reallocationPrice(state, 16, 4), 3);
  assert.is(reallocationPrice({ ...state, elastic: 0, leastDemand: 5 }, 16, 1), 0);
});

test('worst, best and first fit take the least, the greatest and the first price', () => {
  const stages = (fit: ActiveRmtOptions['fit'], books: ActiveRmtOptions['books']) => {
    const peer = new ActiveRmt({ ...COMPARED_SETTING, mutants: enumeratingSource('mc'), blocks: 16, fit, books });
    // One access, anywhere from stage 4 to 8.
    const program: ActiveProgram = { length: 15, accesses: [{ position: 4, blocks: 2 }], ingressLimit: null };
    admitted(peer, 0, fixed(4, 4));
    admitted(peer, 1, fixed(1, 4, 5));
    admitted(peer, 2, fixed(6, 6));
    admitted(peer, 3, program);
    return rangesOf(peer, 3)[0]?.[0];
  };
  for (const books of BOOKS)
    assert.equal(
      FITS.map((fit) => [fit, stages(fit, books)]),
      [
        ['worst', 7],
        ['best', 6],
        ['first', 4],
        ['realloc', 6],
      ],
    );
});

test('with caches alone, the stages in use are full from the first arrival on', () => {
  const peer = new ActiveRmt({ ...COMPARED_SETTING, mutants: rememberingSource(enumeratingSource('lc')) });
  const used = Array.from({ length: 12 }, (_, id) => {
    admitted(peer, id, CACHE_READ);
    const stages = new Set(peer.holdings().map(({ array }) => array)).size;
    assert.is(utilizationOf(peer), stages / 20);
    return stages;
  });
  assert.equal(used, [3, 6, 9, 12, 15, 18, 19, 20, 20, 20, 20, 20]);
});

test("Jain's index of fairness", () => {
  assert.is(jainIndex([]), 1);
  assert.is(jainIndex([2, 2, 2]), 1);
  assert.is(jainIndex([4, 0, 0, 0]), 0.25);
});

test('ids are held once, and released once', () => {
  for (const peer of both({})) {
    admitted(peer, 0, CACHE_READ);
    assert.throws(() => peer.admit({ id: 0, program: CACHE_READ }), 'program 0 is held already');
    peer.release(0);
    assert.throws(() => peer.release(0), 'program 0 is not held');
    assert.equal(peer.holdings(), []);
  }
  assert.throws(() => both({ blocks: 0 }), 'cannot have 0 blocks');
});

type Answer = ReturnType<ActiveRmt['admit']> | undefined;

interface Step {
  /** A program that arrives, or the number of a held one that leaves. */
  readonly arrives: ActiveProgram | null;
  readonly leaves: number;
}

const programArbitrary = fc
  .record({
    kind: fc.constantFrom(CACHE_READ, CHEETAH, FREQUENT_ITEMS, fixed(1, 3, 9), fixed(1, 9, 14)),
    blocks: fc.constantFrom(1, 1, 2, 3, 5),
  })
  .map(({ kind, blocks }) => ({ ...kind, accesses: kind.accesses.map(({ position }) => ({ position, blocks })) }));

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  arrives: fc.option(programArbitrary, { freq: 3 }),
  leaves: fc.nat(),
});

const MC = rememberingSource(enumeratingSource('mc'));
const LC = rememberingSource(enumeratingSource('lc'));

const churnArbitrary = fc.record({
  steps: fc.array(stepArbitrary, { maxLength: 60, size: 'max' }),
  options: fc.record({
    blocks: fc.integer({ min: 1, max: 24 }),
    fit: fc.constantFrom(...FITS),
    holes: fc.constantFrom(...HOLE_RULES),
    join: fc.constantFrom(...HOLE_JOINS),
    mutants: fc.constantFrom(MC, MC, LC),
  }),
});

/** Runs steps on allocators, and calls a check after each with the programs held. */
function churn(
  peers: readonly ActiveRmt[],
  steps: readonly Step[],
  check: (held: ReadonlyMap<number, ActiveProgram>, answers: readonly Answer[]) => void,
): void {
  const held = new Map<number, ActiveProgram>();
  steps.forEach(({ arrives, leaves }, step) => {
    // Ids that do not grow with the arrivals.
    const id = (step * 37) % 101;
    const leaving = [...held.keys()][leaves % Math.max(1, held.size)];
    const answers = peers.map((peer): Answer => {
      if (arrives !== null) return peer.admit({ id, program: arrives });
      if (leaving !== undefined) peer.release(leaving);
      return undefined;
    });
    const [first] = answers;
    if (first !== undefined && first.kind === 'admitted' && arrives !== null) held.set(id, arrives);
    if (arrives === null && leaving !== undefined) held.delete(leaving);
    check(held, answers);
  });
}

test('block matrix and intervals give equal answers and equal memory under churn', () => {
  let [admissions, refusals, moves] = [0, 0, 0];
  fc.assert(
    fc.property(churnArbitrary, ({ steps, options }) => {
      const peers = both(options);
      churn(peers, steps, (_, answers) => {
        assert.equal(answers[0], answers[1]);
        assert.equal(peers[0]?.holdings(), peers[1]?.holdings());
        const text = JSON.stringify(answers[0] ?? null);
        if (text.includes('refused')) refusals++;
        if (text.includes('admitted')) admissions++;
        if (/"reallocated":\[\{/.test(text)) moves++;
      });
    }),
    { seed: 1, numRuns: cases(60) },
  );
  // The churn reaches what it is about.
  assert.ok(Math.min(admissions, refusals, moves) > 100, `${admissions} ${refusals} ${moves}`);
});

/** Ranges of inelastic programs. */
const inelastic = (holdings: readonly Holding[], held: ReadonlyMap<number, ActiveProgram>) =>
  new Map<string, string>(
    holdings.flatMap(({ id, array, start, length }) =>
      held.get(id)?.accesses[0]?.blocks === 1 ? [] : [[`${id} in ${array}`, `${start}+${length}`] as const],
    ),
  );

test('under churn nothing overlaps and nothing is lost, and inelastic memory never moves', () => {
  fc.assert(
    fc.property(churnArbitrary, ({ steps, options }) => {
      const peer = new ActiveRmt({ ...options, books: 'runs' });
      let before = new Map<string, string>();
      churn([peer], steps, (held, [answer]) => {
        const holdings = peer.holdings();
        const after = inelastic(holdings, held);
        for (const [place, range] of before) if (after.has(place)) assert.is(after.get(place), range);
        before = after;
        for (const [id, program] of held) checkRuns(holdings, id, program);
        for (let i = 0; i < holdings.length; i++) {
          const [range, next] = [holdings[i], holdings[i + 1]];
          assert.ok(range !== undefined && range.length > 0 && range.start + range.length <= options.blocks);
          if (next?.array === range.array) assert.ok(range.start + range.length <= next.start, 'two ranges overlap');
        }
        if (answer?.kind === 'admitted') checkSharing(holdings, held, options.blocks);
      });
      for (const id of new Set(peer.holdings().map((each) => each.id))) peer.release(id);
      assert.equal(peer.holdings(), []);
    }),
    { seed: 2, numRuns: cases(60) },
  );
});

/** A program has one run in each of its stages, of the size that it demands. */
function checkRuns(holdings: readonly Holding[], id: number, program: ActiveProgram): void {
  const own = holdings.filter((each) => each.id === id);
  const stages = new Set(program.accesses.map(({ position }) => (position < 20 ? position : position - 10)));
  assert.is(own.length, stages.size);
  assert.is(new Set(own.map(({ array }) => array)).size, own.length);
  const blocks = program.accesses[0]?.blocks;
  if (blocks !== 1) for (const { length } of own) assert.is(length, blocks);
}

/** After an arrival, elastic shares of a stage differ by one block at most, and fill what lies above inelastic memory. */
function checkSharing(holdings: readonly Holding[], held: ReadonlyMap<number, ActiveProgram>, blocks: number): void {
  for (let stage = 0; stage < 20; stage++) {
    const own = holdings.filter(({ array }) => array === stage);
    const sharing = own.filter(({ id }) => held.get(id)?.accesses[0]?.blocks === 1);
    if (sharing.length === 0) continue;
    assert.equal(own.slice(own.length - sharing.length), sharing);
    const lengths = sharing.map(({ length }) => length);
    assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 1, 'shares differ');
    const ids = sharing.map(({ id }) => id);
    assert.equal(
      ids,
      [...ids].sort((a, b) => a - b),
    );
    const first = sharing[0];
    assert.is(
      lengths.reduce((sum, length) => sum + length, 0),
      blocks - Number(first?.start),
      'a block above the offset is lost',
    );
  }
}

test.run();
