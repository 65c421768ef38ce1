/** Modules with what they import: in the key of a cell, and on the way to workers. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requireContents } from '../../../bench/sweep/cell/file-places.js';
import { namedContent, packagesOf, unpackModule } from '../../../bench/sweep/cell/module-bundle.js';
import { hashOf } from '../../../bench/sweep/cell/named-files.js';
import { withFolder } from '../../command-line.js';

const MODULE = `// import x from 'in-a-comment';
import { readFileSync } from 'node:fs';
import { half } from '../lib/half.mjs';
/** @type {import('estree').Node} */
const table = readFileSync(new URL('./table.csv', import.meta.url), 'utf8');
export default () => half(Number(table)) + Number('./no-such-file.mjs'.length);
`;

/** A module that imports one of another folder, which imports a third, and reads a file. */
function write(folder: string): string {
  for (const name of ['own', 'lib']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'own', 'mine.mjs'), MODULE);
  writeFileSync(join(folder, 'own', 'table.csv'), '84');
  writeFileSync(join(folder, 'lib', 'half.mjs'), "export { half } from './third.mjs';\n");
  writeFileSync(join(folder, 'lib', 'third.mjs'), "import './half.mjs';\nexport const half = (x) => x / 2;\n");
  return join(folder, 'own', 'mine.mjs');
}

test('a module is keyed by all that it imports and reads, wherever its folder is, and runs where it is unpacked', () =>
  withFolder(async (folder) => {
    for (const name of ['a', 'b', 'worker']) mkdirSync(join(folder, name));
    const path = write(join(folder, 'a'));
    const { bytes, paths } = namedContent(path);
    assert.is(paths.length, 4);
    assert.ok(namedContent(write(join(folder, 'b'))).bytes.equals(bytes));
    const place = unpackModule(bytes, join(folder, 'worker'), 'file.mjs');
    const { default: run } = (await import(place)) as { readonly default: () => number };
    assert.is(run(), 60);
    const files = { 'own/mine.mjs': hashOf(bytes) };
    requireContents(files, { 'own/mine.mjs': place });
    requireContents(files, { 'own/mine.mjs': path });
    writeFileSync(join(folder, 'a', 'lib', 'third.mjs'), 'export const half = (x) => x / 3;\n');
    assert.not(namedContent(path).bytes.equals(bytes));
    assert.throws(() => requireContents(files, { 'own/mine.mjs': path }), /mine.mjs has changed since the sweep began/);
  }));

test('a module of one file is its own content', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'mine.mjs');
    writeFileSync(path, "import { join } from 'node:path';\nexport default 1;\n");
    assert.ok(namedContent(path).bytes.equals(readFileSync(path)));
    assert.is(unpackModule(readFileSync(path), folder, 'file.mjs'), join(folder, 'file.mjs'));
  }));

test('packages are those that neither Node.js nor this project has', () =>
  withFolder(async (folder) => {
    const path = write(folder);
    assert.equal(packagesOf(path), []);
    const imports =
      "import a from 'lodash';\nimport 'p4runpro-sim/bench';\nawait import('@scope/b/c');\nimport 'fs';\n";
    writeFileSync(join(folder, 'lib', 'third.mjs'), imports);
    assert.equal(packagesOf(path), ['lodash', '@scope/b/c']);
  }));

test('a bundle that leads out of its folder is refused', () =>
  withFolder(async (folder) => {
    const evil = { schema: 'p4runpro-bench/module@1', main: 'a.mjs', files: { '../a.mjs': '' } };
    assert.throws(
      () => unpackModule(Buffer.from(JSON.stringify(evil)), folder, 'file.mjs'),
      /names ..\/a.mjs, which is/,
    );
  }));

test.run();
