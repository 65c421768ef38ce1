/** `--workload ./mine.mjs`: workloads of other people, from every command, and what is said of those that are none. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { capacityOf, simulate } from '../../bench/public.js';
import { workloadFrom } from '../../bench/workloads/own-workload.js';
import { loadWorkload, WorkloadError } from '../../bench/workloads/workload.js';
import { defaultDataPlane } from '../../compiler/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { testRefusals, type, withFolder } from '../command-line.js';

const plane = defaultDataPlane();

const program = (name: string, network = '10.0.0.0'): string =>
  `@m 16\nprogram ${name}(<hdr.ipv4.dst, ${network}, 255.255.255.0>) { LOADI(mar, 3); MEMADD(m); FORWARD(7); }`;

/** What the second program of a workload is, and what is said of it. */
const LIES: readonly (readonly [given: unknown, says: RegExp])[] = [
  [7, /program 1 is 7, where a text or \{ source \} was expected/],
  [undefined, /workload \.\/mine\.mjs has no program 1: it ends before that/],
  [{ text: '' }, /program 1 has source undefined, where a text was expected/],
  [Promise.resolve(''), /program 1 is a promise/],
  ['program p(', /program 1 does not compile: line 1: /],
  ['\n\nprogram p(<hdr.ipv4.dst, 0, 0>) { FORWARD(bad); }', /program 1 does not compile: line 3: /],
  [
    `${program('b')}\n${program('c').replace('@m 16', '')}`.replaceAll(/ LOADI.*?;| MEMADD.*?;|@m 16\n/g, ''),
    /text of 2 programs, where one/,
  ],
  [program('a'), /program 1 has the name a of program 0: each needs a name of its own/],
  [{ source: Object.create(null) }, /program 1 has source an object, where a text was expected/],
  [
    {
      get source() {
        throw new Error('a getter');
      },
    },
    /program\(1\) threw Error: a getter/,
  ],
  [{ source: program('b'), memoryValue: 3 }, /has a memoryValue that is no function/],
  [{ source: program('b'), traffic: { variants: [] } }, /program 1 has traffic that cannot be generated: .*variants/],
  [{ source: program('b'), traffic: 5 }, /program 1 has traffic 5, where \{ variants: \[\.\.\.\] \} was expected/],
];

for (const [given, says] of LIES) {
  test(`refused: ${says.source}`, () => {
    const own = { name: 'mine', program: (number: number) => (number === 0 ? program('a') : given) };
    const workload = workloadFrom(own, plane, './mine.mjs');
    workload.arrival(0);
    assert.throws(
      () => workload.arrival(1),
      (error: unknown) => {
        assert.instance(error, WorkloadError);
        assert.match((error as Error).message, says);
        assert.ok((error as Error).message.startsWith('workload ./mine.mjs'));
        return true;
      },
    );
  });
}

