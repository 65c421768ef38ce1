/** The Lezer grammar takes what the parser takes, and its tokens are those of the lexer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildParser } from '@lezer/generator';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KEYWORDS, must } from '../../compiler/index.js';
import { Diagnostics } from '../../compiler/language/diagnostics.js';
import { lex } from '../../compiler/language/lexer.js';
import { RESERVED_WORDS } from '../../compiler/language/reserved-words.js';
import { GRAMMAR } from '../../compiler/reference/grammar.js';
import { lezerGrammar } from '../../hw-driver/editors/lezer-grammar.js';
import { readGrammar, wordsOf } from '../compiler/ebnf.js';
import { PROPERTY, sourcePath } from '../compiler/support.js';

const warnings: string[] = [];
const parser = buildParser(lezerGrammar(), { warn: (message) => warnings.push(message) });

test('the generator has nothing to warn of', () => {
  assert.equal(warnings, []);
});

interface Leaves {
  readonly tokens: readonly string[];
  readonly errors: readonly number[];
}

/** The places of the tokens of Lezer's tree, without comments, and of its errors. */
function leavesOf(text: string): Leaves {
  const tokens: string[] = [];
  const errors: number[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) errors.push(from);
      else if (node.firstChild === null && !type.name.endsWith('Comment') && to > from) tokens.push(`${from}-${to}`);
    },
  });
  return { tokens, errors };
}

const lexed = (text: string): string[] =>
  lex(text, new Diagnostics())
    .filter(({ kind }) => kind !== 'end')
    .map(({ span }) => `${span.start}-${span.end}`);

const folder = sourcePath('bench', 'programs');
const programs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.p4runpro'),
);

test('all programs that ship have no errors in it, and the tokens of the lexer', () => {
  assert.ok(programs.length > 15);
  for (const name of programs) {
    const text = readFileSync(join(folder, name), 'utf8');
    const { tokens, errors } = leavesOf(text);
    assert.equal(errors, [], name);
    assert.equal(tokens, lexed(text), name);
  }
});

const grammar = readGrammar(GRAMMAR);
const SPACE = [' ', '\n', '\t', '\f\v', '\r\n', ' // a comment\n', ' # another; {\n', '/* and\n**one **/'];
const spaces = fc.infiniteStream(fc.constantFrom(...SPACE));

test('random texts of the documented grammar have no errors in it, and the tokens of the lexer', () => {
  fc.assert(
    fc.property(wordsOf(grammar, 'file', new Set(KEYWORDS)), spaces, (list, space) => {
      const text = list.map((word) => `${word}${must(space.next().value, 'space')}`).join('');
      const { tokens, errors } = leavesOf(text);
      assert.equal(errors, [], text);
      assert.equal(tokens, lexed(text), text);
    }),
    { ...PROPERTY, numRuns: 100 },
  );
});

test('each reserved word has a node of its own, in place of a name', () => {
  const [program, matchCase, branch] = KEYWORDS;
  const text = (word: string): string => `program p(<hdr.ipv4.src, 1, 1>) { ${word}; }`;
  for (const [word, what] of RESERVED_WORDS) {
    if (what !== 'a primitive') continue;
    assert.match(parser.parse(text(word)).toString(), /Body\("\{",Statement\((Memory)?Primitive/, word);
  }
  const tree = parser
    .parse(`${program} p(<hdr.ipv4.src, 1, 1>) { ${branch}: ${matchCase}(<har, 1, 1>) {}; }`)
    .toString();
  assert.match(tree, /Program\(Keyword.*Branch\(Keyword,":",Case\(Keyword,"\(",Condition\("<",Register/);
});

test('a text under edit keeps its other parts: an error takes the statement that it is in', () => {
  const tree = parser.parse(
    'program p(<hdr.ipv4.src, 1, 1>) { EXTRACT(hdr.; DROP; }\nprogram q(<hdr.ipv4.src, 1, 1>) { DROP; }',
  );
  assert.is(tree.toString().match(/Program\(/g)?.length, 2);
});

test.run();
