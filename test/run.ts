/**
 * Runs every test file of the built project in a process of its own, two at a time, and closes with one line
 * `N passed, N failed`. Arguments pick the files whose names contain one of them.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

interface FileResult {
  readonly passed: number;
  readonly failed: number;
}

const testFolder = dirname(fileURLToPath(import.meta.url));
const CONCURRENT = 2;

/** Those that take longest start first, so that none of them is left for the end, when other cores have nothing to do. */
const LONGEST = [
  'structure/docs',
  'hw-driver/serve',
  'bench/reproduce/cli-reproduce',
  'bench/cli',
  'bench/capacity',
  'bench/snapshot',
  'sim/change-cases',
];

/** Place in the order of starting; all others come after them. */
const turn = (file: string): number => {
  const place = LONGEST.findIndex((name) => file.startsWith(name));
  return place < 0 ? LONGEST.length : place;
};

function testFiles(wanted: readonly string[]): string[] {
  return readdirSync(testFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort((a, b) => turn(a) - turn(b) || (a < b ? -1 : 1));
}

const count = (output: string, word: string): number =>
  [...output.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].reduce((sum, match) => sum + Number(match[1]), 0);

/** A file that dies before its tests are counted has one failure. */
function runFile(file: string): Promise<FileResult> {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', join(testFolder, file)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('close', (status) => {
      const passed = count(output, 'Passed');
      const failed = Math.max(count(output, 'Total') - passed - count(output, 'Skipped'), status === 0 ? 0 : 1);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const name = relative('.', file).replace(/\.test\.js$/, '');
      console.log(`${failed > 0 ? 'FAILED' : 'ok'} ${name}: ${passed} passed, ${failed} failed (${seconds} s)`);
      if (failed > 0) console.log(output);
      resolve({ passed, failed });
    });
  });
}

async function main(): Promise<void> {
  const queue = testFiles(process.argv.slice(2));
  const results: FileResult[] = [];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) results.push(await runFile(file));
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0) + (results.length === 0 ? 1 : 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
