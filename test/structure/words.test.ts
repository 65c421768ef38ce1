/** Phrases that readers stumbled over stay out of comments, help, messages and documents: the noun is to be named. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { sourceFiles } from './source-files.js';

const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/GLOSSARY.md', 'docs/examples/README.md'];
const FOLDER_READMES = ['compiler', 'sim', 'traces', 'hw-driver', 'bench', 'results', 'test'].map(
  (room) => `${room}/README.md`,
);

/** Each with what to write in its place. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bso many\b/i, 'the number by its name: "maximum recirculations"'],
  [/\bwhatever\b/i, '"any", "all", "for every"'],
  [/\bwhoever\b/i, 'who it is: "a client", "the caller"'],
  [/\btold of\b|\ball is told\b/i, '"handled", "traced", "listed"'],
  [/\bthose that go among\b/i, 'what they are: "removed cases"'],
  [/\bcomes? round\b/i, '"recirculates"'],
  [/\bto who \w+s\b|\bby who \w+s\b/i, 'who it is'],
  [/\bone behind the other\b/i, '"in sequence"'],
];
/** Its text is part of P4 sources, which stay equal to the byte. */
const RECORDED = new Set(['compiler/p4/recirculation-file.ts']);

const texts = [
  ...sourceFiles().filter(({ path }) => !RECORDED.has(path)),
  ...[...DOCUMENTS, ...FOLDER_READMES].map((path) => ({
    path,
    text: readFileSync(packageFile(...path.split('/')), 'utf8'),
  })),
];

for (const [phrase, instead] of PHRASES) {
  test(`not ${phrase.source}, but ${instead}`, () => {
    const found = texts.flatMap(({ path, text }) =>
      text
        .split('\n')
        .map((line, i) => ({ line, place: `${path}:${i + 1}` }))
        .filter(({ line }) => phrase.test(line))
        .map(({ line, place }) => `${place}: ${line.trim()}`),
    );
    assert.equal(found, []);
  });
}

test('the phrases are found where they stand', () => {
  for (const text of ['At most so many', 'in whatever order', 'is told of with it', 'a packet comes round']) {
    assert.is(PHRASES.filter(([phrase]) => phrase.test(text)).length, 1, text);
  }
});

test.run();
