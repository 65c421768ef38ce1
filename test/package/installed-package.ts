/** The package as npm publishes it, installed in a folder of its own: where only its dependencies are. */
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Manifest;
/** The folder of a project that has installed the package. */
export const elsewhere = mkdtempSync(join(tmpdir(), 'package-'));
/** The folder of the package there. */
export const installed = join(elsewhere, 'node_modules', manifest.name);

/** Packs what is built, and installs it as npm would, with links in place of copies of the dependencies. */
function install(): void {
  const args = ['pack', '--ignore-scripts', '--offline', '--silent', '--pack-destination', elsewhere];
  const file = execFileSync('npm', args, { cwd: packageFile('.'), encoding: 'utf8' }).trim();
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(elsewhere, file), '-C', installed, '--strip-components=1']);
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(elsewhere, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(packageFile('node_modules', name), link);
  }
}

const outcomes = new Map<string, SpawnSyncReturns<string>>();

/** What comes of a command line. It is run once, also where two tests look at it. */
export function typed(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  const line = JSON.stringify([command, ...args]);
  const known = outcomes.get(line);
  if (known !== undefined) return known;
  const file = join(installed, manifest.bin[command] ?? `no command ${command}`);
  const outcome = spawnSync(process.execPath, [file, ...args], { cwd: elsewhere, encoding: 'utf8', input: '' });
  outcomes.set(line, outcome);
  return outcome;
}

export function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = typed(command, args);
  assert.is(status, 0, stderr);
  return stdout;
}

/** Installs before the first test of a file, and removes it all behind the last. */
export function installForTests(): void {
  test.before(install);
  test.before(() => symlinkSync(join(installed, 'bench', 'programs'), join(elsewhere, 'programs')));
  test.after(() => rmSync(elsewhere, { recursive: true, force: true }));
}
