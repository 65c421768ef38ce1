/** The operator's commands as a user types them, on an emulated switch in a file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Session } from '../../hw-driver/cli/commands/session.js';
import { completions, onCtrlC, wordsOf } from '../../hw-driver/cli/commands/shell-command.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type Refusal, testRefusals, type, withFolder } from '../command-line.js';
import { AS_DEPLOYED, commands, operate, program } from './operate.js';

const CLI = packageFile('dist', 'hw-driver', 'cli', 'cli.js');
const SIM = ['--target', 'sim', '--state', 's'];

test('an emulated switch in a file runs the commands of an operator', () =>
  withFolder(async (folder) => {
    await operate(commands(folder, ...SIM));
    assert.equal(readdirSync(folder).sort(), ['s', 's.journal']);
  }));

test('deploy: when one of several programs is refused, the error says which stay and which were not deployed', () =>
  withFolder(async (folder) => {
    const text = (name: string, port: number): string =>
      `program ${name}(<hdr.udp.dst_port, ${port}, 0xffff>) {\n    FORWARD(1);\n}\n`;
    const texts = { a: text('a', 1), b: text('b', 2), c: text('c', 1), d: text('d', 4), again: text('a', 5) };
    for (const [name, source] of Object.entries(texts)) writeFileSync(join(folder, name), source);
    const overlap =
      'p4runpro: the filter of program c overlaps that of program a and has the same priority: ' +
      'give it another one by --priority (the lower wins)';
    const running = 'p4runpro: a program named a is running already: it can be replaced or revoked';
    for (const [files, message] of [
      [['a', 'b', 'c', 'd'], `${overlap}; a, b were deployed and stay, d was not`],
      [['c', 'd'], `${overlap}; no program was deployed`],
      [['c'], overlap],
      [['d', 'again'], `${running}; d was deployed and stays`],
      [['again'], running],
    ] as const) {
      const { status, stderr } = await type('p4runpro', ['deploy', ...files, ...SIM], { folder });
      assert.is(stderr, `${message}\n`);
      assert.is(status, 1);
    }
    const shown = JSON.parse(await commands(folder, ...SIM)(0, 'show', 'programs', '--json')) as {
      programs: { program: string }[];
    };
    assert.equal(
      shown.programs.map(({ program: name }) => name),
      ['a', 'b', 'd'],
    );
  }));

test('serve: a port in use is said in one sentence, for BF Runtime as for HTTP', () =>
  withFolder(async (folder) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      for (const [args, what] of [
        [['--port', String(port)], 'BF Runtime (data plane default, program p4runpro)'],
        [['--port', '0', '--http', String(port)], 'HTTP'],
      ] as const) {
        const { status, stderr } = await type('p4runpro', ['serve', ...args], { folder });
        assert.is(stderr, `p4runpro: cannot listen on 127.0.0.1 for ${what}: port ${port} is in use\n`);
        assert.is(status, 2);
      }
    } finally {
      other.close();
    }
  }));

test('show entries: large parameters of actions are hexadecimal, small ones decimal', () =>
  withFolder(async (folder) => {
    const run = commands(folder, ...SIM);
    const body = '    LOADI(sar, 167772161);\n    LOADI(har, 65535);\n    FORWARD(3);\n';
    writeFileSync(join(folder, 'p'), `program p(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n${body}}\n`);
    await run(0, 'deploy', 'p');
    const shown = await run(0, 'show', 'entries');
    assert.match(shown, / loadi_sar\(0xa000001\) /);
    assert.match(shown, / forward\(3\) /);
    assert.match(shown, / loadi_har\(65535\) /);
  }));

/** A text without the line breaks that keep it within the width. */
const unwrapped = (text: string): string => text.replaceAll(/\n +/g, ' ');

