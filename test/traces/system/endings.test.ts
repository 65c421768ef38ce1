/** How commands end that cannot write, or are asked to: only a process of its own shows it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCapture } from '../../../bench/verify/replay/captured-packets.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { assertOneMessage, type CommandName, withFolder } from '../../command-line.js';

const FILES: Record<CommandName, string> = {
  bench: packageFile('dist', 'bench', 'cli', 'cli.js'),
  p4runpro: packageFile('dist', 'hw-driver', 'cli', 'cli.js'),
};
const CACHE = packageFile('bench', 'programs', 'cache.p4runpro');
const PATIENCE_MS = 60_000;

interface Ending {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

function ending(child: ChildProcess): Promise<Ending> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, stderr })));
}

const WRITING: readonly (readonly [CommandName, readonly string[]])[] = [
  ['p4runpro', ['explain', CACHE]],
  ['bench', ['run', '--programs', '1', '--packets', '10', '--out', 'out']],
];
for (const [command, args] of WRITING) {
  test(`${command} ${args[0]} > /dev/full ends with one sentence, and its files are there`, () =>
    withFolder(async (folder) => {
      const full = openSync('/dev/full', 'w');
      const stdio: ('ignore' | 'pipe' | number)[] = ['ignore', full, 'pipe'];
      const child = spawn(process.execPath, [FILES[command], ...args], { cwd: folder, stdio, timeout: PATIENCE_MS });
      const { status, stderr } = await ending(child);
      closeSync(full);
      assert.is(status, 2, stderr);
      assertOneMessage(command, stderr, /cannot write to standard output: no space left on device/);
      if (command === 'bench') assert.ok(readFileSync(join(folder, 'out', 'summary.json'), 'utf8').length > 0);
    }));
}

for (const name of ['/dev/stdout', '-'])
  test(`a capture on standard output (${name}), here a socket, is a capture and nothing else`, () =>
    withFolder(async (folder) => {
      const args = [FILES.bench, 'trace', 'generate', name, '--packets', '5'];
      const child = spawn(process.execPath, args, { cwd: folder, timeout: PATIENCE_MS });
      const chunks: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      const { status, stderr } = await ending(child);
      assert.is(status, 0, stderr);
      assert.is(stderr, `5 packets in ${name}\n`);
      writeFileSync(join(folder, 'got.pcap'), Buffer.concat(chunks));
      assert.equal(readdirSync(folder), ['got.pcap']);
      assert.is((await readCapture(join(folder, 'got.pcap'))).length, 5);
    }));

test('a reader that has gone ends a command with one sentence, without a stack trace', () =>
  withFolder(async (folder) => {
    const child = spawn(process.execPath, [FILES.p4runpro, 'compile', CACHE], { cwd: folder, timeout: PATIENCE_MS });
    child.stdout.destroy();
    const { status, stderr } = await ending(child);
    assert.is(status, 2, stderr);
    assertOneMessage('p4runpro', stderr, /cannot write to standard output: the reader of the pipe has ended/);
  }));

const SIGNALS: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
];
for (const [signal, expected] of SIGNALS) {
  test(`${signal} stops a command as Ctrl-C does: no partial file, no lock, an older file as it was`, () =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, 'a.pcap'), 'an older file');
      const args = ['trace', 'generate', 'a.pcap', '--packets', '1000000000'];
      const child = spawn(process.execPath, [FILES.bench, ...args], { cwd: folder, timeout: PATIENCE_MS });
      const asking = setInterval(() => {
        if (!readdirSync(folder).some((name) => name.endsWith('.partial'))) return;
        clearInterval(asking);
        child.kill(signal);
      }, 20);
      const { status, stderr } = await ending(child);
      clearInterval(asking);
      assert.is(status, expected, stderr);
      assert.equal(readdirSync(folder), ['a.pcap']);
      assert.is(readFileSync(join(folder, 'a.pcap'), 'utf8'), 'an older file');
    }));
}

test.run();
