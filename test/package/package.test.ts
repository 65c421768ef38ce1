/** The package as npm publishes it, installed once: what is in it, its commands, its types and its examples. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { elsewhere, endHost, installed, installForTests, manifest, run, runAlone, typed } from './installed-package.js';

installForTests();

test('the package holds what is used and nothing of the tests but the conformance vectors', () => {
  assert.equal(readdirSync(join(installed, 'test')), ['conformance']);
  assert.not.ok(existsSync(join(installed, 'dist', 'test')));
  const built = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' });
  assert.equal(
    built.filter((file) => /\.map$|\.tsbuildinfo/.test(file)),
    [],
    'what only a build needs, and maps to sources that are not there',
  );
  for (const file of ['README.md', 'LICENSE', ...Object.values(manifest.exports)]) {
    assert.ok(existsSync(join(installed, file)), file);
  }
});

test('bench runs from the package: conformance vectors, goldens, a workload', async () => {
  assert.match(await run('bench', 'conform'), /20 of 20 vectors conform\n$/);
  assert.match(await run('bench', 'goldens', 'lb'), /^lb .* as expected$/m);
  await run('bench', 'run', '--programs', '2', '--workload', 'lb', '--packets', '1000', '--out', 'out');
  assert.ok(existsSync(join(elsewhere, 'out', 'summary.json')));
});

test('p4runpro runs from the package: compile, and the published figures', async () => {
  assert.is((await run('p4runpro', '--version')).trim(), manifest.version);
  const program = join(installed, 'bench', 'programs', 'cache.p4runpro');
  await run('p4runpro', 'compile', program, '-o', 'cache.json');
  assert.match(readFileSync(join(elsewhere, 'cache.json'), 'utf8'), /"schema": "p4runpro-sim\/compiled-program@/);
  assert.match(await run('p4runpro', 'dataplane', 'tofino1'), /tofino1/);
});

const SWITCH = ['--target', 'sim', '--state', 'switch.sim'];

/** One call of each command, in an order in which each finds what it needs. */
const CALLS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  p4runpro: [
    ['check', 'programs/cache.p4runpro'],
    ['compile', 'programs/lb.p4runpro', '-o', 'lb.json'],
    ['explain', 'programs/nc.p4runpro'],
    ['try', 'programs/cms.p4runpro', '--packet', 'ipv4.src=10.0.0.1 udp.dst_port=53'],
    ['help', 'MEMADD'],
    ['fields'],
    ['primitives'],
    ['dataplane', 'published'],
    ['p4', '-o', 'p4src'],
    [
      'cases',
      'add',
      'programs/lb.p4runpro',
      '--program',
      'lb.json',
      '--case',
      'case(<sar, 2, 0xffffffff>) { DROP; }',
      '-o',
      'lb-2.json',
      '--source-out',
      'lb-2.p4runpro',
    ],
    ['deploy', 'programs/lb.p4runpro', 'programs/cache.p4runpro', ...SWITCH],
    ['show', ...SWITCH],
    ['memory', 'read', 'lb', 'address', '--count', '2', ...SWITCH],
    ['replace', 'programs/lb.p4runpro', ...SWITCH],
    ['change', 'programs/cache.p4runpro', ...SWITCH],
    ['group', 'show', ...SWITCH],
    ['repair', ...SWITCH],
    ['revoke', 'lb', 'cache', ...SWITCH],
    ['forget', ...SWITCH],
    ['shell', ...SWITCH],
  ],
  bench: [
    ['run', '--programs', '2', '--packets', '500', '--out', 'before'],
    ['run', '--programs', '2', '--packets', '500', '--out', 'after'],
    ['compare', 'before', 'after'],
    ['capacity', '--workloads', 'hh', '--memory', '65536', '--out', 'capacity'],
    ['churn', '--arrivals', 'poisson:600s,1h', '--duration', '2h', '--samples', '2', '--out', 'churn'],
    ['allocator', 'check', 'f1', '--problems', '5', '--workloads', 'hh', '--memory', '65536', '--others', 'f2'],
    ['conform'],
    ['verify', 'l3', '--packets', '200'],
    // The page of the studio is in the package too.
    ['goldens', 'lb', '--studio', 'pages'],
    ['history', 'programs/calc.p4runpro', '--packets', '50', '--state'],
    ['trace', 'generate', 'in.pcap', '--workload', 'programs/calc.p4runpro', '--packets', '50'],
    ['replay', 'programs/calc.p4runpro', '--trace', 'in.pcap'],
    ['history', 'programs/calc.p4runpro', '--trace', 'in.pcap', '--packet', '1'],
    ['network', 'check', join(installed, 'docs', 'examples', 'networks', 'rack.json')],
    ['sweep', 'grid.json', '--workers', '1'],
    ['micro', '--filter', 'parser', '--time', '10'],
    ['reproduce', 'table2', '--quick', '--out', 'reproduced'],
    ['case-study', 'b', '--seconds', '9'],
  ],
};
const GRID = JSON.stringify({
  schema: 'p4runpro-bench/sweep@1',
  grid: { workload: ['calc'], seed: [1, 2] },
  measure: 'run',
  options: { programs: 1, packets: 50 },
});

