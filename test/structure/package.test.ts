/** The package as npm publishes it: what is in it, and whether its commands run where only its own dependencies are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { elsewhere, installed, installForTests, manifest, run } from '../package/installed-package.js';

installForTests();

test('the package holds what is used and nothing of the tests but the conformance vectors', () => {
  assert.equal(readdirSync(join(installed, 'test')), ['conformance']);
  assert.not.ok(existsSync(join(installed, 'dist', 'test')));
  assert.not.ok(existsSync(join(installed, 'dist', '.tsbuildinfo')));
  for (const file of ['README.md', 'LICENSE', ...Object.values(manifest.exports)]) {
    assert.ok(existsSync(join(installed, file)), file);
  }
});

test('bench runs from the package: conformance vectors, goldens, a workload', () => {
  assert.match(run('bench', 'conform'), /20 of 20 vectors conform\n$/);
  assert.match(run('bench', 'goldens', 'lb'), /^lb .* as expected$/m);
  run('bench', 'run', '--programs', '2', '--workload', 'lb', '--packets', '1000', '--out', 'out');
  assert.ok(existsSync(join(elsewhere, 'out', 'summary.json')));
});

test('p4runpro runs from the package: compile, and the published figures', () => {
  assert.is(run('p4runpro', '--version').trim(), manifest.version);
  const program = join(installed, 'bench', 'programs', 'cache.p4runpro');
  run('p4runpro', 'compile', program, '-o', 'cache.json');
  assert.match(readFileSync(join(elsewhere, 'cache.json'), 'utf8'), /"schema": "p4runpro-sim\/compiled-program@/);
  assert.match(run('p4runpro', 'dataplane', 'tofino1'), /tofino1/);
});

test.run();
