/** Mutants of ActiveRMT programs: how many there are, and what holds for each. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActiveProgram } from '../../../bench/peers/activermt/active-program.js';
import { passEnd, stageOf } from '../../../bench/peers/activermt/active-switch.js';
import { enumerateMutants, enumeratingSource, rememberingSource } from '../../../bench/peers/activermt/mutants.js';
import {
  CACHE_READ,
  CHEETAH,
  comparedProgram,
  FREQUENT_ITEMS,
} from '../../../bench/peers/activermt/published-programs.js';

const SHIFTED: ActiveProgram = {
  length: 11,
  accesses: [1, 4, 8].map((position) => ({ position, blocks: 1 })),
  ingressLimit: 7,
};

const last = (program: ActiveProgram, mutation: 'mc' | 'lc') =>
  enumerateMutants(program, mutation).mutants.at(-1)?.positions;

test('positions after the last stage recirculate into egress', () => {
  assert.equal([0, 9, 10, 19, 20, 25, 29, 30, 37].map(stageOf), [0, 9, 10, 19, 10, 15, 19, 10, 17]);
  assert.equal([1, 20, 21, 30, 31].map(passEnd), [20, 20, 30, 30, 40]);
});

test('numbers of vectors and of mutants, most and least constrained', () => {
  const vectors: readonly (readonly [ActiveProgram, readonly number[]])[] = [
    [CACHE_READ, [52, 52, 1540, 1429]],
    [SHIFTED, [46, 46, 1330, 1226]],
    [CHEETAH, [1, 1, 715, 616]],
    [FREQUENT_ITEMS, [1, 1, 8008, 557]],
  ];
  for (const [program, expected] of vectors) {
    const [mc, lc] = [enumerateMutants(program, 'mc'), enumerateMutants(program, 'lc')];
    assert.equal([mc.vectors, mc.mutants.length, lc.vectors, lc.mutants.length], expected);
  }
  assert.equal(last(CACHE_READ, 'mc'), [2, 5, 16]);
  assert.equal(last(CACHE_READ, 'lc'), [19, 22, 26]);
  assert.equal(last(FREQUENT_ITEMS, 'lc'), [16, 22, 25, 30, 35, 37]);
});

test('least constrained mutants contain the most constrained ones, and are more', () => {
  for (const program of [CACHE_READ, SHIFTED, CHEETAH, FREQUENT_ITEMS]) {
    const of = (mutation: 'mc' | 'lc') =>
      enumerateMutants(program, mutation).mutants.map(({ positions }) => positions.join());
    const [mc, lc] = [of('mc'), new Set(of('lc'))];
    assert.ok(mc.length < lc.size);
    assert.equal(
      mc.filter((each) => !lc.has(each)),
      [],
    );
  }
});

test('mutants are in lexicographic order, from the program as it is; gaps do not shrink', () => {
  const starts = FREQUENT_ITEMS.accesses.map(({ position }) => position);
  const { mutants } = enumerateMutants(FREQUENT_ITEMS, 'lc');
  assert.equal(mutants[0]?.positions, starts);
  const keys = mutants.map(({ positions }) => String.fromCharCode(...positions));
  assert.equal(keys, [...keys].sort());
  for (const { positions } of mutants) {
    const nops = positions.map((position, k) => position - Number(starts[k]));
    assert.equal(
      nops,
      [...nops].sort((a, b) => a - b),
    );
  }
});

test('accesses to one cell share a stage in each mutant, and no others do', () => {
  for (const { positions, stages } of enumerateMutants(FREQUENT_ITEMS, 'lc').mutants) {
    const all = positions.map(stageOf);
    assert.is(all[2], all[4]);
    assert.equal(stages, [all[0], all[1], all[2], all[3], all[5]]);
    assert.is(new Set(stages).size, 5);
  }
});

test('the instruction that is bound to ingress stays there, most constrained', () => {
  const limit = Number(CACHE_READ.ingressLimit);
  const { mutants } = enumerateMutants(CACHE_READ, 'mc');
  const nopsBefore = mutants.map(({ positions }) => Number(positions[1]) - 3);
  assert.is(Math.max(...nopsBefore) + limit, 9);
});

test('a source that remembers gives equal programs one list', () => {
  let calls = 0;
  const source = rememberingSource((program) => {
    calls++;
    return enumeratingSource('mc')(program);
  });
  assert.is(source(CACHE_READ), source({ ...CACHE_READ }));
  assert.is(source(CACHE_READ).length, 52);
  source(SHIFTED);
  assert.is(calls, 2);
});

test('malformed programs are refused with a reason', () => {
  const access = (position: number, blocks = 1) => ({ position, blocks });
  const faults: readonly (readonly [ActiveProgram['accesses'], RegExp])[] = [
    [[], /accesses no memory/],
    [[access(30)], /position 30 is none of its 30 instructions/],
    [[access(4), access(4)], /do not increase/],
    [[access(4, 0)], /0 is no number of blocks/],
    [[access(15, 2), access(25, 3)], /stage 15 have different demands/],
  ];
  for (const [accesses, message] of faults)
    assert.throws(() => enumerateMutants({ length: 30, accesses, ingressLimit: null }, 'mc'), message);
});

test('bytes of a comparison become blocks, two at least; a cache stays elastic', () => {
  const demand = (blocks: number, memoryBytes: number) =>
    comparedProgram('lb', { memoryBytes, words: 2 ** 16, blocks }).accesses.map((access) => access.blocks);
  assert.equal(demand(256, 1024), [2, 2, 2, 2]);
  assert.equal(demand(256, 4096), [4, 4, 4, 4]);
  assert.equal(demand(368, 4096), [6, 6, 6, 6]);
  const cache = comparedProgram('cache', { memoryBytes: 4096, words: 2 ** 16, blocks: 256 });
  assert.equal(cache, CACHE_READ);
  const longer = { lengths: { cache: 11, lb: 19, hh: 29 }, leastInelastic: 3 };
  const lb = comparedProgram('lb', { memoryBytes: 4, words: 2 ** 16, blocks: 256 }, longer);
  assert.equal([lb.length, lb.accesses[0]?.blocks], [19, 3]);
});

test.run();
