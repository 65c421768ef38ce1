/**
 * Whether other versions of Node come to the same results as the one that runs this: the main job, in which prices
 * decide where programs go, and traffic that hangs on logarithms and powers. The Nodes come from npm's package `node`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OTHERS = ['22', '24'];
const BENCH = 'dist/bench/cli/cli.js';
const RUNS = [
  ['--programs', '20', '--packets', '2000'],
  ['--programs', '20', '--packets', '2000', '--workload', 'all-mixed'],
];
const SOURCES = ['flows:exponent=1.1', 'tcp:rate=1000'];
/** What clocks and machines say. */
const MEASURED = ['allocationUs', 'compileUs', 'wallSeconds', 'packetsPerSecond', 'repeats', 'environment'];

const folder = mkdtempSync(join(tmpdir(), 'other-nodes-'));

/** Each result by what it is of. */
function resultsOf(command, before) {
  const execute = (...rest) => execFileSync(command, [...before, ...rest], { stdio: ['ignore', 'pipe', 'inherit'] });
  const results = new Map([['node', String(execute('--version')).trim()]]);
  for (const options of RUNS) {
    const what = `bench run ${options.join(' ')}`;
    execute(BENCH, 'run', ...options, '--out', folder);
    const summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
    for (const [name, value] of Object.entries(summary)) {
      if (!MEASURED.includes(name)) results.set(`${what}: ${name}`, JSON.stringify(value));
    }
    results.set(`${what}: programs`, readFileSync(join(folder, 'programs.csv'), 'utf8'));
  }
  for (const source of SOURCES) {
    const file = join(folder, 'traffic.pcap');
    execute(BENCH, 'trace', 'generate', file, '--source', source, '--seconds', '0.2');
    results.set(source, createHash('sha256').update(readFileSync(file)).digest('hex'));
  }
  return results;
}

try {
  const own = resultsOf(process.execPath, []);
  for (const version of OTHERS) {
    const other = resultsOf('npx', ['--yes', '-p', `node@${version}`, 'node']);
    const name = other.get('node');
    if (!name.startsWith(`v${version}.`)) throw new Error(`node@${version} of npm is Node ${name}`);
    const differing = [...own.keys()].filter((what) => what !== 'node' && other.get(what) !== own.get(what));
    for (const what of differing) {
      console.error(`${what}\n  Node ${own.get('node')}: ${own.get(what)}\n  Node ${name}: ${other.get(what)}`);
    }
    if (differing.length > 0) process.exitCode = 1;
    else console.log(`Node ${name} comes to the same ${own.size - 1} results as ${own.get('node')}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
