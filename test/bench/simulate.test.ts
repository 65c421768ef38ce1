/** Runs and capacities for scripts are those of the commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ArrivalOptions,
  capacityOf,
  type RunSummary,
  type SimulationOptions,
  simulate,
  WorkloadError,
} from '../../bench/public.js';
import { type Allocator, OptionError, priceAllocator } from '../../compiler/index.js';
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

const NO_OPTIONS: readonly (readonly [options: unknown, message: string])[] = [
  [undefined, 'simulate was given undefined, where an object of options was expected'],
  [{}, 'simulate needs the option workload'],
  [{ workload: 5 }, 'option workload of simulate is 5, where a text or a workload { name, program } was expected'],
  [
    { packets: Number.NaN },
    'option packets of simulate is NaN, where a whole number from 0 to 1,000,000,000,000 was expected',
  ],
  [{ packets: -5 }, 'option packets of simulate is -5, where a whole number from 0 to 1,000,000,000,000 was expected'],
  [
    { packets: 1.5 },
    'option packets of simulate is 1.5, where a whole number from 0 to 1,000,000,000,000 was expected',
  ],
  [{ programs: -1 }, "option programs of simulate is -1, where a whole number from 1 to 32,768 or 'max' was expected"],
  [{ programs: 0 }, "option programs of simulate is 0, where a whole number from 1 to 32,768 or 'max' was expected"],
  [{ workers: 0 }, 'option workers of simulate is 0, where a whole number from 1 to 64 was expected'],
  [{ engine: 'x' }, "option engine of simulate is 'x', where one of compiled, interpreted was expected"],
  [
    { memoryBytes: 1000 },
    'option memoryBytes of simulate is 1000, where a power of two from 4 to 262,144 was expected',
  ],
  [{ recirculations: -1 }, 'option recirculations of simulate is -1, where a whole number from 0 to 15 was expected'],
  [{ seed: 1 }, 'option seed of simulate is 1, where a text was expected'],
];
for (const [options, message] of NO_OPTIONS) {
  test(`options that are refused: ${message}`, async () => {
    const isComplete = options === undefined || JSON.stringify(options) === '{}';
    const given = isComplete ? options : { workload: 'lb', ...(options as object) };
    assert.is(await refusal(() => simulate(given as SimulationOptions)), message);
  });
}

test('unknown options and allocators are refused by both', async () => {
  const known = 'dataPlane, allocator, recirculations, workload, programs, memoryBytes, cases, seed, signal';
  const misspelt = { workload: 'lb', program: 3 } as ArrivalOptions;
  assert.is(await refusal(() => capacityOf(misspelt)), `capacityOf has no option 'program'; its options are ${known}`);
  const unknown = { workload: 'lb', allocator: 'nix' as 'f1' };
  for (const run of [simulate, capacityOf]) {
    assert.match(
      await refusal(() => run(unknown)),
      /is 'nix', where one of .*price.* or an allocator \{ name, place \} was expected/,
    );
  }
});

async function refusal(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    assert.instance(error, OptionError);
    return (error as OptionError).message;
  }
  return 'was not refused';
}

test.run();
