/** `p4runpro` as a user types it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PASS_NAMES } from '../../compiler/index.js';
import { checkCommand } from '../../hw-driver/cli/commands/check-command.js';
import { compileCommand } from '../../hw-driver/cli/commands/compile-command.js';
import { packageFile } from '../../traces/system/package-root.js';
import {
  assertNoStackTrace,
  type Refusal,
  testForgottenValues,
  testRefusals,
  type,
  withFolder,
} from '../command-line.js';

const CACHE = packageFile('bench', 'programs', 'cache.p4runpro');
const LB = packageFile('bench', 'programs', 'lb.p4runpro');
const HH = packageFile('bench', 'programs', 'hh.p4runpro');

/** Three errors of meaning. */
const MEANING = `program p(<hdr.ipv4.source, 10.0.0.0, 255.0.0.0>) {
    EXTRACT(hdr.l5.opp, har);
    FORWARD(999999);
}
`;
/** Two errors of syntax, one of meaning. */
const SYNTAX = `program p(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {
    LOADI(har 1);
    EXTRACT(hdr.l5.opp, sar);
    ADD(har, sar)
    FORWARD(1);
}
`;
const given = (name: string, content: string) => (folder: string) => writeFileSync(join(folder, name), content);

for (const [words, says] of [
  [[], /p4runpro check.*p4runpro compile/s],
  [['check'], /--json/],
  [['compile'], /--output.*--state/s],
] as const) {
  test(['p4runpro', ...words, '--help'].join(' '), () =>
    withFolder(async (folder) => {
      const { status, stdout, stderr } = await type('p4runpro', [...words, '--help'], { folder });
      assert.is(status, 0);
      assert.is(stderr, '');
      assert.match(stdout, says);
    }),
  );
}

test('check: programs without fault', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('p4runpro', ['check', CACHE, LB], { folder });
    assert.is(status, 0, stderr);
    assert.is(stdout, '2 programs checked, 0 warnings\n');
    assert.is(stderr, '');
  }));

interface Underlined {
  readonly place: string;
  readonly text: string;
}

/** What each finding underlines. */
function underlined(stderr: string): Underlined[] {
  const findings = stderr.matchAll(/^(\S+:\d+:\d+): error\[[\w-]+\]: .+\n +\d+ \| (.*)\n +\| ( *)(\^+)$/gm);
  return [...findings].map(([, place = '', line = '', before = '', carets = '']) => ({
    place,
    text: line.slice(before.length, before.length + carets.length),
  }));
}

test('check: every error of a file, underlined', () =>
  withFolder(async (folder) => {
    given('meaning.p4runpro', MEANING)(folder);
    given('syntax.p4runpro', SYNTAX)(folder);
    const { status, stdout, stderr } = await type('p4runpro', ['check', 'meaning.p4runpro', 'syntax.p4runpro', CACHE], {
      folder,
    });
    assert.is(status, 2);
    assert.is(stdout, '6 errors, 0 warnings\n');
    assertNoStackTrace(stderr);
    assert.equal(underlined(stderr), [
      { place: 'meaning.p4runpro:1:12', text: 'hdr.ipv4.source' },
      { place: 'meaning.p4runpro:2:13', text: 'hdr.l5.opp' },
      { place: 'meaning.p4runpro:3:13', text: '999999' },
      { place: 'syntax.p4runpro:2:14', text: ' ' },
      { place: 'syntax.p4runpro:3:13', text: 'hdr.l5.opp' },
      { place: 'syntax.p4runpro:4:18', text: '' },
    ]);
    assert.match(stderr, /no field hdr\.ipv4\.source[\s\S]*did you mean hdr\.ipv4\.src\?/);
  }));

test('files that are no source of programs are refused in one sentence, by every command that reads one', () =>
  withFolder(async (folder) => {
    given('binary.p4runpro', 'program p\0')(folder);
    writeFileSync(join(folder, 'noise.p4runpro'), Buffer.from(Array.from({ length: 300 }, (_, i) => 128 + (i % 100))));
    given('long.p4runpro', `// ${'x'.repeat(4 * 1024 * 1024)}`)(folder);
    given('most.p4runpro', `program p(<hdr.ipv4.src, 1, 1>) { DROP; }\n//${' '.repeat(4 * 1024 * 1024 - 100)}`)(folder);
    for (const [command = '', ...options] of [
      ['check'],
      ['compile'],
      ['explain'],
      ['deploy', '--target', 'sim', '--state', 's'],
      ['try', '--packet', 'ttl=1'],
    ]) {
      for (const [file, says] of [
        ['binary.p4runpro', 'a binary file (byte 9 is 0), and the source of a P4runpro program was expected'],
        ['noise.p4runpro', 'a binary file (not UTF-8), and the source of a P4runpro program was expected'],
        ['long.p4runpro', 'more than 4 MiB'],
      ] as const) {
        const { status, stdout, stderr } = await type('p4runpro', [command, file, ...options], { folder });
        assert.is(status, 2, stderr);
        assert.is(stdout, '');
        assert.is(stderr, `p4runpro: ${file}: ${says}\n`);
      }
    }
    assert.is((await type('p4runpro', ['check', 'most.p4runpro'], { folder })).status, 0);
  }));

