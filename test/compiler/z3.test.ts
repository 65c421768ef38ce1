/**
 * Z3 as the oracle: on random instances it and the greedy reach the same optimum, or both find no placement.
 * A nightly run takes more instances: see test/README.md.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Allocator,
  chainOf,
  defaultDataPlane,
  f1,
  f2,
  f3,
  greedyAllocator,
  hierarchical,
  lower,
  type PaperObjective,
  SwitchState,
  searchCompletely,
  smtModel,
  z3Allocator,
} from '../../compiler/index.js';
import { cases, isNightly } from '../tiers.js';
import {
  costOf,
  FREE,
  type Instance,
  type InstanceSize,
  instanceOf,
  instances,
  isSound,
  Resources,
} from './placement-instances.js';
import { assertGolden, checkedProgram, PROPERTY, sampleSource, testPath } from './support.js';

const INSTANCES = cases(60);

const OBJECTIVES: readonly PaperObjective[] = [f1(), f1(0.5, 0.5), f1(1, 0.05), f1(3, 7), f2, f3, hierarchical];

const SIZES: readonly (readonly [name: string, share: number, size: InstanceSize])[] = [
  [
    'small and scarce',
    0.5,
    {
      rpbs: { min: 2, max: 5 },
      passes: { min: 1, max: 4 },
      rows: { min: 1, max: 8 },
      entriesPerRow: 3,
      freeEntries: { min: 1, max: 6 },
      forbiddenPercent: 20,
      unlinkedWeight: 8,
    },
  ],
  [
    'middling',
    0.3,
    {
      rpbs: { min: 5, max: 12 },
      passes: { min: 1, max: 3 },
      rows: { min: 3, max: 18 },
      entriesPerRow: 4,
      freeEntries: { min: 2, max: 9 },
      forbiddenPercent: 10,
      unlinkedWeight: 40,
    },
  ],
  [
    'as large as the paper',
    0.2,
    {
      rpbs: { min: 22, max: 22 },
      passes: { min: 1, max: 2 },
      rows: { min: 8, max: 33 },
      entriesPerRow: 5,
      freeEntries: { min: 3, max: 14 },
      forbiddenPercent: 10,
      unlinkedWeight: 60,
    },
  ],
];

interface Tally {
  /** By the complete search, which its bound may end. */
  decided: number;
  placed: number;
  refused: number;
}

/** The cost of what an allocator finds, infinite for nothing; what it finds must be sound. */
function foundCost(allocator: Allocator, each: Instance, objective: PaperObjective): number {
  const result = allocator.place(each.problem, new Resources(each));
  if (result.kind === 'doesNotFit') return Number.POSITIVE_INFINITY;
  assert.ok(isSound(result.placement, each), `${allocator.name}, ${objective.name}, unsound: ${result.placement}`);
  return costOf(objective, result.placement);
}

function compare(each: Instance, objective: PaperObjective, tally: Tally): void {
  const greedy = foundCost(greedyAllocator(objective), each, objective);
  const optimum = foundCost(z3Allocator(objective), each, objective);
  const isEqual = greedy === optimum || Math.abs(greedy - optimum) < 1e-9;
  assert.ok(isEqual, `${objective.name}: the greedy's ${greedy}, the optimum ${optimum}`);
  const complete = searchCompletely(each.problem, new Resources(each));
  if (complete.kind !== 'undecided') {
    assert.is(complete.kind, optimum === Number.POSITIVE_INFINITY ? 'none' : 'placed', 'the complete search');
    tally.decided++;
  }
  if (complete.kind === 'placed') assert.ok(isSound(complete.placement, each), `unsound: ${complete.placement}`);
  if (optimum === Number.POSITIVE_INFINITY) tally.refused++;
  else tally.placed++;
}

for (const [name, share, size] of SIZES) {
  test(`instances ${name}: the greedy is as good as Z3`, () => {
    const tally: Tally = { placed: 0, refused: 0, decided: 0 };
    let next = 0;
    fc.assert(
      fc.property(instances(size), (each) => {
        // A long run asks each instance for every objective, a short one for one after another.
        const asked = isNightly ? OBJECTIVES : [OBJECTIVES[next++ % OBJECTIVES.length] ?? f2];
        for (const objective of asked) compare(each, objective, tally);
      }),
      { ...PROPERTY, numRuns: Math.ceil(INSTANCES * share), endOnFailure: isNightly },
    );
    assert.ok(tally.decided > 0.9 * (tally.placed + tally.refused), JSON.stringify(tally));
    assert.ok(tally.placed > tally.refused / 4 && tally.refused > 0, JSON.stringify(tally));
    if (INSTANCES > 1000) console.log(`${name}: ${JSON.stringify(tally)}`);
  });
}

