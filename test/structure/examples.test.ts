/** The examples of docs/examples/ print what their README shows. They see the package by its name, as a user's code. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';

const read = (name: string): string => readFileSync(packageFile('docs', 'examples', name), 'utf8');
const shown = new Map(
  [...read('README.md').matchAll(/^## `(.+)`\n[\s\S]*?```text\n([\s\S]*?)```/gm)].map(([, name = '', output = '']) => [
    name,
    output,
  ]),
);

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

const names = readdirSync(packageFile('docs', 'examples')).filter((name) => name !== 'README.md');

test('the README shows every example', () => {
  assert.equal([...shown.keys()].sort(), names.sort());
});

for (const name of names) {
  test(`docs/examples/${name}`, () => {
    const { status, stdout, stderr } = spawnSync(
      name.endsWith('.sh') ? 'sh' : process.execPath,
      [packageFile('docs', 'examples', name)],
      {
        cwd: packageFile('.'),
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1', PATH: `${commands}:${process.env['PATH']}` },
      },
    );
    assert.is(status, 0, stderr);
    assert.is(stdout, shown.get(name));
  });
}

test.run();
