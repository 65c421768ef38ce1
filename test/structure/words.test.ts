/** Phrases that readers stumbled over stay out of comments, help, messages and documents: the noun is to be named. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { sourceFiles } from './source-files.js';

const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs/GLOSSARY.md',
  'docs/LANGUAGE.md',
  'docs/TUTORIAL.md',
  'docs/examples/README.md',
];
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
  [/\bgo(es)? round\b/i, '"recirculates", "loops"'],
  [/\bwhat there is\b(?! to\b)/i, 'the noun: "the form after a pass", "all commands"'],
  [/\bis to be seen\b|\bas a person (wants|reads)\b/i, '"evaluation of", "as text"'],
  [/\bin the company of\b/i, '"together with"'],
  [/\b(was|were|is|are) let in\b/i, '"admitted"'],
  [/\bdo(es)? not go with\b/i, '"cannot be combined with"'],
  [/\bso long may\b|\bso often\b/i, 'the number by its name: "maximum time in milliseconds", "number of repeats"'],
  [/\bdoes? them justice\b|\bhas no say\b|\bsolver's whim\b/i, 'the fact: "has no effect"'],
  [/\bwhat took it back\b|\bwhat takes it back\b/i, '"a function that undoes it"'],
  [/\bthat there is not\b|\bthe one that there is\b/i, '"unknown", "the only"'],
  [/\bis told of it\b|\btold where\b/i, '"receives", "reports"'],
  [/describe: '(?:Of|The same|It|Its|All of (?:them|it))\b/, 'a help text with the noun: "Priority of the filters"'],
];
const texts = [
  ...sourceFiles(),
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

test('the scanner finds the phrases', () => {
  for (const text of [
    'At most so many',
    'in whatever order',
    'is told of with it',
    'a packet comes round',
    'what there is after a pass',
    '--timing does not go with it',
  ]) {
    assert.is(PHRASES.filter(([phrase]) => phrase.test(text)).length, 1, text);
  }
});

test.run();
