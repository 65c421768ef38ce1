/** What runs on a fresh clone, here (.ci/run) and hosted (.github/workflows/ci.yml), is the same. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';

const read = (...path: readonly string[]): string => readFileSync(packageFile(...path), 'utf8');
const own = read('.ci', 'run');
const hosted = read('.github', 'workflows', 'ci.yml');

const steps = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, step = '']) => step);

test('the hosted workflow takes the steps of .ci/run in their order', () => {
  const ours = steps(own, /^((?:npm|npx|node) .*)$/gm);
  assert.ok(ours.length >= 8, String(ours));
  assert.equal(steps(hosted, /^ +- run: ((?:npm|npx|node) .*)$/gm), ours);
  for (const { text, install } of [
    { text: own, install: /apt-get update\n.*apt-get install -y / },
    { text: hosted, install: /apt-get update\n.*apt-get install -y .*tshark/ },
  ]) {
    assert.match(text, install);
  }
});

test('it does so on every version of Node that other-nodes compares, from the oldest supported', () => {
  const [, versions = ''] = /node: \[(.*)\]/.exec(hosted) ?? [];
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const [, oldest = ''] = /^>=(\d+)\./.exec(engines.node) ?? [];
  const [, others = ''] = /OTHERS = \[(.*)\]/.exec(read('.ci', 'other-nodes.mjs')) ?? [];
  assert.is(versions, `'${oldest}', ${others}`);
});

test('.ci/run fails where tests were skipped, and is a script that bash takes', () => {
  assert.match(own, /^npm test -- --no-skips$/m);
  assert.match(own, /^set -euo pipefail$/m);
  if (process.platform !== 'win32') {
    assert.is(spawnSync('bash', ['-n', packageFile('.ci', 'run')]).status, 0);
  }
});

test.run();
