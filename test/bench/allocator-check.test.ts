/** `bench allocator check`: problems that a seed determines, rules that are broken, and the smallest problem that shows it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AllocatorCheck, checkAllocator } from '../../bench/measure/allocators/check-allocator.js';
import { caseText, problemOf, resourcesOf, smallerCases } from '../../bench/measure/allocators/placement-case.js';
import { crowdedProblems, randomCase, randomProblems } from '../../bench/measure/allocators/random-cases.js';
import {
  type Allocator,
  type AllocatorFault,
  brokenRule,
  f1,
  greedyAllocator,
  priceAllocator,
  searchCompletely,
} from '../../compiler/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { testRefusals, type, withFolder } from '../command-line.js';
import { cases } from '../tiers.js';

const checkOf = (allocator: Allocator, problems = 40, others: readonly Allocator[] = []): Promise<AllocatorCheck> =>
  checkAllocator({
    checked: { label: allocator.name, allocator },
    others: others.map((other) => ({ label: other.name, allocator: other })),
    problems,
    seed: 'test',
    call: (_, run) => run(),
    clock: () => 0,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });

test('random cases are problems: links name earlier first rows, and a seed gives the same again', () => {
  for (let n = 0; n < cases(100); n++) {
    const each = randomCase(`case ${n}`);
    assert.equal(each, randomCase(`case ${n}`));
    for (const smaller of [each, ...smallerCases(each)]) {
      const { rows, tree, logicalRpbs } = problemOf(smaller);
      assert.is(resourcesOf(smaller).entries.length, smaller.rpbs);
      assert.is(logicalRpbs, smaller.rpbs * smaller.passes);
      for (const [i, { link, allowed }] of rows.entries()) {
        assert.is(allowed.length, smaller.rpbs);
        assert.ok(link < i, `row ${i + 1} of ${caseText(smaller).join('\n')}`);
        if (link >= 0) assert.is(rows[link]?.link, -1);
        assert.is(tree[i]?.after, i - 1);
      }
    }
  }
});

test('of the random problems, some have a placement and some have none', async () => {
  const found = { placed: 0, none: 0, undecided: 0 };
  const crowded = [];
  for await (const posed of crowdedProblems('test', 60)) crowded.push(posed.origin);
  assert.ok(
    crowded.some((origin) => /on data plane tofino1 with [1-9]/.test(origin)),
    crowded.join('\n'),
  );
  for (const { problem, free } of randomProblems('test', 200)) {
    const { kind } = searchCompletely(problem, free);
    found[kind]++;
  }
  assert.ok(found.placed > 50 && found.none > 20, JSON.stringify(found));
});

test('built-in allocators keep the rules', async () => {
  const check = await checkOf(priceAllocator(), 40, [greedyAllocator(f1())]);
  assert.is(check.broken, null);
  assert.ok(check.problems > 40, 'also on crowded switches');
  assert.is(check.possible + check.impossible + check.undecided, check.problems);
  const [price, greedy] = check.scores;
  assert.ok((price?.placed ?? 0) >= (greedy?.placed ?? 0) && (greedy?.placed ?? 0) > 20, JSON.stringify(check.scores));
  assert.equal(await checkOf(priceAllocator(), 40, [greedyAllocator(f1())]), check);
});

/** An allocator of ours with something wrong. */
const spoiled = (spoil: (placement: number[]) => number[]): Allocator => ({
  name: 'spoiled',
  place(problem, free) {
    const result = greedyAllocator(f1()).place(problem, free);
    return result.kind === 'placed' ? { ...result, placement: spoil([...result.placement]) } : result;
  },
});

const FAULTS: readonly (readonly [AllocatorFault, rows: number, Allocator])[] = [
  ['a-place-each', 1, spoiled((placement) => placement.slice(1))],
  ['in-range', 1, spoiled((placement) => placement.map((x) => x + 1000))],
  ['order', 2, spoiled((placement) => placement.reverse())],
  ['promise', 1, { name: 'late', place: (async () => ({})) as never }],
  [
    'threw',
    3,
    spoiled((placement) => {
      if (placement.length > 2) throw new Error('three are too many');
      return placement;
    }),
  ],
];

for (const [code, rows, allocator] of FAULTS) {
  test(`${code} is found, and cut down to ${rows === 1 ? 'one row' : `${rows} rows`}`, async () => {
    const { broken, scores } = await checkOf(allocator);
    assert.is(broken?.code, code, broken?.message);
    assert.is(broken?.smallest?.rows.length, rows, broken?.text.join('\n'));
    assert.match(broken?.text.join('\n') ?? '', new RegExp(`^ {2}row ${rows}: `, 'm'));
    assert.is(scores[0]?.label, allocator.name);
  });
}

