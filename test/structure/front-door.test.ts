/** What CONTRIBUTING.md, ARCHITECTURE.md and the other documents say of files, checked against the files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { sourceFiles } from './source-files.js';

const read = (path: string): string => readFileSync(packageFile(...path.split('/')), 'utf8');
const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/GLOSSARY.md', 'docs/examples/README.md'];
const FOLDER_READMES = ['compiler', 'sim', 'traces', 'hw-driver', 'bench', 'results', 'test'].map(
  (room) => `${room}/README.md`,
);

test('the README leads to tutorial, language, actions and architecture on its first screen', () => {
  const screen = read('README.md').split('\n').slice(0, 25).join('\n');
  for (const path of ['docs/TUTORIAL.md', 'docs/LANGUAGE.md', 'docs/ACTIONS.md', 'ARCHITECTURE.md']) {
    assert.ok(screen.includes(`](${path})`), path);
  }
});

/** How the example of each recipe is found in the code: the files that say it are those that the recipe names. */
const EXAMPLES: Readonly<Record<string, RegExp>> = {
  'Add a primitive': /\bSUBI\b/,
  'Add an action': /kind: 'not',/,
  'Add an allocator': /\bhierarchical\b/,
  'Add a data plane': /\bTOFINO1_DESCRIPTION\b/,
  'Add a program': /'sm'|\bsm:|\bprogram sm\b|\bSuMax\b|\bsumax\b/,
  'Add an experiment': /\bSketchCell\b|\/hashes\.js/,
  'Add a type of hosts': /\bECHO\b/,
  'Add a command': /\bconform\b/,
};

/** Where an example is a common word, or a task of another system too, the folders in which it is looked for. */
const WITHIN: Readonly<Record<string, RegExp>> = {
  'Add an action': /\/instructions\//,
  // Programs use primitives.
  'Add a primitive': /\.ts$/,
  'Add a program': /^(?!bench\/peers\/|bench\/paper\/reproduce\/experiments\/peers-)/,
};

/** Lists of what the package exports name everything, whether it was added or not. */
const EXPORTS = /^[\w-]+\/(index|public)\.ts$/;

const code = [
  ...sourceFiles()
    .filter(({ path }) => !EXPORTS.test(path))
    .map(({ path, text }) => ({ path, text })),
  ...readdirSync(packageFile('bench', 'programs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.p4runpro'))
    .map((name) => {
      const path = `bench/programs/${name}`;
      return { path, text: read(path) };
    }),
];

const recipes = read('CONTRIBUTING.md')
  .split(/^##+ /m)
  .slice(1)
  .map((text) => ({
    title: text.slice(0, text.indexOf('\n')),
    count: Number(/Files: \*\*(\d+)\*\*/.exec(text)?.[1]),
    files: [...text.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, path = '']) => path),
    tests: [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path),
  }))
  .filter(({ title }) => title.startsWith('Add '));

test('each kind of addition has a recipe', () => {
  assert.equal(recipes.map(({ title }) => title).sort(), Object.keys(EXAMPLES).sort());
});

for (const { title, count, files, tests } of recipes) {
  test(`${title}: the files that it names are those of its example`, () => {
    assert.is(files.length, count);
    const example = EXAMPLES[title] ?? /$^/;
    assert.equal(
      code
        .filter(({ path, text }) => example.test(text) && (WITHIN[title] ?? /./).test(path))
        .map(({ path }) => path)
        .sort(),
      [...files].sort(),
    );
    assert.ok(tests.length > 0, 'it names tests');
    for (const path of tests) assert.ok(existsSync(packageFile(...path.split('/'))), path);
  });
}

/** As on GitHub: lower case, spaces to hyphens, other signs go. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title));

for (const document of [...DOCUMENTS, ...FOLDER_READMES]) {
  test(`${document}: links lead somewhere`, () => {
    const text = read(document);
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : join(dirname(document), path);
      assert.ok(existsSync(packageFile(...file.split('/'))), `${target}: there is no ${file}`);
      if (anchor !== undefined) assert.ok(anchorsOf(read(file)).includes(anchor), `${target}: no such heading`);
    }
  });
}

const ROOM = /^(compiler|sim|hw-driver|bench|traces|test|docs)\/[\w./-]+$/;

for (const document of DOCUMENTS) {
  test(`${document}: files and folders that it names are there`, () => {
    for (const [, path = ''] of read(document).matchAll(/`([^`\s]+)`/g)) {
      if (ROOM.test(path)) assert.ok(existsSync(packageFile(...path.split('/'))), path);
    }
  });
}

test('headings of ARCHITECTURE.md can be linked: none comes twice', () => {
  const anchors = anchorsOf(read('ARCHITECTURE.md'));
  assert.is(new Set(anchors).size, anchors.length);
  assert.ok(anchors.includes('strands'));
});

test('every invariant has one label and a test that holds it', () => {
  const text = read('ARCHITECTURE.md');
  const rows = [...text.matchAll(/^\| \[(INV-[A-Z-]+)\] \|[^|]+\|([^|]+)\|$/gm)].map(([, label = '', held = '']) => ({
    label,
    tests: [...held.matchAll(/`((?:test|\.ci)\/[^`]+)`/g)].map(([, path = '']) => path),
  }));
  assert.ok(rows.length >= 10);
  assert.is(new Set(rows.map(({ label }) => label)).size, rows.length);
  for (const { label, tests } of rows) {
    assert.ok(tests.length > 0, label);
    for (const path of tests) assert.ok(existsSync(packageFile(...path.split('/'))), `${label}: ${path}`);
  }
  const known = new Set(rows.map(({ label }) => label));
  const used = [text, ...sourceFiles().map((file) => file.text)].flatMap(
    (each) => each.match(/\bINV-[A-Z-]*[A-Z]/g) ?? [],
  );
  for (const label of used) assert.ok(known.has(label), label);
});

test('no word is twice in the glossary', () => {
  const words = [...read('docs/GLOSSARY.md').matchAll(/^\| \*\*(.+?)\*\*/gm)].map(([, word]) => word);
  assert.ok(words.length >= 50);
  assert.is(new Set(words).size, words.length);
});

test.run();
