/** `p4runpro explain` as a user types it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainCommand } from '../../hw-driver/cli/commands/explain-command.js';
import { packageFile } from '../../traces/system/package-root.js';
import {
  assertNoStackTrace,
  type Refusal,
  testForgottenValues,
  testRefusals,
  type,
  withFolder,
} from '../command-line.js';
import { assertBalanced } from '../compiler/xml.js';

const program = (name: string): string => packageFile('bench', 'programs', `${name}.p4runpro`);
const LONG = `program long(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n    LOADI(har, 1);\n    LOADI(sar, 1);\n${'    ADD(har, sar);\n'.repeat(28)}}\n`;
const OTHER = 'program other(<hdr.ipv4.dst, 11.0.0.0, 255.0.0.0>) {\n    FORWARD(1);\n}\n';
const WRONG = 'program p(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n    FORWARD(999999);\n}\n';
const given = (name: string, content: string) => (folder: string) => writeFileSync(join(folder, name), content);

interface Document {
  readonly schema: string;
  readonly file: string;
  readonly dataPlane: { readonly name: string };
  readonly diagnostics: readonly { readonly code: string }[];
  readonly programs: readonly {
    readonly fits: boolean;
    readonly program: string;
    readonly rows?: readonly { readonly row: number; readonly why: string; readonly entries: readonly object[] }[];
    readonly proposals?: readonly { readonly kind: string }[];
  }[];
}

test('text: rows, where they are and why; nothing on stderr', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('p4runpro', ['explain', program('lb')], { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    assert.match(stdout, /^program lb: 8 rows in 8 RPBs/);
    assert.match(stdout, /only\s+ingress\s+RPBs\s+have\s+forward/);
    assert.ok(stdout.split('\n').every((line) => line.length <= 100));
    assert.equal(readdirSync(folder), []);
  }));

test('--json: one document with the schema, equal for equal input', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('p4runpro', ['explain', '--json', program('nc')], { folder });
    assert.is(status, 0, stderr);
    const document = JSON.parse(stdout) as Document;
    assert.equal(Object.keys(document), ['schema', 'file', 'dataPlane', 'recirculations', 'diagnostics', 'programs']);
    assert.is(document.schema, 'p4runpro/explain@1');
    assert.is(document.dataPlane.name, 'default');
    const [nc] = document.programs;
    assert.equal(
      nc?.rows?.map(({ row }) => row),
      Array.from({ length: 33 }, (_, i) => i + 1),
    );
    assert.ok(nc?.rows?.every(({ why, entries }) => why !== '' && entries.length > 0));
    assert.is((await type('p4runpro', ['explain', '--json', program('nc')], { folder })).stdout, stdout);
  }));

test('--svg: the figure, whole', () =>
  withFolder(async (folder) => {
    const args = ['explain', program('l2'), '--svg', 'l2.svg'];
    const { status, stderr } = await type('p4runpro', args, { folder });
    assert.is(status, 0, stderr);
    assert.equal(readdirSync(folder), ['l2.svg']);
    const svg = readFileSync(join(folder, 'l2.svg'), 'utf8');
    assertBalanced(svg);
    assert.match(svg, />l2_first</);
  }));

test('several programs in a file: each beside those before it, and one that does not fit hides none', () =>
  withFolder(async (folder) => {
    given('two.p4runpro', `${LONG}${OTHER}`)(folder);
    const args = ['explain', 'two.p4runpro', '-R', '0'];
    const { status, stdout, stderr } = await type('p4runpro', args, { folder });
    assert.is(status, 1, stderr);
    assert.match(stdout, /^program long does not fit: it has 30 rows in sequence/);
    assert.match(stdout, /--recirculations 1 instead of 0\n\nprogram other: 1 row/);
    const json = JSON.parse((await type('p4runpro', [...args, '--json'], { folder })).stdout) as Document;
    assert.equal(
      json.programs.map(({ fits, program: name }) => [name, fits]),
      [
        ['long', false],
        ['other', true],
      ],
    );
    assert.equal(
      json.programs[0]?.proposals?.map(({ kind }) => kind),
      ['more-recirculations'],
    );
  }));

test('--state: beside programs that run already', () =>
  withFolder(async (folder) => {
    await type('p4runpro', ['compile', program('lb'), '-o', 'lb.json'], { folder });
    const args = ['explain', program('lb'), '--state', 'lb.json'];
    const { status, stdout } = await type('p4runpro', args, { folder });
    assert.is(status, 1);
    assert.match(stdout, /a program of this name is running[\s\S]*- without lb, which runs now/);
  }));

test('a program with errors: underlined on stderr, or in the document; nothing is explained', () =>
  withFolder(async (folder) => {
    given('wrong.p4runpro', WRONG)(folder);
    const { status, stdout, stderr } = await type('p4runpro', ['explain', 'wrong.p4runpro', '--svg', 'a.svg'], {
      folder,
    });
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, /wrong\.p4runpro:2:13: error\[port-out-of-range\]/);
    assertNoStackTrace(stderr);
    assert.equal(readdirSync(folder), ['wrong.p4runpro']);
    const json = await type('p4runpro', ['explain', 'wrong.p4runpro', '--json'], { folder });
    assert.is(json.status, 2);
    assert.is(json.stderr, '');
    const { diagnostics, programs } = JSON.parse(json.stdout) as Document;
    assert.equal([diagnostics.map(({ code }) => code), programs], [['port-out-of-range'], []]);
  }));

test('an empty program is explained, an empty file has an error', () =>
  withFolder(async (folder) => {
    given('empty.p4runpro', 'program nothing(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n}\n')(folder);
    given('none.p4runpro', '')(folder);
    const empty = await type('p4runpro', ['explain', 'empty.p4runpro', '--svg', 'e.svg'], { folder });
    assert.is(empty.status, 0, empty.stderr);
    assert.match(empty.stdout, /The program has no rows/);
    assertBalanced(readFileSync(join(folder, 'e.svg'), 'utf8'));
    assert.is((await type('p4runpro', ['explain', 'none.p4runpro'], { folder })).status, 2);
  }));

test('compile says whether an empty switch would hold what does not fit', () =>
  withFolder(async (folder) => {
    given('long.p4runpro', LONG)(folder);
    const { status, stderr } = await type('p4runpro', ['compile', 'long.p4runpro', '-R', '0'], { folder });
    assert.is(status, 1);
    assert.match(stderr, /it cannot fit an empty switch of data plane default with 0 recirculations/);
  }));

const REFUSALS: readonly Refusal[] = [
  {
    args: ['explain'],
    says: /too few arguments: found 0, expected at least 1, as in p4runpro explain <file>; see p4runpro explain --help/,
  },
  { args: ['explain', 'nosuch.p4runpro'], says: /nosuch\.p4runpro: no such file/ },
  { args: ['explain', program('lb'), '--svg', 'nosuch/a.svg'], says: /cannot write nosuch\/a\.svg/ },
  {
    args: ['explain', program('lb'), '--svg', 'd'],
    given: (folder) => mkdirSync(join(folder, 'd')),
    says: /cannot write d/,
  },
  { args: ['explain', program('lb'), '--svg', 'a.svg', '--svg', 'b.svg'], says: /--svg is given more than once/ },
  { args: ['explain', program('lb'), '-R', 'x'], says: /--recirculations takes a whole number/ },
  { args: ['explain', program('lb'), '-R', '16'], says: /--recirculations takes a whole number from 0 to 15/ },
  { args: ['explain', program('lb'), '--priority', '-1'], says: /--priority takes a whole number/ },
  {
    args: ['explain', program('lb'), '--state', 's.json'],
    given: given('s.json', '{}'),
    says: /not a compiled program/,
  },
  { args: ['explain', program('lb'), '--dataplane', 'nosuch'], says: /no data plane 'nosuch'/ },
];

await testRefusals('p4runpro', REFUSALS);

testForgottenValues('p4runpro explain', explainCommand.options, ['--state', '--svg', '--recirculations']);

test.run();