test('a default export that is no workload is refused by name', () => {
  assert.throws(() => workloadFrom(null, plane), /what was given is no workload: it is null, where \{ name, program/);
  assert.throws(() => workloadFrom({ program: () => '' }, plane), /it has no name/);
  assert.throws(() => workloadFrom({ name: 'mine' }, plane), /it has no function program/);
});

test('a workload that throws late, is not deterministic, or gives invalid words is refused by name', () => {
  const late = workloadFrom(
    {
      name: 'late',
      program(number: number) {
        if (number === 499) throw new Error('no more');
        return program(`p${number}`);
      },
    },
    plane,
  );
  for (let number = 0; number < 499; number++) late.arrival(number);
  assert.throws(() => late.arrival(499), /workload late: program\(499\) threw Error: no more/);
  let n = 0;
  const wavering = workloadFrom({ name: 'wavering', program: () => program('p', `10.0.${n++}.0`) }, plane);
  wavering.arrival(0);
  assert.throws(() => wavering.arrival(0), /program 0 is another text than it was before/);
  const words = workloadFrom(
    { name: 'words', program: () => ({ source: program('p'), memoryValue: () => -1 }) },
    plane,
  );
  assert.throws(() => words.arrival(0).memoryValue?.('m', 2), /gives -1 for m\[2\], where a word of 32 bits/);
});

test('packets follow from the filter unless they are given, and sources stay as they are', () => {
  const traffic = {
    variants: [
      {
        ...(workloadFrom({ name: 'a', program: () => program('a') }, plane).arrival(0).traffic.variants[0] as object),
        flows: 3,
      },
    ],
  };
  const own = {
    name: 'two',
    program: (number: number) => (number === 0 ? program('a', '10.9.8.0') : { source: program('b'), traffic }),
  };
  const workload = workloadFrom(own, plane);
  const first = workload.arrival(0);
  assert.is(first.source, program('a', '10.9.8.0'));
  assert.equal(first.traffic.variants[0]?.ipv4?.destination, { base: 0x0a090800, hostMask: 0xff });
  assert.equal(workload.arrival(1).traffic, traffic);
  assert.is(first.key, 'a');
});

test('a workload that ends fills a switch to its last program, and has no more than that', async () => {
  const three = { name: 'three', program: (n: number) => (n < 3 ? program(`p${n}`, `10.0.${n}.0`) : undefined) };
  const { capacity, failure } = await capacityOf({ workload: three });
  assert.equal([capacity, failure], [3, null]);
  const { summary } = await simulate({ workload: three, packets: 30 });
  assert.equal([summary.programsDeployed, summary.failure, summary.packets.out], [3, null, 30]);
  try {
    await simulate({ workload: three, programs: 4 });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /workload three has no program 3/);
  }
  assert.throws(
    () => workloadFrom({ name: 'none', program: () => undefined }, plane).arrival(0),
    /program 0 is undefined/,
  );
});

const OWN = packageFile('docs', 'examples', 'own-workload.mjs');

test('settings reach a function of them', async () => {
  const at = async (memoryBytes: number | undefined): Promise<string> =>
    (await loadWorkload({ name: OWN, memoryBytes, cases: 2, seed: '1', dataPlane: plane })).arrival(1).source;
  assert.match(await at(undefined), /@packets 64\n/);
  assert.match(await at(4096), /@packets 1024\n/);
});

const COMMANDS: readonly (readonly [says: RegExp, ...args: string[]])[] = [
  [/12 of 12 deployed/, 'run', '--programs', '12', '--packets', '500', '--out', 'out', '--workload'],
  [/own-workload/, 'capacity', '--repeats', '1', '--memory', '4096', '--out', 'out', '--workloads'],
  [/500 packets/, 'trace', 'generate', 'out.pcap', '--programs', '5', '--packets', '500', '--workload'],
  [
    /programs/,
    'churn',
    '--arrivals',
    'poisson:60s,1h',
    '--duration',
    '1h',
    '--samples',
    '2',
    '--out',
    'out',
    '--workload',
  ],
];

for (const [says, ...args] of COMMANDS) {
  test(`bench ${args[0]} takes a module`, () =>
    withFolder(async (folder) => {
      const { status, stdout, stderr } = await type('bench', [...args, OWN], { folder });
      assert.is(status, 0, stderr);
      assert.match(stdout, says);
    }));
}

const run = ['run', '--programs', '3', '--packets', '10', '--out', 'r', '--workload', './mine.mjs'];
const refused = (text: string, says: RegExp) => ({
  args: run,
  given: (folder: string) => writeFileSync(join(folder, 'mine.mjs'), text),
  says,
});

await testRefusals('bench', [
  { args: run, says: /\.\/mine\.mjs: no such file/ },
  refused('export const a = 1;', /mine\.mjs has no default export: it exports a/),
  refused('export default 1;', /mine\.mjs is no workload: it is a number/),
  refused(
    'export default () => { throw new Error("no luck"); };',
    /its default export threw Error: no luck \(mine\.mjs:1\)/,
  ),
  refused(
    'export default { name: "n", program: (n) => { throw new Error("bad " + n); } };',
    /program\(0\) threw Error: bad 0/,
  ),
  refused('export default { name: "n", program: () => "program" };', /program 0 does not compile: line 1/),
]);

test.run();
