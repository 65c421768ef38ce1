/**
 * Type assertions (`x as T`). Each says something that nothing checks: what has to be there is asked for with must(), and
 * what comes from outside is looked at. Those that are left are counted, file by file, so that they become fewer.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KNOWN_ASSERTIONS, PACKET_PATH } from './known-assertions.js';
import { codeOnly, sourceFiles } from './source-files.js';

const NAMED = /^(?:import|export)\b[^;]*?\bfrom\b[^;]*;/gm;
/** All but `as const`, and the type of an empty list. */
const ASSERTION = /(?<!\[\]) as (?!const\b)(?=[A-Za-z])/g;

const assertionsIn = (text: string): number => codeOnly(text).replaceAll(NAMED, '').match(ASSERTION)?.length ?? 0;

test('no file has more type assertions than the list says', () => {
  const more = sourceFiles()
    .filter(({ path }) => !PACKET_PATH.some((folder) => path.startsWith(folder)))
    .map(({ path, text }) => ({ path, found: assertionsIn(text), known: KNOWN_ASSERTIONS[path] ?? 0 }))
    .filter(({ found, known }) => found > known);
  assert.equal(more, []);
});

test('the scanner of assertions sees them', () => {
  assert.is(assertionsIn('const a = b[0] as number;\nf(c as unknown as Thing);'), 3);
  assert.is(
    assertionsIn("import { a as b } from './c.js';\nimport * as d from 'e';\n// f as g\nconst h = 'i as j';"),
    0,
  );
  assert.is(assertionsIn('const a = [1] as const; const b = [] as string[];'), 0);
});

test.run();
