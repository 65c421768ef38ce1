/** Runs test files in a process, one after another, and tells how each of them ended. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endOf, partsOf } from './test-marks.js';

export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
  readonly output: string;
}

export interface ProcessSettings {
  /** Arguments of Node. */
  readonly nodeArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Longest time without the end of a file, after which the process is killed. */
  readonly patienceMs: number;
}

/** What a process wrote, and its exit status: null if a signal ended it. */
export interface ProcessEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script to its end. @param args the script, and what it is given */
export function runNode(args: readonly string[], { nodeArgs, env, patienceMs }: ProcessSettings): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', ...nodeArgs, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    const patience = Number.isFinite(patienceMs) ? setTimeout(() => child.kill('SIGKILL'), patienceMs) : undefined;
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (partsOf(text).length > 1) patience?.refresh();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', (status) => {
      clearTimeout(patience);
      resolve({ status, stdout, stderr });
    });
  });
}

const count = (output: string, word: string): number =>
  [...output.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].reduce((sum, match) => sum + Number(match[1]), 0);

/** A file that dies before its tests are counted has one failure. */
function resultOf(file: string, output: string, isPassed: boolean, ms: number): FileResult {
  const passed = count(output, 'Passed');
  const skipped = count(output, 'Skipped');
  const failed = Math.max(count(output, 'Total') - passed - skipped, isPassed ? 0 : 1);
  return { file, passed, failed, skipped, ms, output };
}

const IN_TURN = fileURLToPath(new URL('./files-in-turn.js', import.meta.url));

/**
 * Runs files in one process. One that dies, by itself or because it hangs, has failed; those after it run in a new
 * process. If the process fails when all its files have ended, the last one has failed: nobody knows whose fault it is.
 * @param files paths of built test files
 */
export async function runFiles(files: readonly string[], settings: ProcessSettings): Promise<FileResult[]> {
  const started = performance.now();
  const { status, stdout, stderr } = await runNode([IN_TURN, ...files], settings);
  const [before = '', ...parts] = partsOf(stdout);
  const [warnings = '', ...errors] = partsOf(stderr);
  // If none has begun, the first one is the failure.
  const begun = files.slice(0, Math.max(parts.length, 1));
  const results = begun.map((file, index) => {
    const end = endOf(parts[index] ?? '');
    const isLast = index === begun.length - 1;
    const output = `${index === 0 ? before + warnings : ''}${parts[index] ?? ''}${errors[index] ?? ''}`;
    const isPassed = end?.isPassed === true && !(isLast && status !== 0);
    return resultOf(file, output, isPassed, end?.ms ?? performance.now() - started);
  });
  const rest = files.slice(begun.length);
  return rest.length === 0 ? results : [...results, ...(await runFiles(rest, settings))];
}
