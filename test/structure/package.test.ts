/** The package as npm publishes it: what is in it, and whether its commands run where only its own dependencies are. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
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

const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Manifest;
const elsewhere = mkdtempSync(join(tmpdir(), 'package-'));
const installed = join(elsewhere, 'node_modules', manifest.name);

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

function run(command: string, ...args: string[]): string {
  const file = join(installed, manifest.bin[command] ?? `no command ${command}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { cwd: elsewhere, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout;
}

test.before(install);
test.after(() => rmSync(elsewhere, { recursive: true, force: true }));

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
