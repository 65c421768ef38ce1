/**
 * Literal defaults behind `??` and in destructuring. Where something has to be there, a default lets a fault go on as RPB 1, ID 0 or `har`;
 * there must() says what is missing. Those that are real defaults stand here, each with its file, and are decided on.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { REAL_DEFAULTS } from './real-defaults.js';
import { sourceFiles } from './source-files.js';

/** A literal behind `??`, or as the default of a name in a destructuring pattern or a list of parameters. */
const FALL_BACK =
  /\?\? (?:-?[01]n?(?![\w.])|''|'[a-z]+'|\[\]|\{)|(?<=[[{,] |\[)(?:\w+: )?\w+ = (?:-?[01]n?(?![\w.])|''|'\w*'|\[\]|\{\})(?= ?[,}\]])/;

/** Text on one line, without comments. */
const flat = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g, ' ').replaceAll(/\s+/g, ' ');

/** Fall-backs of a text that are none of `known`, with what stands before them; those of `known` that are not there. */
function compare(text: string, known: readonly string[]): { unknown: string[]; gone: string[] } {
  let rest = flat(text);
  const gone = known.filter((each) => !rest.includes(each));
  for (const each of known) rest = rest.replaceAll(each, '');
  const unknown: string[] = [];
  for (let found = FALL_BACK.exec(rest); found !== null; found = FALL_BACK.exec(rest)) {
    unknown.push(rest.slice(Math.max(0, found.index - 40), found.index + found[0].length));
    rest = rest.slice(found.index + found[0].length);
  }
  return { unknown, gone };
}

test('what has to be there has no literal default: must(value, what), or a line in real-defaults.ts', () => {
  const files = sourceFiles();
  const wrong = files.flatMap(({ path, text }) => {
    const { unknown, gone } = compare(text, REAL_DEFAULTS[path] ?? []);
    return [...unknown.map((each) => `${path}: ${each}`), ...gone.map((each) => `${path} has no more: ${each}`)];
  });
  const noFile = Object.keys(REAL_DEFAULTS).filter((path) => !files.some((file) => file.path === path));
  assert.equal([...wrong, ...noFile], []);
});

test('the scanner finds fall-backs', () => {
  assert.equal(compare('const a = b[i] ?? 0; // c ?? 1', []), { unknown: ['const a = b[i] ?? 0'], gone: [] });
  assert.equal(compare("f(x ??\n  'har')", []).unknown, ["f(x ?? 'har'"]);
  assert.equal(compare('a ?? 0', ['a ?? 0', 'b ?? 1']), { unknown: [], gone: ['b ?? 1'] });
  assert.equal(compare('const { a = [], b } = c; const [d = 0] = e; f ?? -1; g ?? [];', []).unknown.length, 4);
  assert.equal(compare("let a = 0; const b = ''; for (let c = 0, d = 3; ;) {}", []).unknown, []);
  assert.equal(compare("a ?? b; c ?? 10; d ?? 1.5; e ?? 'No'", []).unknown, []);
});

test.run();
