/** docs/api/ is what the declarations of the entry points say. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { assertGolden } from '../compiler/support.js';
import { apiReference } from './api-reference.js';

const { exports: entries } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
  exports: Record<string, string>;
};

const fileOf = (entry: string): string => `${entry.slice(2)}.md`;

for (const [entry, file] of Object.entries(entries)) {
  test(`docs/api/${fileOf(entry)} is made from the declarations (UPDATE_GOLDENS=1 writes it)`, () => {
    const text = apiReference(entry, file.replace('./dist/', '').replace(/\.js$/, '.ts'));
    assertGolden(packageFile('docs', 'api', fileOf(entry)), text);
    assert.not.match(text, /\{@link|^ *private /m);
    assert.not.match(text, /^### \w+\n\n```/m, 'each name has a docstring');
  });
}

test('no entry point is left out, and no document is left over', () => {
  const expected = [...Object.keys(entries).map(fileOf), 'README.md'].sort();
  assert.equal(readdirSync(packageFile('docs', 'api')).sort(), expected);
});

test.run();