test('deploy: filters of two tables that overlap are a warning with the program that wins', () =>
  withFolder(async (folder) => {
    const texts = {
      l3: 'program l3(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) { FORWARD(3); }',
      l4: 'program l4(<hdr.udp.dst_port, 80, 0xffff>) { FORWARD(4); }',
    };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const outcome = await type('p4runpro', ['deploy', 'l3', 'l4', '--json', ...SIM], { folder });
    assert.is(outcome.status, 0);
    assert.match(
      unwrapped(outcome.stderr),
      /^warning: the filters of l4 \(table L4\) and of the running program l3 \(table L3\) match .* which run l4, as L4/,
    );
    const { overlaps } = JSON.parse(outcome.stdout) as { overlaps: unknown };
    assert.equal(overlaps, [{ program: 'l4', other: 'l3', winner: 'l4', path: 'L4', otherPath: 'L3' }]);
    const replaced = await type('p4runpro', ['replace', 'l3', ...SIM], { folder });
    assert.match(
      unwrapped(replaced.stderr),
      /^warning: the filters of l3 \(table L3\) and of the running program l4 \(table L4\) match .* which run l4, as L4/,
    );
  }));

test('change: cases of a running program are changed, and other differences refused', () =>
  withFolder(async (folder) => {
    const run = commands(folder, ...SIM);
    const text = readFileSync(program('lb'), 'utf8');
    await run(0, 'deploy', program('lb'));
    await run(0, 'memory', 'write', 'lb', 'port', '5');
    const servers = (condition: string) => text.replace('case(<sar, 1, 0xffffffff>)', `case(<sar, ${condition}>)`);
    assert.not.equal(servers('3, 0xffffffff'), text);
    writeFileSync(join(folder, 'other'), servers('3, 0xffffffff'));
    assert.match(await run(0, 'change', 'other'), /^lb: \d+ entr(y|ies) changed, \d+ now\n$/);
    assert.is(await run(0, 'show', 'drift'), AS_DEPLOYED);
    assert.is(await run(0, 'memory', 'read', 'lb', 'port', '--count', '8'), '0: 5 0 0 0 0 0 0 0\n');
    writeFileSync(join(folder, 'more'), text.replace('FORWARD(0);', 'FORWARD(2);'));
    await run(1, 'change', 'more');
    assert.is(await run(0, 'show', 'drift'), AS_DEPLOYED);
  }));