test('over switches in a row Z3 finds what the greedy finds', () => {
  const chain = chainOf(defaultDataPlane(), 2);
  const { problem } = lower(checkedProgram(sampleSource('hh'), chain), chain, 0);
  const free = new SwitchState(chain);
  const ends = [z3Allocator(f1()), greedyAllocator(f1())].map((allocator) => {
    const result = allocator.place(problem, free);
    return result.kind === 'placed' ? [result.placement[0], result.placement.at(-1)] : result;
  });
  assert.equal(ends[0], ends[1]);
  assert.ok(Number((ends[0] as number[])[1]) > chain.rpbsPerSwitch);
});

test('the model as text', () => {
  const rows = [FREE, { ...FREE, entries: 2, buckets: 8 }, { ...FREE, buckets: 4, link: 1 }];
  const each = instanceOf(3, 2, rows, [2, 9, 2], [[8], [8], [8]]);
  assertGolden(testPath('goldens', 'model.smt2'), smtModel(each.problem, new Resources(each), f1()));
});

test('weights are exact, with any digits', () => {
  const each = instanceOf(2, 1, [FREE, FREE], [1, 1]);
  const minimise = (objective: PaperObjective): string | undefined =>
    smtModel(each.problem, new Resources(each), objective)
      .split('\n')
      .find((line) => line.includes('minimize'));
  assert.is(minimise(f1()), '(minimize (- (* 7 x1) (* 3 x0)))');
  assert.is(minimise(f1(1.25, 0.5)), '(minimize (- (* 125 x1) (* 50 x0)))');
  assert.is(minimise(f1(1e-7, 2e3)), '(minimize (- (* 1 x1) (* 20000000000 x0)))');
  assert.is(minimise(f1(1, -0.5)), '(minimize (- (* 10 x1) (* (- 5) x0)))');
});

test('a problem without a placement names the missing resource', () => {
  const each = instanceOf(2, 1, [FREE, { ...FREE, entries: 5 }], [4, 4]);
  const result = z3Allocator(f1()).place(each.problem, new Resources(each));
  assert.equal(result, { kind: 'doesNotFit', shortage: { row: 1, cause: 'entries' } });
  assert.equal(z3Allocator(f1()).place(instanceOf(2, 1, [], [4, 4]).problem, new Resources(each)), {
    kind: 'placed',
    placement: [],
  });
});

/** Runs a module that has `compiler` (the built compiler) and `problem`, `free` (one row); gives what it prints. */
function runAlone(folder: string, code: string): string {
  const file = join(folder, 'alone.mjs');
  const compiler = JSON.stringify(pathToFileURL(join(folder, 'dist', 'compiler', 'index.js')).href);
  writeFileSync(
    file,
    `import * as compiler from ${compiler};
     let workers = 0;
     process.on('worker', () => workers++);
     const rows = [{ entries: 1, memories: [], allowed: Uint8Array.of(1), link: -1, isLinked: false }];
     const problem = { rows, tree: compiler.chain(rows), rpbCount: 1, logicalRpbs: 1 };
     const free = { entries: [1], totalEntries: [1], buckets: [0], totalBuckets: [0], fitsMemory: () => true };
     ${code}`,
  );
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 30_000 });
  assert.is(status, 0, `ended with ${status}: ${stderr}`);
  return stdout.trim();
}

const built = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

test('Z3 is loaded by its first placement and not before, and does not keep the process alive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'p4runpro-z3-'));
  try {
    symlinkSync(built, join(folder, 'dist'));
    const code = `
      compiler.greedyAllocator(compiler.f1()).place(problem, free);
      const allocator = compiler.z3Allocator(compiler.f1());
      const before = workers;
      const result = allocator.place(problem, free);
      allocator.place(problem, free);
      setImmediate(() => console.log(before, workers, JSON.stringify(result)));`;
    assert.is(runAlone(folder, code), '0 1 {"kind":"placed","placement":[1]}');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('without the package, the message says what to install', () => {
  const folder = mkdtempSync(join(tmpdir(), 'p4runpro-z3-'));
  try {
    cpSync(join(built, 'compiler'), join(folder, 'dist', 'compiler'), { recursive: true });
    cpSync(join(built, '..', 'package.json'), join(folder, 'package.json'));
    // Nothing to be had of that name, even if a folder above has the package.
    mkdirSync(join(folder, 'node_modules', 'z3-solver'), { recursive: true });
    writeFileSync(join(folder, 'node_modules', 'z3-solver', 'package.json'), '{"exports": {}}');
    const code = `try { compiler.z3Allocator(compiler.f1()) } catch (error) { console.log(error.name, error.message) }`;
    assert.match(runAlone(folder, code), /^SolverError allocator z3 needs .*npm install z3-solver$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