for (const every of [2, 7]) {
  test(`an allocator that answers each ${every}th question differently is refused, with answers to the smallest problem`, async () => {
    let n = 0;
    const wavering: Allocator = {
      name: 'wavering',
      place: (problem, free) =>
        (n++ % every === 0 ? priceAllocator() : spoiled((placement) => placement)).place(problem, free),
    };
    const { broken } = await checkOf(wavering, 200);
    assert.is(broken?.code, 'not-determined', broken?.message);
    assert.match(broken?.message ?? '', /gives two answers to one problem: [\d ]+ and [\d ]+$/);
    const answers = broken?.message.split(': ')[1]?.split(' and ') ?? [];
    const rows = broken?.smallest?.rows.length;
    assert.equal(
      answers.map((answer) => answer.split(' ').length),
      [rows, rows],
      broken?.message,
    );
  });
}

test('a rule that only crowded switches show is found there', async () => {
  const blind: Allocator = {
    name: 'blind',
    place(problem, free) {
      const open = { ...free, entries: free.totalEntries, fitsMemory: () => true };
      return greedyAllocator(f1()).place(problem, open);
    },
  };
  const { broken } = await checkOf(blind, 60);
  assert.ok(broken?.code === 'memory' || broken?.code === 'entries', broken?.message);
  for await (const { problem, free } of crowdedProblems('test', 3)) {
    assert.is(brokenRule({ ...problem, tree: [] }, [], free), undefined);
  }
});

const OWN = packageFile('docs', 'examples', 'own-allocator.mjs');
const small = ['--problems', '20', '--workloads', 'calc', '--others', 'f1'];

test('the command compares the allocator of the examples with ours, as text and as JSON', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('bench', ['allocator', 'check', OWN, ...small], { folder });
    assert.is(status, 0, stderr);
    assert.match(stdout, /^own-allocator\.mjs keeps the rules of placement on \d+ problems \(seed 1\)$/m);
    assert.match(stdout, /^of them \d+ have a placement, \d+ have none$/m);
    assert.match(stdout, /^own-allocator\.mjs +\d+ +[\d.]+ % +[\d.]+ {2}[\d.]+ × f1$/m);
    assert.match(stdout, /^calc +own-allocator\.mjs +– +[\d,]+ +2,503/m);
    assert.match(stdout, /^calc +f1 +– +2,039 +2,503/m);
    const few = ['--problems', '5', '--workloads', 'nc', '--others', 'f1'];
    const json = await type('bench', ['allocator', 'check', OWN, ...few, '--json'], { folder });
    const document = JSON.parse(json.stdout) as AllocatorCheck & { readonly schema: string; capacities: unknown[] };
    assert.is(document.schema, 'p4runpro-bench/allocator-check@1');
    assert.is(document.scores.length, 2);
    assert.is(document.capacities.length, 2);
  }));

test('a broken rule ends the command with status 1, and with the smallest problem', () =>
  withFolder(async (folder) => {
    const text =
      "export default { name: 'n', place: ({ rows }) => ({ kind: 'placed', placement: rows.map(() => 1) }) };";
    writeFileSync(join(folder, 'mine.mjs'), text);
    const { status, stdout, stderr } = await type('bench', ['allocator', 'check', './mine.mjs', ...small], { folder });
    assert.is(status, 1);
    assert.match(stderr, /^bench: allocator mine\.mjs breaks the rule that /);
    assert.match(stdout, /^mine\.mjs breaks a rule of placement: /);
    assert.match(stdout, /the smallest problem that shows it:\n {2}1 RPB, 1 pass\n {4}RPB 1: /);
  }));

await testRefusals('bench', [
  { args: ['allocator'], says: /after bench allocator: it takes check; see bench allocator --help/ },
  { args: ['allocator', 'check'], says: /./ },
  { args: ['allocator', 'check', 'best'], says: /there is no allocator 'best'/ },
  { args: ['allocator', 'check', './no.mjs'], says: /\.\/no\.mjs: no such file/ },
  { args: ['allocator', 'check', 'f1', '--problems', '0'], says: /--problems takes a whole number from 1/ },
  { args: ['allocator', 'check', 'f1', '--others', 'x'], says: /there is no allocator 'x'/ },
]);

test.run();
