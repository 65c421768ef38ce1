/** The examples of docs/examples/ print what their README shows. They see the package by its name, as a user's code. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/data-plane/must.js';
import { PLACEMENT_RULES } from '../../compiler/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { shownExamples } from './shown-examples.js';

const read = (name: string): string => readFileSync(packageFile('docs', 'examples', name), 'utf8');

const shown = shownExamples();

const commands = mkdtempSync(join(tmpdir(), 'examples-'));
test.after(() => rmSync(commands, { recursive: true, force: true }));

/** `npx NAME` as it finds the commands of the project; npx itself takes half a second each time. */
function writeNpx(): void {
  const { bin } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { bin: Record<string, string> };
  const choices = Object.entries(bin).map(
    ([name, file]) => `${name}) exec "${process.execPath}" "${packageFile(file)}" "$@";;`,
  );
  writeFileSync(
    join(commands, 'npx'),
    `#!/bin/sh\ncommand=$1; shift\ncase $command in\n${choices.join('\n')}\nesac\n`,
    {
      mode: 0o755,
    },
  );
}
test.before(writeNpx);
// Commands that the README shows see the project's files, and leave their results elsewhere.
test.before(() => {
  for (const folder of ['bench', 'docs']) symlinkSync(packageFile(folder), join(commands, folder));
});

const names = readdirSync(packageFile('docs', 'examples')).filter((name) => name !== 'README.md');

test('the README shows every example', () => {
  assert.equal([...shown.keys()].sort(), names.sort());
});

for (const name of names) {
  test(`docs/examples/${name}`, () => {
    const { command, output } = must(shown.get(name), `section of ${name}`);
    const { status, stdout, stderr } = spawnSync(
      command !== undefined || name.endsWith('.sh') ? 'sh' : process.execPath,
      command === undefined ? [packageFile('docs', 'examples', name)] : ['-c', command],
      {
        cwd: command === undefined ? packageFile('.') : commands,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1', PATH: `${commands}:${process.env['PATH']}` },
      },
    );
    assert.is(status, 0, stderr);
    assert.is(stdout, output);
  });
}

test('ten lines run a workload, deploy a program, send a packet and read memory', () => {
  const lines = read('ten-lines.mjs')
    .split('\n')
    .filter((line) => line.trim() !== '');
  assert.is(lines.length, 9);
});

test('docs/EXTENDING.md says the rules of placement as they are', () => {
  const text = readFileSync(packageFile('docs', 'EXTENDING.md'), 'utf8');
  const rows = Object.entries(PLACEMENT_RULES).map(([rule, holds]) => `| \`${rule}\` | ${holds} |`);
  assert.ok(text.includes(rows.join('\n')), rows.join('\n'));
});

test.run();