test('check --json: one document, nothing else', () =>
  withFolder(async (folder) => {
    given('meaning.p4runpro', MEANING)(folder);
    const { status, stdout, stderr } = await type('p4runpro', ['check', '--json', 'meaning.p4runpro', CACHE], {
      folder,
    });
    assert.is(status, 2);
    assert.is(stderr, '');
    const { schema, files } = JSON.parse(stdout) as {
      schema: string;
      files: { file: string; diagnostics: object[] }[];
    };
    assert.is(schema, 'p4runpro/check@1');
    assert.equal(
      files.map(({ file, diagnostics }) => [file, diagnostics.length]),
      [
        ['meaning.p4runpro', 3],
        [CACHE, 0],
      ],
    );
    given('misspelt.p4runpro', 'program p(<hdr.ipv4.src, 1, 1>) { DORP; }')(folder);
    const misspelt = await type('p4runpro', ['check', '--json', 'misspelt.p4runpro'], { folder });
    const found = JSON.parse(misspelt.stdout) as { files: { diagnostics: { hint: string; fix: object }[] }[] };
    assert.equal(
      found.files.flatMap(({ diagnostics }) => diagnostics.map(({ hint, fix }) => [hint, fix])),
      [['did you mean DROP?', { title: 'replace by DROP', start: 34, end: 38, text: 'DROP' }]],
    );
  }));

test('compile: to standard output, or with -o to a file', () =>
  withFolder(async (folder) => {
    const printed = await type('p4runpro', ['compile', CACHE], { folder });
    assert.is(printed.status, 0, printed.stderr);
    assert.is(printed.stderr, '');
    const document = JSON.parse(printed.stdout) as { program: string; entries: object[] };
    assert.is(document.program, 'cache');
    assert.ok(document.entries.length > 0);
    const { status, stdout, stderr } = await type('p4runpro', ['compile', CACHE, '-o', 'cache.json'], { folder });
    assert.is(status, 0, stderr);
    assert.is(stdout, '');
    assert.is(stderr, '');
    assert.equal(readdirSync(folder), ['cache.json']);
    assert.is(readFileSync(join(folder, 'cache.json'), 'utf8'), printed.stdout);
  }));

