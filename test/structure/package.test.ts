/** What is in the package as npm publishes it; package/commands runs its commands. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { installed, installForTests, manifest, run } from '../package/installed-package.js';

installForTests();

test('the package holds what is used and nothing of the tests but the conformance vectors', () => {
  assert.equal(readdirSync(join(installed, 'test')), ['conformance']);
  assert.not.ok(existsSync(join(installed, 'dist', 'test')));
  assert.not.ok(existsSync(join(installed, 'dist', '.tsbuildinfo')));
  for (const file of ['README.md', 'LICENSE', ...Object.values(manifest.exports)]) {
    assert.ok(existsSync(join(installed, file)), file);
  }
});

test('the package runs at its version', () => {
  assert.is(run('p4runpro', '--version').trim(), manifest.version);
});

test.run();
