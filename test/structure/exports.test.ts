/** What the package exports: a list of names and kinds that only grows or shrinks on purpose. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { assertGolden } from '../compiler/support.js';

const { exports: entries } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
  exports: Record<string, string>;
};

interface Listed {
  readonly name: string;
  readonly isType: boolean;
}

/** Names of `export { a, type B } from '...'` and `export type { C } from '...'`. */
const listedIn = (text: string): Listed[] =>
  [...text.matchAll(/^export (type )?\{([^}]*)\} from '[^']+';$/gm)].flatMap(([, allTypes, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({
        name: name.replace(/^type /, ''),
        isType: allTypes !== undefined || name.startsWith('type '),
      })),
  );

const kindOf = (value: unknown): string => {
  if (typeof value !== 'function') return 'constant';
  return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function';
};

test('the package exports what is listed, name by name (UPDATE_GOLDENS=1 writes the list)', async () => {
  const lines: string[] = [];
  for (const [entry, file] of Object.entries(entries)) {
    const source = file.replace('./dist/', '').replace(/\.js$/, '.ts');
    const text = readFileSync(packageFile(source), 'utf8');
    assert.not.match(text, /^export \*/m, `${source} exports names that it does not list`);
    const listed = listedIn(text);
    const there = (await import(pathToFileURL(packageFile(file)).href)) as Record<string, unknown>;
    const values = listed.filter(({ isType }) => !isType).map(({ name }) => name);
    assert.equal(Object.keys(there).sort(), values.sort(), `${source} lists what it exports`);
    const kinds = listed.map(({ name, isType }) => `${isType ? 'type' : kindOf(there[name])} ${name}`);
    lines.push(`${entry}: ${kinds.length} names`, ...kinds.sort().map((kind) => `  ${kind}`), '');
  }
  assertGolden(packageFile('test', 'structure', 'exports.txt'), lines.join('\n'));
});

test.run();
