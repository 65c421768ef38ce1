/** The operator's commands as a user types them, on an emulated switch in a file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completions, wordsOf } from '../../hw-driver/commands/shell-command.js';
import { packageFile } from '../../hw-driver/package-root.js';
import { type Refusal, testRefusals, withFolder } from '../command-line.js';
import { commands, operate, program } from './operate.js';

const CLI = packageFile('dist', 'hw-driver', 'cli.js');

test('an emulated switch in a file', () =>
  withFolder(async (folder) => {
    const run = commands(folder);
    await operate(run);
    assert.equal(readdirSync(folder), ['switch.snapshot']);
    writeFileSync(join(folder, 'switch.snapshot'), 'nonsense');
    await run(2, 'show');
  }));

test('the shell: lines, quotes, errors that do not end it, its status', () =>
  withFolder(async (folder) => {
    const lines = [
      `deploy '${program('lb')}'`,
      '# nothing',
      'memory read lb nosuch',
      'show memory',
      'serve',
      'revoke lb',
      'exit',
      'show',
    ];
    const child = spawn(process.execPath, [CLI, 'shell', '--history', 'lines'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.end(`${lines.join('\n')}\n`);
    const [status] = (await once(child, 'close')) as [number];
    assert.is(status, 0, stderr);
    assert.match(stdout, /^lb: \d+ entries, 1 pass\nprogram .*\nlb .*\nlb .*\nlb: revoked\n$/);
    assert.is(
      stderr,
      'p4runpro: there is no memory nosuch in program lb\np4runpro: serve is for a terminal of its own\n',
    );
  }));

test('the shell: words and completion', () => {
  assert.equal(wordsOf(`memory write 'a b' "c d" 3  `), ['memory', 'write', 'a b', 'c d', '3']);
  const names = new Map([
    ['lb', ['port', 'address']],
    ['lb_2', []],
  ]);
  for (const [line, words] of [
    ['re', ['revoke ']],
    ['revoke lb', ['lb ', 'lb_2 ']],
    ['memory w', ['write ']],
    ['memory read lb ', ['port ', 'address ']],
    ['watch lb po', ['port ']],
    ['show u', ['utilisation ']],
    ['nosuch ', []],
  ] as const) {
    assert.equal(completions(line, names)[0], [...words], line);
  }
});

const NOBODY = ['--target', '127.0.0.1:1'];
const REFUSED: readonly Refusal[] = [
  { args: ['deploy'], says: /Not enough non-option arguments/ },
  { args: ['deploy', 'nosuch.p4runpro'], says: /nosuch\.p4runpro: no such file/ },
  { args: ['revoke', 'lb'], says: /there is no program lb/ },
  { args: ['show', '--target', 'nowhere'], says: /--target is sim or HOST:PORT, not 'nowhere'/ },
  { args: ['show', ...NOBODY], says: /127\.0\.0\.1:1/, status: 1 },
  { args: ['show', '--state', 's'], given: (folder) => writeFileSync(join(folder, 's'), 'x'), says: /not a snapshot/ },
  { args: ['memory', 'read', 'lb'], says: /Not enough non-option arguments/ },
  { args: ['memory', 'write', 'lb', 'm', '4294967296'], says: /a word is a number of 32 bits, not '4294967296'/ },
  { args: ['serve', '--port', '70000'], says: /--port takes a whole number from 0 to 65535/ },
  { args: ['serve', '--port', '0', '--forward', '1-2'], says: /--forward takes IN:OUT, not '1-2'/ },
  { args: ['serve', '--port', '0', '--host', '192.0.2.1'], says: /cannot listen on 192\.0\.2\.1/ },
];
await testRefusals('p4runpro', REFUSED);

test.run();
