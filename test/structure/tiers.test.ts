/** What test/README.md says of the tiers of tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { SLOW_FILES } from '../tiers.js';

const files = readdirSync(packageFile('test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => ({ name: file.replace(/\.test\.ts$/, ''), text: readFileSync(packageFile('test', file), 'utf8') }));
const unit = files.filter(({ name }) => !SLOW_FILES.includes(name));

test('every file in the list of slow files exists and is there once', () => {
  assert.is(new Set(SLOW_FILES).size, SLOW_FILES.length);
  for (const name of SLOW_FILES)
    assert.ok(
      files.some((file) => file.name === name),
      name,
    );
});

test('unit tests run commands in their own process', () => {
  const starting = /from '(node:)?child_process'|alone: true|\bctrlC\b/;
  // The scanner sees what it looks for, here in a file of the slow tier.
  assert.ok(files.some(({ name, text }) => name === 'traces/system/endings' && starting.test(text)));
  assert.equal(
    unit.filter(({ name, text }) => name !== 'structure/tiers' && starting.test(text)).map(({ name }) => name),
    [],
  );
});

test('commands are among the unit tests, and so is every room', () => {
  assert.ok(unit.filter(({ text }) => /command-line\.js'/.test(text)).length >= 5);
  for (const room of ['compiler', 'sim', 'hw-driver', 'traces', 'bench', 'structure']) {
    assert.ok(
      unit.some(({ name }) => name.startsWith(`${room}/`)),
      room,
    );
  }
});

test.run();