test('the shell: lines, quotes, errors after which it continues, its status, its history', () =>
  withFolder(async (folder) => {
    const lines = [`deploy '${program('lb')}'`, 'memory read lb nosuch', 'show memory lb', 'revoke lb', 'exit', 'show'];
    const child = spawn(process.execPath, [CLI, 'shell', '--history', 'lines', ...SIM], { cwd: folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.end(`${lines.join('\n')}\n`);
    const [status] = (await once(child, 'close')) as [number];
    assert.is(status, 2, 'that of the line that failed');
    assert.match(stdout, /^lb: deployed, .*\nprogram .*\nlb .*\nlb .*\nlb: revoked\n$/);
    assert.is(stderr, 'p4runpro: there is no memory nosuch in program lb\n');
    assert.is(readFileSync(join(folder, 'lines'), 'utf8'), '');
  }));

test('the shell: help of all commands and of one, and a suggestion for an unknown one', () =>
  withFolder(async (folder) => {
    const child = spawn(process.execPath, [CLI, 'shell', ...SIM], { cwd: folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.end('help\nhelp memory\nhelp memry\nhelp MEMADD\nshwo\nhelp exit now\n');
    await once(child, 'close');
    assert.match(stdout, /^Commands:\n/);
    for (const said of [
      'deploy <files..>',
      'exit, quit',
      '  help [WORD]',
      'Words to write to consecutive buckets',
      'm[mar] += sar',
    ]) {
      assert.ok(stdout.includes(said), said);
    }
    assert.equal(stderr.split('\n'), [
      "p4runpro: there is no command 'memry': did you mean memory?",
      "p4runpro: there is no command 'shwo': did you mean show?",
      'p4runpro: help takes one word',
      '',
    ]);
  }));

/** What the shell asks of a session to complete a line. */
const session = { controller: { state: { programs: new Map() } } } as unknown as Session;
const completed = (line: string): string[] => completions(line, session)[0];

test('tab completes commands, and files where a command takes them', () =>
  withFolder(async (folder) => {
    assert.equal(completed('r'), ['revoke ', 'replace ', 'repair ']);
    assert.equal(completed('').slice(-5), ['repair ', 'forget ', 'help ', 'exit ', 'quit ']);
    assert.equal(completed('help s'), ['show ']);
    mkdirSync(join(folder, 'programs'));
    for (const name of ['one.p4runpro', 'other', '.hidden']) writeFileSync(join(folder, 'programs', name), '');
    assert.equal(completed(`deploy ${folder}/pro`), [`${folder}/programs/`]);
    assert.equal(completed(`deploy x ${folder}/programs/o`), [
      `${folder}/programs/one.p4runpro `,
      `${folder}/programs/other `,
    ]);
    assert.equal(completed(`replace ${folder}/programs/.`), [`${folder}/programs/.hidden `]);
    assert.equal(completed(`change ${folder}/nosuch/`), []);
    assert.equal(completed(`deploy --${folder}`), []);
  }));

test('Ctrl-C at the prompt clears the line, and ends a command that runs', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const lines = createInterface({ input, output, terminal: true, prompt: '> ' });
  let isRunning = false;
  let interrupts = 0;
  onCtrlC(lines, output, () => isRunning && ++interrupts > 0);
  const typed: string[] = [];
  lines.on('line', (line) => typed.push(line));
  const press = async (keys: string): Promise<void> => {
    input.write(keys);
    await new Promise((resolve) => setImmediate(resolve));
  };
  await press('revoke everything');
  await press('\u001b[D\u001b[D');
  await press('\u0003');
  await press('show\r');
  isRunning = true;
  await press('\u0003');
  lines.close();
  assert.equal(typed, ['show']);
  assert.is(interrupts, 1);
  assert.ok(String(output.read()).includes('^C\n'));
});

test('the shell splits words at blanks outside quotes', () => {
  assert.equal(wordsOf(`memory write 'a b' "c d" 3  `), ['memory', 'write', 'a b', 'c d', '3']);
});

const sim = (...args: string[]): string[] => [...args, ...SIM];
const REFUSED: readonly Refusal[] = [
  { args: ['deploy', 'x.p4runpro'], says: /missing required option --target; see p4runpro deploy --help/ },
  { args: ['show', '--target', 'sim'], says: /--target sim needs --state FILE/ },
  { args: sim('deplyo', 'x'), says: /there is no command 'deplyo': did you mean deploy\?/ },
  { args: ['cases', 'ad', 'x'], says: /there is no command 'cases ad': did you mean add\?/ },
  { args: ['xyzzy'], says: /there is no command 'xyzzy': p4runpro --help lists them/ },
  { args: sim('show'), says: /s: no such file; p4runpro deploy creates one/ },
  { args: sim('deploy', 'nosuch.p4runpro'), says: /nosuch\.p4runpro: no such file/ },
  { args: ['show', '--target', 'nowhere'], says: /--target takes sim or HOST:PORT, not 'nowhere'/ },
  { args: ['show', '--target', '127.0.0.1:1', '--journal', 'j'], says: /127\.0\.0\.1:1/, status: 1 },
  { args: sim('show'), given: (folder) => writeFileSync(join(folder, 's'), 'x'), says: /s: not a snapshot/ },
  { args: ['serve', '--port', '70000'], says: /--port takes a whole number from 0 to 65,535/ },
  { args: ['serve', '--port', '0', '--forward', '1-2'], says: /--forward takes IN:OUT, not '1-2'/ },
  { args: ['serve', '--port', '0', '--host', '192.0.2.1'], says: /cannot listen on 192\.0\.2\.1/ },
];
await testRefusals('p4runpro', REFUSED);

test.run();
