/** Every command that the documents show is run, in a folder of its own that sees the project's files. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { type Outcome, type } from '../command-line.js';
import { shellCommands } from '../shell-commands.js';
import { shownExamples } from './shown-examples.js';

const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs/EXTENDING.md',
  'docs/GLOSSARY.md',
  'docs/HISTORY.md',
  ...['compiler', 'sim', 'traces', 'hw-driver', 'bench', 'results', 'test'].map((folder) => `${folder}/README.md`),
];

/** The two commands for a fresh machine: what they install and test is this very run. */
const FRESH = ['npm ci && npx bench run --programs 2800', 'npm ci && npm test'];

function commandsOf(document: string): string[] {
  const text = readFileSync(packageFile(document), 'utf8');
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((block) => (block[1] ?? '').trim().split('\n'));
}

test('the README shows the two commands that do everything', () => {
  const commands = commandsOf('README.md');
  for (const command of FRESH) assert.ok(commands.includes(command), command);
});

test('npx finds the commands of the package by their names', () => {
  const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { bin: Record<string, string> };
  for (const file of Object.values(manifest.bin)) {
    assert.match(readFileSync(packageFile(file), 'utf8'), /^#!\/usr\/bin\/env node\n/);
  }
});

const folder = mkdtempSync(join(tmpdir(), 'docs-'));
const shell = shellCommands(join(folder, 'commands'));
test.before(() => {
  cpSync(packageFile('bench', 'programs'), join(folder, 'bench', 'programs'), { recursive: true });
  cpSync(packageFile('docs', 'examples'), join(folder, 'docs', 'examples'), { recursive: true });
});
test.after(() => {
  shell.close();
  rmSync(folder, { recursive: true, force: true });
});

type Ending = Pick<Outcome, 'status' | 'stderr'>;

/** A command alone, whose words are plain or quoted, needs no shell. */
const PLAIN = /^npx (bench|p4runpro)((?: (?:[\w./:,=-]+|'[^']*'))+)$/;

function ending(command: string): Promise<Ending> {
  const [, name, words = ''] = PLAIN.exec(command) ?? [];
  if (name !== undefined) {
    const args = [...words.matchAll(/ (?:'([^']*)'|(\S+))/g)].map(([, quoted, word = '']) => quoted ?? word);
    return type(name === 'bench' ? 'bench' : 'p4runpro', args, { folder });
  }
  return new Promise((resolve) => {
    const child = execFile('sh', ['-c', command], { cwd: folder, env: shell.env }, (_, _stdout, stderr) => {
      resolve({ status: child.exitCode, stderr });
    });
  });
}

/** How commands ended: one that stands in two documents is run once. */
const endings = new Map<string, Ending>();

/** What structure/examples runs, and compares with what is shown: without what the shell does with its output. */
const EXAMPLES = [...shownExamples().values()].flatMap(({ command }) => command?.split('\n') ?? []);
const isExample = (command: string): boolean =>
  EXAMPLES.some((example) => example.replace(/ (?:2>|\|).*/, '') === command);

for (const document of DOCUMENTS) {
  for (const command of commandsOf(document)) {
    if (FRESH.includes(command) || isExample(command)) continue;
    test(`${document}: ${command}`, async () => {
      const { status, stderr } = endings.get(command) ?? (await ending(command));
      endings.set(command, { status, stderr });
      assert.is(status, 0, stderr);
    });
  }
}

for (const command of commandsOf('docs/examples/README.md')) {
  test(`docs/examples/README.md: ${command}`, () => {
    assert.ok(EXAMPLES.includes(command), 'structure/examples runs it, and compares what it prints');
  });
}

test('every document of the main folder is tested', () => {
  const written = readdirSync(packageFile('.')).filter((name) => name.endsWith('.md'));
  for (const name of written) assert.ok(DOCUMENTS.includes(name), name);
});

test.run();
