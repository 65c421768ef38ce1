/** The package as npm publishes it, installed in a folder of its own: where only its dependencies are. */
import { type ChildProcess, execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import type { InstalledCommand, InstalledOutcome } from './command-process.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Manifest;
/** The folder of a project that has installed the package. */
export const elsewhere = mkdtempSync(join(tmpdir(), 'package-'));
/** The folder of the package there. */
export const installed = join(elsewhere, 'node_modules', manifest.name);

/** Packs what is built, and installs it as npm would, with links in place of copies of the dependencies. */
function install(): void {
  const args = ['pack', '--ignore-scripts', '--offline', '--silent', '--pack-destination', elsewhere];
  const file = execFileSync('npm', args, { cwd: packageFile('.'), encoding: 'utf8' }).trim();
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(elsewhere, file), '-C', installed, '--strip-components=1']);
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(elsewhere, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(packageFile('node_modules', name), link);
  }
}

/** The process that runs command lines, from the first one on. */
let host: ChildProcess | undefined;

function newHost(): ChildProcess {
  const started = fork(packageFile('dist', 'test', 'package', 'command-process.js'), {
    cwd: elsewhere,
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  started.stdin?.end();
  return started;
}

/** No process of commands takes longer; one that hangs is a failure of its test. */
const PATIENCE_MS = 120_000;

const fileOf = (command: string): string => join(installed, manifest.bin[command] ?? `no command ${command}`);

async function hosted(command: string, args: readonly string[]): Promise<InstalledOutcome> {
  host ??= newHost();
  const left = new AbortController();
  const answered = once(host, 'message', { signal: left.signal });
  const ended = once(host, 'exit', { signal: left.signal });
  ended.catch(() => undefined);
  const line: InstalledCommand = { file: fileOf(command), args };
  host.send(line);
  const [answer]: readonly unknown[] = await Promise.race([answered, ended]);
  left.abort();
  answered.catch(() => undefined);
  if (typeof answer === 'object' && answer !== null) return answer as InstalledOutcome;
  return { status: null, stdout: '', stderr: `the process of ${command} ended with ${answer}` };
}

const outcomes = new Map<string, Promise<InstalledOutcome>>();

/** What comes of a command line. It is run once, also where two tests look at it. */
export function typed(command: string, args: readonly string[]): Promise<InstalledOutcome> {
  const line = JSON.stringify([command, ...args]);
  const outcome = outcomes.get(line) ?? hosted(command, args);
  outcomes.set(line, outcome);
  return outcome;
}

export async function run(command: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await typed(command, args);
  assert.is(status, 0, stderr);
  return stdout;
}

/** Runs a command in a process of its own. */
export function runAlone(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileOf(command), ...args], {
    cwd: elsewhere,
    encoding: 'utf8',
    input: '',
  });
  assert.is(status, 0, stderr);
  return stdout;
}

/** Lets the process of the commands end, which it does by itself: no command leaves anything under way. */
export async function endHost(): Promise<void> {
  assert.ok(host !== undefined, 'a command has been run');
  const ended = once(host, 'exit');
  host.disconnect();
  assert.equal(await ended, [0, null]);
  host = undefined;
}

/** Installs before the first test of a file, and removes it all behind the last. */
export function installForTests(): void {
  test.before(install);
  test.before(() => symlinkSync(join(installed, 'bench', 'programs'), join(elsewhere, 'programs')));
  test.after(() => void host?.kill('SIGKILL'));
  test.after(() => rmSync(elsewhere, { recursive: true, force: true }));
}
