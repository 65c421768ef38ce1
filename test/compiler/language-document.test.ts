/** docs/LANGUAGE.md: it is what the compiler makes of its tables, and its grammar is the one that the parser takes. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  DIAGNOSTIC_CODES,
  Diagnostics,
  defaultDataPlane,
  lex,
  must,
  PRIMITIVES,
  parse,
} from '../../compiler/index.js';
import { languageReference } from '../../compiler/reference/index.js';
import { cases } from '../tiers.js';
import { follows, readGrammar, wordsOf } from './ebnf.js';
import { assertGolden, PROPERTY, sourcePath } from './support.js';

const planes = BUILT_IN_DATA_PLANES.map((name) => must(builtInDataPlane(name), 'data plane'));
const text = languageReference(planes);

/** The blocks of one kind in the document. */
const blocks = (kind: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) =>
    must(block, 'text of a block'),
  );

test('the reference of the language is the one in docs, and names every word', () => {
  assertGolden(sourcePath('docs', 'LANGUAGE.md'), text);
  for (const name of [...PRIMITIVES.keys(), ...Object.keys(DIAGNOSTIC_CODES)]) {
    assert.ok(text.includes(`\n### ${name}\n`), name);
  }
  for (const name of planes.flatMap(({ fields }) => [...fields.keys()]))
    assert.ok(text.includes(`| \`${name}\` |`), name);
});

test('its links lead to headings and files', () => {
  const anchors = new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      must(heading, 'heading')
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => must(target, 'target'));
  assert.ok(links.length > 40);
  for (const target of links) {
    if (target.startsWith('#')) assert.ok(anchors.has(target.slice(1)), target);
    else assert.ok(readFileSync(sourcePath('docs', target), 'utf8').length > 0, target);
  }
});

/** What may stand around an example that is no whole program. */
const WRAPPED: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `${text} program p(<hdr.ipv4.src, 0, 0>) { HASH_5_TUPLE_MEM(counts); MEMREAD(counts); }`,
  (text) => `program p(<hdr.udp.dst_port, 7777, 0xffff>) { BRANCH: ${text}; }`,
  ...['', '@m 256', '@counts 256', '@m 256', '@m 256'].map(
    (memory, i) => (text: string) =>
      `${memory} program p(<hdr.udp.dst_port, 7777, 0xffff>) { ${i > 2 ? `LOADI(mar, 0);` : ''} ${text} ${i > 3 ? 'MEMREAD(m);' : ''} }`,
  ),
];

test('its examples are programs without errors, or parts of one', () => {
  const examples = blocks('p4runpro');
  assert.ok(examples.length > 40);
  const plane = defaultDataPlane();
  const extended = must(builtInDataPlane('extended'), 'data plane with what the paper lacks');
  for (const example of examples) {
    const outcomes = [plane, extended].flatMap((each) => WRAPPED.map((wrap) => analyse(wrap(example), each)));
    assert.ok(
      outcomes.some(({ hasErrors, diagnostics }) => !hasErrors && diagnostics.every(({ code }) => code !== 'syntax')),
      `${example}\n${outcomes.map(({ diagnostics }) => diagnostics.map(({ message }) => message).join(', ')).join('\n')}`,
    );
  }
  const whole = analyse(must(examples[0], 'first example'), plane);
  assert.equal(whole.diagnostics, [], 'the first one is a whole program');
});

const KEYWORDS = new Set(['program', 'BRANCH', 'case']);
const SYNTAX_CODES = ['syntax', 'unexpected-character', 'unterminated-comment', 'bad-integer'];

/** Whether the parser takes a text. */
function isParsed(text: string): boolean {
  const diagnostics = new Diagnostics();
  const { programs } = parse(lex(text, diagnostics), diagnostics);
  return programs.length > 0 && diagnostics.sorted().every(({ code }) => !SYNTAX_CODES.includes(code));
}

const grammar = readGrammar(must(blocks('ebnf')[0], 'grammar'));
const words = wordsOf(grammar, 'file', KEYWORDS);
const SPACE = [' ', '\n', '\t', '\r\n', ' // a comment\n', ' # another; {\n', '/* and\none */'];
const spaces = fc.infiniteStream(fc.constantFrom(...SPACE));

test('the parser takes every text of the grammar, with any white space and comments', () => {
  let longest = 0;
  fc.assert(
    fc.property(words, spaces, (list, space) => {
      longest = Math.max(longest, list.length);
      assert.ok(follows(grammar, 'file', list, KEYWORDS), list.join(' '));
      const text = list.map((word) => `${word}${must(space.next().value, 'space')}`).join('');
      assert.ok(isParsed(text), text);
    }),
    { ...PROPERTY, numRuns: cases(75) },
  );
  assert.ok(longest > 100, `the longest text has ${longest} words`);
});

test('a text with a word left out, doubled or moved is taken exactly if the grammar has it', () => {
  const outcomes = new Set<boolean>();
  const change = fc.constantFrom('out', 'double', 'swap');
  fc.assert(
    fc.property(words, change, fc.nat(), (list, how, place) => {
      const at = place % list.length;
      const [word = '', next = ''] = list.slice(at, at + 2);
      const middle = how === 'out' ? [next] : how === 'double' ? [word, word, next] : [next, word];
      const changed = [...list.slice(0, at), ...middle.filter((each) => each !== ''), ...list.slice(at + 2)];
      const expected = follows(grammar, 'file', changed, KEYWORDS);
      outcomes.add(expected);
      assert.is(isParsed(changed.join(' ')), expected, changed.join(' '));
    }),
    { ...PROPERTY, numRuns: cases(150) },
  );
  assert.is(outcomes.size, 2);
});

test.run();
