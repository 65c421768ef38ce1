/** `bench reproduce` as a user types it, and its pages in a browser where there is one. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reproduceCommand } from '../../../bench/cli/commands/reproduce-command.js';
import { cellKey } from '../../../bench/paper/reproduce/cells/cell.js';
import { fig11 } from '../../../bench/paper/reproduce/experiments/recirculation.js';
import type { ReproductionDocument } from '../../../bench/paper/reproduce/reproduction.js';
import { sourceCommit } from '../../../bench/paper/reproduce/source-commit.js';
import { type Outcome, testForgottenValues, testRefusals, type, withFolder } from '../../command-line.js';
import { testWith } from '../../external.js';
import { isNightly } from '../../tiers.js';
import { CHROMIUM, evaluate, type View } from './chromium.js';
import { assertLayout, layoutViews } from './page-layout.js';

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const documentIn = (folder: string): ReproductionDocument =>
  JSON.parse(read(folder, 'reproduce.json')) as ReproductionDocument;

/** Cheap ones of all kinds of figures; nothing that measures time. */
const CHEAP = ['table2', 'fig10', 'hashes'];
const reproduce = (...args: string[]): string[] => ['reproduce', ...args, '--quick'];

const folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

let onOneThread: Promise<Outcome> | undefined;
/** The cheap ones by one thread, in the folder `one`: run once, for all that look at them. */
function runOnOneThread(): Promise<Outcome> {
  onOneThread ??= type('bench', reproduce(...CHEAP, '--workers', '1', '--out', 'one'), { folder });
  return onOneThread;
}

test('a table of verdicts, CSV and SVG for each figure, one page; the same on any number of threads', async () => {
  const { status, stdout, stderr } = await runOnOneThread();
  assert.is(status, 0, stderr);
  assert.is(stderr, '');
  assert.match(stdout, /^table2 +7 +7 +0 +7 +0 +0 +0$/m);
  assert.match(stdout, /^without verdicts: hashes$/m);
  const two = await type('bench', reproduce(...CHEAP, '--workers', '2', '--out', 'two', '--against', 'one'), {
    folder,
  });
  assert.is(two.status, 0, two.stderr);
  assert.match(two.stdout, /^0 significant changes since one$/m);
  const [one, other] = [join(folder, 'one'), join(folder, 'two')];
  const files = readdirSync(one).sort();
  assert.equal(files, [
    ...['fig10.csv', 'fig10.svg', 'hashes.csv', 'hashes.svg'],
    ...['report.html', 'reproduce.json', 'table2-published.csv', 'table2.csv', 'verdicts.csv'],
  ]);
  for (const file of files.filter((name) => /\.(csv|svg)$/.test(name))) {
    assert.is(read(one, file), read(other, file), file);
  }
  assert.equal(documentIn(one).experiments, documentIn(other).experiments);
});

test('all that differs from the paper is explained', () =>
  withFolder(async (folder) => {
    // The others take seconds.
    const ids = ['fig10', ...(isNightly ? ['fig13d'] : [])];
    const { status, stdout, stderr } = await type('bench', reproduce(...ids, '--json', '--out', 'out'), { folder });
    assert.is(status, 0, stderr);
    const { experiments, schema, command } = JSON.parse(stdout) as ReproductionDocument;
    assert.is(schema, 'p4runpro-bench/reproduce@2');
    assert.is(command, `npx bench reproduce ${ids.join(' ')} --quick --seed 1`);
    const all = experiments.flatMap(({ comparisons }) => comparisons);
    const differing = all.filter((each) => each.reproducedVerdict === 'differs' || each.oursVerdict === 'differs');
    assert.ok(differing.length > 3);
    for (const { quantity, why } of differing) assert.match(why, /\.$/, quantity);
  }));

test('Ctrl-C keeps finished cells, and the same command resumes from them', () =>
  withFolder(async (folder) => {
    const unfinished = join(folder, 'out', 'unfinished.jsonl');
    const cells = (): number => (existsSync(unfinished) ? read(unfinished).trim().split('\n').length - 1 : 0);
    const args = reproduce('fig11', '--workers', '1', '--out', 'out');
    const first = await type('bench', args, { folder, ctrlC: { when: () => cells() >= 3 } });
    assert.is(first.status, 130, first.stderr);
    assert.is(first.stderr, 'bench: interrupted; the same command resumes from out\n');
    assert.equal(readdirSync(join(folder, 'out')), ['unfinished.jsonl']);
    const kept = cells();
    assert.ok(kept >= 3 && kept < 54, `${kept}`);
    // What is kept is taken as it is: of the cells that are missing, all but two are given the result of another one.
    const marked = read(unfinished).replace(/"throughputGbps":[\d.]+/, '"throughputGbps":77.77');
    writeFileSync(unfinished, marked);
    const lines = marked.trim().split('\n').slice(1);
    const { result } = JSON.parse(lines[0] ?? '') as { result: unknown };
    const isKept = (key: string): boolean => lines.some((line) => line.includes(JSON.stringify(key)));
    const missing = fig11
      .cells({ scale: 'quick', seed: '1' })
      .map(cellKey)
      .filter((key) => !isKept(key));
    assert.is(missing.length, 56 - kept);
    for (const key of missing.slice(2)) appendFileSync(unfinished, `${JSON.stringify({ key, result })}\n`);
    const second = await type('bench', args, { folder });
    assert.is(second.status, 0, second.stderr);
    assert.match(read(folder, 'out', 'fig11.csv'), /77\.77/);
    assert.not(existsSync(unfinished));
  }));

