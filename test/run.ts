/**
 * Runs test files of the built project, a process for each core, and closes with one line `N passed, N failed`, followed
 * by `, N skipped` where a program was missing that tests ask.
 *
 * node dist/test/run.js [--unit | --nightly] [--no-skips] [NAME...]: files whose names contain one of the NAMEs; README.md
 * of this folder says what the tiers are.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageFile } from '../traces/system/package-root.js';
import { type FileResult, type ProcessSettings, runFiles, runNode } from './test-process.js';
import { BROWSER_FILES, isLong, SLOW_FILES } from './tiers.js';

const testFolder = dirname(fileURLToPath(import.meta.url));
/** Processes at a time: some wait for a browser or a queue, so two at least; more than four leave long files for the end. */
const CONCURRENT = Math.min(4, Math.max(2, availableParallelism()));
/** Files share a process, which saves starts of Node, and loads and optimises once what several of them use. */
const QUICK_FILES_OF_A_PROCESS = 40;
const MEDIUM_FILES_OF_A_PROCESS = 12;
/** A file that hangs fails; at night nothing is bounded. */
const PATIENCE_MS = 240_000;
const NIGHTLY_EFFORT = '20';
/** Of a nightly run: random programs against their entries, by data plane and number of switches in a row. */
const NIGHTLY_VALIDATIONS = [
  ['default', '1'],
  ['extended', '1'],
  ['tofino2', '1'],
  ['default', '2'],
  ['extended', '3'],
].map((scope) => ['sim/validate-many.js', '20000', '20', '1', ...scope]);

type Counts = Pick<FileResult, 'passed' | 'failed' | 'skipped'>;

const FLAGS = ['--unit', '--nightly', '--no-skips'];
const given = process.argv.slice(2);
const names = given.filter((argument) => !argument.startsWith('-'));
const unknown = given.find((argument) => argument.startsWith('-') && !FLAGS.includes(argument));
const isUnit = given.includes('--unit');
const isNightly = given.includes('--nightly');

/** Tests in which the forms of the compiler are checked between its passes. */
const CHECKED = /^(compiler|sim)\//;
const CHECKS = ['--import', pathToFileURL(join(testFolder, 'checked-forms.js')).href];

const nameOf = (file: string): string => file.replace(/\.test\.js$/, '');

/** Place in the order of starting; all others come after the slow ones. */
const turn = (file: string): number => {
  const place = SLOW_FILES.indexOf(nameOf(file));
  return place < 0 ? SLOW_FILES.length : place;
};

/** By their sources: a build leaves what was built of sources that are gone. */
function testFiles(): string[] {
  return readdirSync(packageFile('test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replaceAll('\\', '/').replace(/ts$/, 'js'))
    .filter((file) => !isUnit || !SLOW_FILES.includes(nameOf(file)))
    .filter((file) => names.length === 0 || names.some((part) => file.includes(part)))
    .sort((a, b) => turn(a) - turn(b) || (a < b ? -1 : 1));
}

/** Parts of a list, of equal sizes as far as possible: for all processes at once, none larger than one process takes. */
function shares(files: readonly string[], atMost: number): string[][] {
  const count = Math.max(Math.min(CONCURRENT, files.length), Math.ceil(files.length / atMost));
  const start = (index: number): number => Math.floor((index * files.length) / count);
  return Array.from({ length: count }, (_, index) => files.slice(start(index), start(index + 1)));
}

/** Files of each process: those that share a browser, a long one alone, others together with some of their kind. */
function processes(files: readonly string[]): string[][] {
  const isSlow = (file: string): boolean => SLOW_FILES.includes(nameOf(file));
  const isAlone = (file: string): boolean => isLong(nameOf(file));
  const isInBrowser = (file: string): boolean => BROWSER_FILES.includes(nameOf(file));
  const together = (some: readonly string[], atMost: number): string[][] =>
    [true, false].flatMap((isChecked) =>
      shares(
        some.filter((file) => CHECKED.test(file) === isChecked),
        atMost,
      ),
    );
  const inBrowser = files.filter(isInBrowser);
  return [
    ...(inBrowser.length > 0 ? [inBrowser] : []),
    ...files.filter(isAlone).map((file) => [file]),
    ...together(
      files.filter((file) => isSlow(file) && !isAlone(file) && !isInBrowser(file)),
      MEDIUM_FILES_OF_A_PROCESS,
    ),
    ...together(
      files.filter((file) => !isSlow(file)),
      QUICK_FILES_OF_A_PROCESS,
    ),
  ];
}

const settings = (files: readonly string[]): ProcessSettings => ({
  nodeArgs: files.some((file) => CHECKED.test(file)) ? CHECKS : [],
  env: { ...(isNightly ? { TEST_EFFORT: NIGHTLY_EFFORT } : {}), ...process.env, NO_COLOR: '1' },
  patienceMs: isNightly ? Number.POSITIVE_INFINITY : PATIENCE_MS,
});

function report({ file, passed, failed, skipped, ms, output }: FileResult): void {
  const outcome = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const name = nameOf(relative(testFolder, file).replaceAll('\\', '/'));
  console.log(`${failed > 0 ? 'FAILED' : 'ok'} ${name}: ${outcome} (${(ms / 1000).toFixed(1)} s)`);
  for (const [reason] of output.matchAll(/^skipped: .*$/gm)) console.log(`  ${reason}`);
  if (failed > 0) console.log(output);
}

async function validateMany([file = '', ...args]: readonly string[]): Promise<Counts> {
  const { status, stdout, stderr } = await runNode([join(testFolder, file), ...args], settings([]));
  console.log(stdout + stderr);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

async function main(): Promise<void> {
  if (unknown !== undefined) {
    console.error(`there is no option ${unknown}: there are ${FLAGS.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const queue = processes(testFiles());
  const results: Counts[] = [];
  const work = async (): Promise<void> => {
    for (let files = queue.shift(); files !== undefined; files = queue.shift()) {
      const paths = files.map((file) => join(testFolder, file));
      for (const result of await runFiles(paths, settings(files))) {
        report(result);
        results.push(result);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  if (isNightly && names.length === 0) {
    for (const validation of NIGHTLY_VALIDATIONS) results.push(await validateMany(validation));
  }
  const sum = (kind: keyof Counts): number => results.reduce((total, result) => total + result[kind], 0);
  const skipped = sum('skipped');
  const isSkippingRefused = given.includes('--no-skips') && skipped > 0;
  if (isSkippingRefused) console.log('tests were skipped, and --no-skips allows none');
  const failed = sum('failed') + (results.length === 0 ? 1 : 0);
  console.log(`${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 && !isSkippingRefused ? 0 : 1;
}

await main();
