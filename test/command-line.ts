/** The commands as a user types them, each in a folder of its own. */

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import yargs, { type Argv } from 'yargs';
import { requireValues } from '../hw-driver/cli/kit/read-command-line.js';
import { packageFile } from '../traces/system/package-root.js';
import { type HostedCommand, type HostedOutcome, runHere } from './command-host.js';

const COMMANDS = {
  bench: packageFile('dist', 'bench', 'cli', 'cli.js'),
  p4runpro: packageFile('dist', 'hw-driver', 'cli', 'cli.js'),
};
export type CommandName = keyof typeof COMMANDS;

export interface Outcome {
  /** Null for a process that a signal ended. */
  readonly status: number | null;
  readonly stdout: string;
  /** Without lines of progress, which depend on the speed of the machine. */
  readonly stderr: string;
}

const withoutProgress = (stderr: string): string => stderr.replaceAll(/^.*, after [\d,]+ s\n/gm, '');

export interface TypeOptions {
  readonly folder: string;
  /** Pressed as soon as `when` is true, asked every 20 ms. */
  readonly ctrlC?: { readonly when: () => boolean };
  /** In a process of its own, for what only a process shows; otherwise in this one, or if that is busy in another. */
  readonly alone?: boolean;
}

const ASK_MS = 20;
/** A command that hangs is a failure of its own test, not of the whole run. */
const PATIENCE_MS = 60_000;

/** Runs a command to its end. Output is no terminal, so there are no colours and no progress bars. */
export function type(command: CommandName, args: readonly string[], options: TypeOptions): Promise<Outcome> {
  const { folder, ctrlC, alone = ctrlC !== undefined } = options;
  const outcome = alone
    ? typeAlone(command, args, options)
    : busy
      ? typeHosted({ command, args, folder })
      : typeHere({ command, args, folder });
  return outcome.then(({ stderr, ...others }) => ({ ...others, stderr: withoutProgress(stderr) }));
}

/** Whether a command runs in this process: its streams and its folder are lent to that one. */
let busy = false;

async function typeHere(command: HostedCommand): Promise<Outcome> {
  busy = true;
  try {
    return await runHere(command);
  } finally {
    busy = false;
  }
}

/** Further processes that have run a command and wait for the next one. */
const idleHosts: ChildProcess[] = [];

function newHost(): ChildProcess {
  const host = fork(packageFile('dist', 'test', 'command-process.js'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // The folder of this process may be one that a test is about to remove.
    cwd: tmpdir(),
  });
  host.unref();
  return host;
}

async function typeHosted(command: HostedCommand): Promise<Outcome> {
  const host = idleHosts.pop() ?? newHost();
  host.channel?.ref();
  const patience = setTimeout(() => host.kill('SIGKILL'), PATIENCE_MS);
  const left = new AbortController();
  try {
    const ended = once(host, 'exit', { signal: left.signal }).then(() => undefined);
    ended.catch(() => undefined);
    const answered = once(host, 'message', { signal: left.signal });
    answered.catch(() => undefined);
    host.send(command);
    const answer = (await Promise.race([answered, ended])) as readonly [HostedOutcome] | undefined;
    if (answer === undefined) return { status: null, stdout: '', stderr: 'the process that ran the command has ended' };
    host.channel?.unref();
    idleHosts.push(host);
    return answer[0];
  } finally {
    left.abort();
    clearTimeout(patience);
  }
}

function typeAlone(command: CommandName, args: readonly string[], { folder, ctrlC }: TypeOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMANDS[command], ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const asking = setInterval(() => {
      if (ctrlC?.when() !== true) return;
      clearInterval(asking);
      child.kill('SIGINT');
    }, ASK_MS);
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(asking);
      resolve({ status, stdout, stderr });
    });
  });
}

export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'p4runpro-cli-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every file under a folder with its content, and every folder. */
export function contentsOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const contents = entries.map((entry): [string, string] => {
    const path = join(entry.parentPath, entry.name);
    return [path, entry.isDirectory() ? 'a folder' : readFileSync(path, 'latin1')];
  });
  return new Map(contents.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Input that a command must not accept. */
export interface Refusal {
  readonly args: readonly string[];
  readonly says: RegExp;
  /** Makes what the command finds in its folder. */
  readonly given?: (folder: string) => void;
  /** 2, bad input, unless said otherwise. */
  readonly status?: number;
}

/** One test each: one message on stderr, nothing on stdout, the folder as it was. */
export async function testRefusals(command: CommandName, refusals: readonly Refusal[]): Promise<void> {
  for (const { args, given, says, status = 2 } of refusals) {
    const { before, after, stdout, stderr, ...outcome } = await withFolder(async (folder) => {
      given?.(folder);
      const before = contentsOf(folder);
      return { ...(await type(command, args, { folder })), before, after: contentsOf(folder) };
    });
    test(`refused: ${command} ${args.map((arg) => arg || "''").join(' ')}`, () => {
      assert.is(outcome.status, status, stderr);
      assert.is(stdout, '');
      assertOneMessage(command, stderr, says);
      assert.equal([...after], [...before], 'nothing is left behind');
    });
  }
}

/** One line, with no trace of the program's insides. */
export function assertOneMessage(command: CommandName, stderr: string, says: RegExp): void {
  assertNoStackTrace(stderr);
  assert.ok(stderr.startsWith(`${command}: `), stderr);
  assert.match(stderr, says);
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
}

export function assertNoStackTrace(stderr: string): void {
  assert.not.match(stderr, /\n? {4}at |internal error|\bTypeError\b|node:/);
}

type Options = (yargs: Argv) => Argv;

/** Options that take a value, by the help of their command. */
async function valueOptions(options: Options): Promise<string[]> {
  const [, described = ''] = (await options(yargs()).getHelp()).split(/^Options:\n/m);
  const [table = ''] = described.split('\n\n');
  // An option may take several lines, further to the right; it ends where the next one begins.
  const blocks = table.split(/\n(?= {2,6}(?:-\w, )?--)/);
  return blocks.filter((text) => !/\[boolean\]/.test(text)).flatMap((text) => /--[\w-]+/.exec(text)?.[0] ?? []);
}

/** None of the options falls back to its default where its value was forgotten, and all are found. */
export function testForgottenValues(command: string, options: Options, expected: readonly string[]): void {
  test(`${command}: options without their value are refused`, async () => {
    const found = await valueOptions(options);
    for (const option of expected) assert.ok(found.includes(option), `${option} is not among ${found}`);
    for (const option of found) {
      const parse = () =>
        requireValues(options(yargs([option])))
          .fail((message, error) => {
            throw error ?? new Error(message);
          })
          .parseSync();
      assert.throws(
        parse,
        (error: Error) => error.message === `Not enough arguments following: ${option.slice(2)}`,
        option,
      );
    }
  });
}
