/** The examples of docs/examples/ print what their README shows. They see the package by its name, as a user's code. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/data-plane/must.js';
import { PLACEMENT_RULES } from '../../compiler/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { collect } from '../collected-output.js';
import { shellCommands } from '../shell-commands.js';
import { shownExamples } from './shown-examples.js';

const read = (name: string): string => readFileSync(packageFile('docs', 'examples', name), 'utf8');

const shown = shownExamples();

const folder = mkdtempSync(join(tmpdir(), 'examples-'));
const shell = shellCommands(join(folder, 'commands'));
// Commands that the README shows see the project's files, and leave their results elsewhere.
test.before(() => {
  for (const name of ['bench', 'docs']) symlinkSync(packageFile(name), join(folder, name));
});
test.after(() => {
  shell.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a line of a shell prints. */
function typed(line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', line], { cwd: folder, env: shell.env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${line} ends with ${error.code}: ${stderr}`));
    });
  });
}

/** What a module prints, run in this process as `node FILE` runs it. */
async function printed(file: string): Promise<string> {
  const before = process.argv;
  process.argv = [process.execPath, file];
  const stdout = collect(process.stdout);
  try {
    await import(pathToFileURL(file).href);
    return stdout.text();
  } finally {
    stdout.end();
    process.argv = before;
  }
}

const names = readdirSync(packageFile('docs', 'examples')).filter((name) => name !== 'README.md');

test('the README shows every example', () => {
  assert.equal([...shown.keys()].sort(), names.sort());
});

for (const name of names) {
  test(`docs/examples/${name}`, async () => {
    const { command, output } = must(shown.get(name), `section of ${name}`);
    const file = packageFile('docs', 'examples', name);
    const isModule = command === undefined && name.endsWith('.mjs');
    assert.is(await (isModule ? printed(file) : typed(command ?? `sh docs/examples/${name}`)), output);
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