test('--against: a change is reported and ends with status 1', () =>
  withFolder(async (folder) => {
    const asked = reproduce('table2', '--out', 'before');
    assert.is((await type('bench', asked, { folder })).status, 0);
    const path = join(folder, 'before', 'reproduce.json');
    writeFileSync(path, read(path).replaceAll('306', '300'));
    const { status, stdout } = await type('bench', reproduce('table2', '--out', 'after', '--against', 'before'), {
      folder,
    });
    assert.is(status, 1);
    assert.match(stdout, /^table2: latency, ingress, ours: 300 before, 306 now$/m);
    assert.match(stdout, /^2 significant changes since before$/m);
    // Refused before the first cell, of which 600 take minutes.
    const other = await type('bench', ['reproduce', 'all', '--out', 'other', '--against', 'before'], { folder });
    assert.equal([other.status, other.stderr], [2, 'bench: --against: scale quick there, full here\n']);
    assert.not(existsSync(join(folder, 'other')));
  }));

test('the commit of a working copy; none inside the working copy of another project', () =>
  withFolder(async (folder) => {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=n', '-c', 'user.email=e', ...args], {
        encoding: 'utf8',
      }).trim();
    const file = join(folder, 'inner', 'file');
    mkdirSync(join(folder, 'inner'));
    writeFileSync(file, 'one');
    assert.is(sourceCommit(folder), null);
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'first');
    const commit = git('rev-parse', 'HEAD');
    assert.is(sourceCommit(folder), commit);
    assert.is(sourceCommit(join(folder, 'inner')), null);
    writeFileSync(file, 'two');
    assert.is(sourceCommit(folder), `${commit}+`);
  }));

interface Page {
  readonly errors: number;
  readonly figures: number;
  readonly background: string;
  /** Pixels that the page is wider than its window. */
  readonly overflow: number;
  /** What the first arrow key reads. */
  readonly reading: string;
  /** What is read after a finger has touched the first mark, and after it has touched the heading. */
  readonly touched: readonly string[];
}

const LOOK = `(() => {
  const figure = document.querySelector('#hashes figure');
  figure.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'ArrowRight' }));
  const reading = document.getElementById('reading');
  const read = reading.textContent;
  const svg = [...figure.querySelectorAll('svg')].find((each) => each.getClientRects().length > 0);
  const box = svg.querySelector('[aria-roledescription="point"]').getBoundingClientRect();
  const finger = { pointerType: 'touch', bubbles: true, clientX: box.left, clientY: box.top };
  const touched = [];
  for (const [target, type] of [[svg, 'pointerdown'], [figure, 'pointerleave'], [document.querySelector('h1'), 'pointerdown']]) {
    target.dispatchEvent(new window.PointerEvent(type, finger));
    touched.push(reading.hidden ? '' : reading.textContent);
  }
  return {
    touched,
    errors: window.errors,
    figures: [...document.querySelectorAll('figure svg')].filter((svg) => svg.getClientRects().length > 0).length,
    background: window.getComputedStyle(document.body).backgroundColor,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    reading: read,
  };
})()`;

const WINDOWS = [
  { width: 360, isDark: false, background: 'rgb(255, 255, 255)' },
  { width: 1280, isDark: true, background: 'rgb(22, 24, 27)' },
];

testWith(CHROMIUM, 'the page opens without an error, light and dark, on a phone, and tells its values', async () => {
  const { status, stderr } = await runOnOneThread();
  assert.is(status, 0, stderr);
  const html = read(folder, 'one', 'report.html');
  assert.not.match(html, /(src|href)="(https?:)?\/\//);
  const views = WINDOWS.map(({ width, isDark }): View => ({ html, width, isDark, look: LOOK }));
  const found = evaluate([...views, ...layoutViews(documentIn(join(folder, 'one')), html)]);
  for (const [i, { width, background }] of WINDOWS.entries()) {
    const { reading, touched, overflow, ...page } = found[i] as Page;
    assert.equal(page, { errors: 0, figures: 2, background });
    assert.ok(overflow <= 0, `${overflow} pixels too wide at ${width}`);
    assert.match(reading, /series: (ours|reproduced)/);
    const [down, up, elsewhere] = touched;
    assert.match(String(down), /series: /);
    assert.equal([up, elsewhere], [down, '']);
  }
  assertLayout(found.slice(WINDOWS.length));
});

testForgottenValues('reproduce', reproduceCommand.options, ['--workers', '--seed', '--out', '--against']);

await testRefusals('bench', [
  { args: ['reproduce'], says: /too few arguments/ },
  { args: ['reproduce', 'fig99'], says: /there is no experiment 'fig99': it is all, paper, or one of table1, / },
  { args: ['reproduce', 'fig10', '--workers', '0'], says: /--workers takes a whole number from 1/ },
  { args: ['reproduce', 'fig10', '--against', 'nowhere'], says: /--against: there is no .*reproduce\.json/ },
  {
    args: ['reproduce', 'fig10', '--against', 'there'],
    given: (folder) => {
      mkdirSync(join(folder, 'there'));
      writeFileSync(join(folder, 'there', 'reproduce.json'), '{"schema":"other"}');
    },
    says: /--against: .*reproduce\.json cannot be read: its schema is not p4runpro-bench\/reproduce@2/,
  },
]);

test.run();