test('compile --print-after: forms after passes, as text; --print: one of the forms', () =>
  withFolder(async (folder) => {
    const print = async (...options: string[]): Promise<string> => {
      const { status, stdout, stderr } = await type('p4runpro', ['compile', CACHE, ...options], { folder });
      assert.is(status, 0, stderr);
      return stdout;
    };
    const heads = (text: string): string[] =>
      [...text.matchAll(/^==== after ([a-z-]+)/gm)].map(([, name = '']) => name);
    assert.equal(heads(await print('--print-after', 'all')), PASS_NAMES);
    const two = await print('--print-after', 'rows', '--print-after', 'expand');
    assert.equal(heads(two), ['expand', 'rows']);
    assert.match(two, /^==== after expand, program cache\n {4}1 {2}forward\(32\) +line 7\n/);
    assert.is(await print('--print', 'rows'), two.slice(two.indexOf('branch ids')));
    for (const form of ['syntax', 'program', 'steps', 'branches', 'placement']) {
      assert.not.match(await print('--print', form), /^[[{]/, form);
    }
    assert.is(await print('--print', 'entries'), await print());
    const both = await type('p4runpro', ['compile', CACHE, '--print', 'rows', '--print-after', 'rows'], { folder });
    assert.is(both.status, 2);
    assert.match(both.stderr, /--print and --print-after exclude each other/);
  }));

test('compile --state: beside programs that run already, of which it takes nothing', () =>
  withFolder(async (folder) => {
    await type('p4runpro', ['compile', CACHE, '-o', 'cache.json'], { folder });
    const alone = await type('p4runpro', ['compile', HH], { folder });
    const beside = await type('p4runpro', ['compile', HH, '--state', 'cache.json'], { folder });
    assert.is(beside.status, 0, beside.stderr);
    const id = ({ stdout }: { stdout: string }): number => (JSON.parse(stdout) as { programId: number }).programId;
    assert.is.not(id(beside), id(alone));
  }));

test('compile: errors are underlined, and no file is written', () =>
  withFolder(async (folder) => {
    given('meaning.p4runpro', MEANING)(folder);
    const { status, stdout, stderr } = await type('p4runpro', ['compile', 'meaning.p4runpro', '-o', 'm.json'], {
      folder,
    });
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.is(underlined(stderr).length, 3, stderr);
    assert.equal(readdirSync(folder), ['meaning.p4runpro']);
  }));

const LONG_PROGRAM = `program long(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n    LOADI(har, 1);\n    LOADI(sar, 1);\n${'    ADD(har, sar);\n'.repeat(60)}}\n`;

const REFUSALS: readonly Refusal[] = [
  ...['check', 'compile', 'explain'].map(
    (command): Refusal => ({
      args: [command, 'c.json'],
      given: (folder) => writeFileSync(join(folder, 'c.json'), '{\n "schema": "p4runpro-sim/compiled-program@2"\n}\n'),
      says: /c\.json is JSON, perhaps a compiled program/,
    }),
  ),
  { args: [], says: /no command is given: p4runpro --help/ },
  { args: ['chekc'], says: /there is no command 'chekc': did you mean check\?/ },
  { args: ['check'], says: /too few arguments: found 0, expected at least 1, as in p4runpro check <files/ },
  { args: ['compile'], says: /too few arguments.*; see p4runpro compile --help/ },
  { args: ['compile', CACHE, LB], says: /unexpected argument '.*lb\.p4runpro'; see p4runpro compile --help/ },
  { args: ['check', CACHE, '--verfiy'], says: /there is no option --verfiy: did you mean --verify\?/ },
  { args: ['check', 'nosuch.p4runpro'], says: /nosuch\.p4runpro: no such file/ },
  { args: ['check', CACHE, 'nosuch.p4runpro'], says: /nosuch\.p4runpro: no such file/ },
  { args: ['check', '.'], says: /\.: a folder, not a file/ },
  { args: ['check', CACHE, '--packets', '0'], says: /--packets takes a whole number from 1/ },
  { args: ['check', CACHE, '--dataplane', 'nosuch'], says: /no data plane 'nosuch'/ },
  { args: ['check', CACHE, '--dataplane', 'default', '--dataplane', 'default'], says: /--dataplane is given more/ },
  { args: ['compile', 'nosuch.p4runpro', '-o', 'a.json'], says: /nosuch\.p4runpro: no such file/ },
  { args: ['compile', CACHE, '-o', 'a.json', '-o', 'b.json'], says: /--output is given more than once/ },
  { args: ['compile', CACHE, '-o', 'nosuch/a.json'], says: /cannot write nosuch\/a\.json/ },
  { args: ['compile', CACHE, '-o', 'd'], given: (folder) => mkdirSync(join(folder, 'd')), says: /cannot write d/ },
  { args: ['compile', CACHE, '-R', 'x', '-o', 'a.json'], says: /--recirculations takes a whole number/ },
  { args: ['compile', CACHE, '--priority', '-1'], says: /--priority takes a whole number/ },
  {
    args: ['compile', 'long.p4runpro', '-o', './long.p4runpro'],
    given: given('long.p4runpro', LONG_PROGRAM),
    says: /--output \.\/long\.p4runpro would overwrite long\.p4runpro, which the command reads/,
  },
  {
    args: ['explain', 'long.p4runpro', '--svg', 'long.p4runpro'],
    given: given('long.p4runpro', LONG_PROGRAM),
    says: /--svg long\.p4runpro would overwrite long\.p4runpro, which the command reads/,
  },
  { args: ['compile', CACHE, '--print', 'steps', '--state', 'nosuch.json'], says: /nosuch\.json: no such file/ },
  { args: ['compile', CACHE, '--print', 'syntax', '--priority', '-1'], says: /--priority takes a whole number/ },
  { args: ['compile', CACHE, '--state', 'nosuch.json'], says: /nosuch\.json: no such file/ },
  { args: ['compile', CACHE, '--state', 's.json'], given: given('s.json', 'no'), says: /s\.json is not JSON/ },
  {
    args: ['compile', CACHE, '--state', 's.json'],
    given: given('s.json', '{}'),
    says: /s\.json: .*not a compiled program/,
  },
  {
    args: ['compile', 'long.p4runpro', '-R', '0', '-o', 'a.json'],
    given: given('long.p4runpro', LONG_PROGRAM),
    says: /program long does not fit: /,
    status: 1,
  },
];

await testRefusals('p4runpro', REFUSALS);

testForgottenValues('p4runpro check', checkCommand.options, ['--dataplane', '--seed']);
testForgottenValues('p4runpro compile', compileCommand.options, ['--output', '--state', '--print', '--print-after']);

test.run();
