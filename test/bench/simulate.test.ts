/** Runs and capacities for scripts are those of the commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ArrivalOptions, capacityOf, type RunSummary, simulate, WorkloadError } from '../../bench/public.js';
import { type Allocator, priceAllocator } from '../../compiler/index.js';
import { type, withFolder } from '../command-line.js';

test('a run of a script is that of bench run', () =>
  withFolder(async (folder) => {
    const { summary, memory } = await simulate({ workload: 'mixed', programs: 9, packets: 2000, memoryBytes: 1024 });
    const args = [
      'run',
      '--workload',
      'mixed',
      '--programs',
      '9',
      '--packets',
      '2000',
      '--warmup',
      '0',
      '--out',
      'out',
    ];
    assert.is((await type('bench', args, { folder })).status, 0);
    const command = JSON.parse(readFileSync(join(folder, 'out', 'summary.json'), 'utf8')) as RunSummary;
    assert.is(summary.outputHash, command.outputHash);
    assert.is(summary.stateHash, command.stateHash);
    assert.equal(summary.packets, command.packets);
    assert.ok((memory?.size ?? 0) > 0);
  }));

test('capacities of scripts are those of bench capacity, with a bound where programs are of one kind', async () => {
  const options: ArrivalOptions = { workload: 'hh', memoryBytes: 16_384 };
  const ours = await capacityOf(options);
  assert.equal([ours.capacity, ours.bound?.programs], [86, 88]);
  assert.is((await capacityOf({ ...options, allocator: 'f1' })).capacity, 80);
  assert.is((await capacityOf({ ...options, programs: 5 })).capacity, 5);
  const own: Allocator = { ...priceAllocator(), name: 'own' };
  const guarded = await capacityOf({ ...options, allocator: own });
  assert.is(guarded.capacity, ours.capacity);
});

test('workloads of a script are objects too, and what is wrong with them is named', async () => {
  const own = {
    name: 'own',
    program: (n: number) => `program p${n}(<hdr.ipv4.dst, 10.0.${n}.0, 255.255.255.0>) { FORWARD(3); }`,
  };
  const { summary } = await simulate({ workload: own, programs: 4, packets: 100 });
  assert.equal([summary.workload, summary.programsDeployed, summary.packets.out], ['own', 4, 100]);
  const bad = { name: 'bad', program: () => 'program p(' };
  try {
    await simulate({ workload: bad, programs: 1 });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, WorkloadError);
  }
  try {
    await capacityOf({ workload: 'none' });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /there is no workload 'none'/);
  }
});

test.run();
