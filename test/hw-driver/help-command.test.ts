/** `p4runpro help`, `fields` and `primitives` as a user types them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane, must, PRIMITIVES } from '../../compiler/index.js';
import { articleOf, articleText, languageWords } from '../../compiler/reference/index.js';
import { fieldsCommand } from '../../hw-driver/cli/commands/fields-command.js';
import { primitivesCommand } from '../../hw-driver/cli/commands/primitives-command.js';
import { textTable } from '../../hw-driver/cli/kit/text-table.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type Refusal, testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';

const planes = ['default', 'published', 'tofino1'];
const ONE_STEP_NOT = packageFile('test', 'hw-driver', 'data-planes', 'one-step-not.json');

/** What a command says on stdout; it must succeed, say nothing else, and fit 100 columns. */
const said = (...words: readonly string[]): Promise<string> =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('p4runpro', words, { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    if (!words.includes('--json')) for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
    return stdout;
  });

test('help alone lists all words of the language and all commands', async () => {
  const text = await said('help');
  const plane = must(builtInDataPlane('default'), 'data plane');
  const words = new Set(text.split(/\s+/));
  for (const word of [...languageWords(plane).values()].flat()) assert.ok(words.has(word), word);
  for (const command of ['check', 'deploy', 'fields', 'help']) assert.ok(words.has(command), command);
});

test('the article of every word fits the terminal, on every data plane', () => {
  for (const name of planes) {
    const plane = must(builtInDataPlane(name), 'data plane');
    for (const word of [...languageWords(plane).values()].flat()) {
      const article = must(articleOf(word, plane), word);
      // Lines of programs are not broken.
      const quoted = new Set(`${article.example}\n${article.cure}`.split('\n').map((line) => line.trim()));
      for (const width of [80, 100]) {
        const text = articleText(article, width);
        for (const line of text.split('\n')) assert.ok(line.length <= width || quoted.has(line.trim()), line);
        assert.ok(text.includes(word), word);
      }
    }
  }
});

test('help of a word: what it means, takes, and where it lies on the data plane that is asked for', async () => {
  assert.match(await said('help', 'FORWARD'), /\n {2}lies in +every RPB of ingress \(1-10\)\n/);
  assert.match(
    await said('help', 'NOT', '--dataplane', ONE_STEP_NOT),
    /takes +1 entry in 1 RPB\n.*RPBs 2, 4 of ingress, 14 of egress/,
  );
  assert.match(await said('help', 'hdr.tcp.dst_port'), /field +hdr\.l4_port\.dst_port\n.*implies 6/);
  const document = JSON.parse(await said('help', 'MEMOR', '--json')) as object;
  assert.equal(Object.keys(document), [
    'schema',
    'dataPlane',
    'kind',
    'title',
    'signature',
    'meaning',
    'facts',
    'example',
  ]);
  const words = JSON.parse(await said('help', '--json')) as { words: { primitive: string[] } };
  assert.equal(words.words.primitive, [...PRIMITIVES.keys()]);
});

test('help of a command is its help; a word that is both has both', async () => {
  assert.match(await said('help', 'check'), /^p4runpro check <files\.\.>\n/);
  assert.match(await said('help', 'cases', 'add'), /^p4runpro cases add <file>\n/);
  assert.match(await said('help', 'help'), /^p4runpro help \[words\.\.\]\n/);
  assert.match(await said('help', 'memory'), /^memory \(topic\)\n[\s\S]*p4runpro memory <verb>/);
});

test('fields and primitives: tables that fit, and documents', async () => {
  for (const name of planes) {
    const plane = must(builtInDataPlane(name), 'data plane');
    const table = await said('fields', '--dataplane', name);
    for (const field of plane.fields.keys()) assert.ok(table.includes(`\n${field} `), field);
    const { fields } = JSON.parse(await said('fields', '--dataplane', name, '--json')) as {
      fields: readonly { name: string; extract: readonly { register: string; rpbs: readonly number[] }[] }[];
    };
    assert.equal(
      fields.map((field) => field.name),
      [...plane.fields.keys()],
    );
    for (const field of fields) {
      for (const { register, rpbs } of field.extract) {
        const action = `extract_${field.name.replaceAll(/[._]/g, '')}_${register}`;
        assert.equal(
          rpbs,
          plane.rpbs.filter(({ actions }) => actions.has(action)).map(({ number }) => number),
          action,
        );
      }
    }
    const primitives = await said('primitives', '--dataplane', name);
    for (const primitive of PRIMITIVES.keys()) assert.match(primitives, new RegExp(`\\n${primitive}[ (]`));
  }
  assert.match(await said('primitives'), /\nSUB\(first, second\) +4 or 6 +first -= second +every RPB\n/);
  const document = JSON.parse(await said('primitives', '--json')) as { primitives: readonly { name: string }[] };
  assert.is(document.primitives.length, PRIMITIVES.size);
});

test('tables divide cells between words, never the first column, and keep words that are too long', () => {
  const text = textTable(['a', 'b', 'c'], [['one two', 'three four five', `${'x'.repeat(20)} y`]], 30);
  assert.equal(text.split('\n'), [
    'a        b      c',
    'one two  three  xxxxxxxxxxxxxxxxxxxx',
    '         four   y',
    '         five',
    '',
  ]);
  assert.is(textTable(['a', 'b'], [['1', '2']], 80), 'a  b\n1  2\n');
});

const REFUSALS: readonly Refusal[] = [
  { args: ['help', 'exxtract'], says: /^p4runpro: there is no word 'exxtract': did you mean EXTRACT\?\n$/ },
  { args: ['help', 'hdr.ipv4.dest'], says: /did you mean hdr\.ipv4\.dst\?\n$/ },
  { args: ['help', 'chek'], says: /did you mean check\?\n$/ },
  { args: ['help', 'x'.repeat(5000)], says: /^p4runpro: there is no word 'x{39}…': p4runpro help lists them\n$/ },
  { args: ['help', 'MEMADD', 'MEMSUB'], says: /^p4runpro: help takes one word, not 'MEMADD MEMSUB'\n$/ },
  { args: ['help', 'check', '--json'], says: /^p4runpro: check is a command: its help is text, not JSON\n$/ },
  { args: ['help', 'MEMADD', '--dataplane', 'nosuch'], says: /nosuch/ },
  { args: ['fields', 'hdr.ipv4.dst'], says: /./ },
  { args: ['primitives', '--dataplane', 'nosuch'], says: /nosuch/ },
];

testForgottenValues('fields', fieldsCommand.options, ['--dataplane']);
testForgottenValues('primitives', primitivesCommand.options, ['--dataplane']);
await testRefusals('p4runpro', REFUSALS);

test.run();
