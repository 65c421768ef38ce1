/** The package as a library: its types in a project of somebody else, and the examples. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { elsewhere, installForTests, manifest, run } from './installed-package.js';

installForTests();

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
    const tsc = packageFile('node_modules', 'typescript', 'bin', 'tsc');
    const args = ['--noEmit', '--strict', '--target', 'es2022', ...options, '--skipLibCheck', 'false', 'project.ts'];
    const { status, stdout } = spawnSync(process.execPath, [tsc, ...args], { cwd: elsewhere, encoding: 'utf8' });
    assert.is(status, 0, stdout);
    writeFileSync(join(elsewhere, 'wrong.ts'), PROJECT.replace("name: 'mine', place", "title: 'mine', place"));
    const wrong = [...args.slice(0, -1), 'wrong.ts'];
    const checked = spawnSync(process.execPath, [tsc, ...wrong], { cwd: elsewhere, encoding: 'utf8' });
    assert.match(checked.stdout, /'title' does not exist in type 'Allocator'/);
  });
}

test('examples of modules and scripts run from the package', () => {
  const example = (name: string): string => join('node_modules', manifest.name, 'docs', 'examples', name);
  const small = ['--problems', '10', '--workloads', 'calc', '--others', 'f1'];
  assert.match(
    run('bench', 'allocator', 'check', example('own-allocator.mjs'), ...small),
    /keeps the rules of placement/,
  );
  const workload = ['--workload', example('own-workload.mjs'), '--allocator', example('own-allocator.mjs')];
  assert.match(run('bench', 'run', '--programs', '3', '--packets', '100', ...workload), /3 of 3 deployed/);
  const { status, stdout, stderr } = spawnSync(process.execPath, [example('ten-lines.mjs')], {
    cwd: elsewhere,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  assert.match(stdout, /^port 7, 1 packet of this flow\n100 load balancers/);
});

test.run();