/** Those that go on until they are told to end, or take half a minute; their help loads all that they need. */
const NOT_CALLED = ['serve', 'studio', 'watch', 'timing', 'lsp', 'worker'];

for (const [command, calls] of Object.entries(CALLS)) {
  test(`every command of ${command} runs from the package`, async () => {
    const help = runAlone(command, '--help');
    const names = [...help.matchAll(new RegExp(`^ {2}${command} ([a-z]\\S*)`, 'gm'))].map(([, name = '']) => name);
    assert.ok(names.length > 10, help);
    const called = new Set(calls.map(([name]) => name));
    writeFileSync(join(elsewhere, 'grid.json'), GRID);
    for (const name of names.filter((each) => !called.has(each))) {
      assert.ok(NOT_CALLED.includes(name), `${command} ${name} is not called`);
      assert.match(await run(command, name, '--help'), new RegExp(`^${command} ${name}`));
    }
    for (const call of calls) {
      const { status, stderr } = await typed(command, call);
      // Two runs of a moment differ in speed by chance.
      assert.ok(status === 0 || (call[0] === 'compare' && status === 1), `${command} ${call.join(' ')}: ${stderr}`);
    }
  });
}

/** A project of somebody else, in TypeScript. */
const PROJECT = `
import { type OwnWorkload, simulate, type WorkloadModule } from 'p4runpro-sim/bench';
import * as bfruntime from 'p4runpro-sim/bfruntime';
import { ALLOCATORS, type Allocator, type AllocatorKind } from 'p4runpro-sim/compiler';
import { SimulatedSwitch } from 'p4runpro-sim/hw-driver';
import * as server from 'p4runpro-sim/server';
import * as sim from 'p4runpro-sim/sim';
import * as traces from 'p4runpro-sim/traces';

const price: AllocatorKind = ALLOCATORS.price;
const allocator: Allocator = { name: 'mine', place: (problem, free) => price.make({}).place(problem, free) };
const workload: OwnWorkload = { name: 'mine', program: (n) => \`program p\${n}(<hdr.ipv4.dst, \${n}, 0xff>) { FORWARD(1); }\` };
export const module: WorkloadModule = ({ cases }) => ({ ...workload, name: String(cases) });
const device = new SimulatedSwitch({ allocator });
const [compiled] = await device.deploy('@m 16 program p(<hdr.ipv4.dst, 1, 0xff>) { LOADI(mar, 3); MEMADD(m); FORWARD(1); }');
const [packet] = device.send('ipv4.dst=1.1.1.1');
const words: Uint32Array = await device.readMemory(compiled?.program ?? '', 'm');
const { summary } = await simulate({ workload, allocator, programs: 2, packets: 10 });
export const results: (number | undefined)[] = [packet?.port, words[0], summary.programsDeployed];
export const entryPoints: object[] = [bfruntime, server, sim, traces];
`;

for (const [resolution, options] of [
  ['nodenext', ['--module', 'nodenext']],
  ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
] as const) {
  test(`types hold in a project of somebody else, those of libraries checked, with ${resolution}`, () => {
    writeFileSync(join(elsewhere, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(elsewhere, 'project.ts'), PROJECT);
    writeFileSync(join(elsewhere, 'wrong.ts'), PROJECT.replace("name: 'mine', place", "title: 'mine', place"));
    const tsc = packageFile('node_modules', 'typescript', 'bin', 'tsc');
    const files = ['project.ts', 'wrong.ts'];
    const args = [
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      ...options,
      '--skipLibCheck',
      'false',
      '--singleThreaded',
      ...files,
    ];
    const { stdout } = spawnSync(process.execPath, [tsc, ...args], { cwd: elsewhere, encoding: 'utf8' });
    const errors = stdout.split('\n').filter((line) => /^\S/.test(line));
    assert.is(errors.length, 1, stdout);
    assert.match(errors[0] ?? '', /^wrong\.ts\(.*'title' does not exist in type 'Allocator'/);
  });
}

test('examples of modules and scripts run from the package', async () => {
  const example = (name: string): string => join('node_modules', manifest.name, 'docs', 'examples', name);
  const small = ['--problems', '10', '--workloads', 'hh', '--memory', '65536', '--others', 'f1'];
  assert.match(
    await run('bench', 'allocator', 'check', example('own-allocator.mjs'), ...small),
    /keeps the rules of placement/,
  );
  const workload = ['--workload', example('own-workload.mjs'), '--allocator', example('own-allocator.mjs')];
  assert.match(await run('bench', 'run', '--programs', '3', '--packets', '100', ...workload), /3 of 3 deployed/);
  const { status, stdout, stderr } = spawnSync(process.execPath, [example('ten-lines.mjs')], {
    cwd: elsewhere,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  assert.match(stdout, /^port 7, 1 packet of this flow\n100 load balancers/);
});

test('commands end by themselves', endHost);

test.run();
