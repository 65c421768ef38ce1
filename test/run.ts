/**
 * Runs test files of the built project, each in a process of its own, two at a time, and closes with one line
 * `N passed, N failed`, followed by `, N skipped` where a program was missing that tests ask.
 *
 * node dist/test/run.js [--unit | --nightly] [--no-skips] [NAME...]: files whose names contain one of the NAMEs; README.md
 * of this folder says what the tiers are.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SLOW_FILES } from './tiers.js';

interface FileResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const testFolder = dirname(fileURLToPath(import.meta.url));
const CONCURRENT = 2;
/** A file that hangs fails; at night nothing is bounded. */
const PATIENCE_MS = 240_000;
const NIGHTLY_EFFORT = '20';
/** Of a nightly run: random programs against their entries. */
const NIGHTLY_VALIDATION = ['sim/validate-many.js', '20000', '50', '1'];

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

function testFiles(): string[] {
  return readdirSync(testFolder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => !isUnit || !SLOW_FILES.includes(nameOf(file)))
    .filter((file) => names.length === 0 || names.some((part) => file.includes(part)))
    .sort((a, b) => turn(a) - turn(b) || (a < b ? -1 : 1));
}

const count = (output: string, word: string): number =>
  [...output.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].reduce((sum, match) => sum + Number(match[1]), 0);

const secondsSince = (started: number): string => ((performance.now() - started) / 1000).toFixed(1);

function runNode(args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...(isNightly ? { TEST_EFFORT: NIGHTLY_EFFORT } : {}), ...process.env, NO_COLOR: '1' },
      ...(isNightly ? {} : { timeout: PATIENCE_MS, killSignal: 'SIGKILL' as const }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('close', (status) => resolve({ status, output }));
  });
}

/** A file that dies before its tests are counted has one failure. */
async function runFile(file: string): Promise<FileResult> {
  const started = performance.now();
  const { status, output } = await runNode([...(CHECKED.test(file) ? CHECKS : []), join(testFolder, file)]);
  const passed = count(output, 'Passed');
  const skipped = count(output, 'Skipped');
  const failed = Math.max(count(output, 'Total') - passed - skipped, status === 0 ? 0 : 1);
  const outcome = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  console.log(`${failed > 0 ? 'FAILED' : 'ok'} ${nameOf(file)}: ${outcome} (${secondsSince(started)} s)`);
  for (const [reason] of output.matchAll(/^skipped: .*$/gm)) console.log(`  ${reason}`);
  if (failed > 0) console.log(output);
  return { passed, failed, skipped };
}

async function validateMany(): Promise<FileResult> {
  const [file = '', ...args] = NIGHTLY_VALIDATION;
  const { status, output } = await runNode([join(testFolder, file), ...args]);
  console.log(output);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

async function main(): Promise<void> {
  if (unknown !== undefined) {
    console.error(`there is no option ${unknown}: there are ${FLAGS.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const queue = testFiles();
  const results: FileResult[] = [];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) results.push(await runFile(file));
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  if (isNightly && names.length === 0) results.push(await validateMany());
  const sum = (kind: keyof FileResult): number => results.reduce((total, result) => total + result[kind], 0);
  const skipped = sum('skipped');
  const isSkippingRefused = given.includes('--no-skips') && skipped > 0;
  if (isSkippingRefused) console.log('tests were skipped, and --no-skips allows none');
  const failed = sum('failed') + (results.length === 0 ? 1 : 0);
  console.log(`${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 && !isSkippingRefused ? 0 : 1;
}

await main();
