/** `bench run --snapshot` and `--resume`: a run that is continued equals one that was never interrupted. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Refusal, testRefusals, type, withFolder } from '../command-line.js';

interface Summary {
  readonly programsRequested: number;
  readonly programsDeployed: number;
  readonly entries: number;
  readonly rpb: unknown;
  readonly passes: unknown;
  readonly packets: { readonly in: number };
  readonly stateHash: string;
  readonly outputHash: string;
}

/** What must be equal. */
async function runIn(folder: string, args: readonly string[]): Promise<Summary> {
  const { status, stdout, stderr } = await type('bench', ['run', ...args, '--out', 'r', '--json'], { folder });
  assert.is(status, 0, stderr);
  const { programsRequested, programsDeployed, entries, rpb, passes, packets, stateHash, outputHash } = JSON.parse(
    stdout,
  ) as Summary;
  return { programsRequested, programsDeployed, entries, rpb, passes, packets, stateHash, outputHash };
}

test('a run in three parts, with other numbers of workers and another engine, has equal results', () =>
  withFolder(async (folder) => {
    const asked = ['--programs', '40', '--workload', 'all-mixed', '--seed', 'seven'];
    const whole = await runIn(folder, [...asked, '--packets', '9000', '--write', 'whole.pcap']);
    const parts = ['one.pcap', 'two.pcap', 'three.pcap'];
    const part = (packets: number, workers: number, more: readonly string[]) =>
      runIn(folder, ['--packets', String(packets), '--workers', String(workers), ...more]);
    const first = await part(4097, 1, [...asked, '--snapshot', 'a.snap', '--write', 'one.pcap']);
    assert.is(first.packets.in, 4097);
    assert.is.not(first.stateHash, whole.stateHash);
    await part(1, 2, ['--resume', 'a.snap', '--snapshot', 'b.snap', '--write', 'two.pcap']);
    const resumed = ['--resume', 'b.snap', '--engine', 'interpreted', '--write', 'three.pcap'];
    assert.equal(await part(4902, 2, resumed), whole);
    assert.equal(await part(4902, 1, resumed), whole, 'a snapshot can be gone on from again');
    const headerBytes = 24;
    const packetsIn = (name: string): Buffer => readFileSync(join(folder, name)).subarray(headerBytes);
    assert.ok(packetsIn('whole.pcap').equals(Buffer.concat(parts.map(packetsIn))));
    assert.not(existsSync(join(folder, 'a.snap.partial')));
  }));

test('a program of a file that keeps its memory sizes; captures as packets; tracing counts on', () =>
  withFolder(async (folder) => {
    const source = `@count 512\nprogram own(<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>) {\n  LOADI(sar, 1);\n  HASH_5_TUPLE_MEM(count);\n  MEMADD(count);\n}\n`;
    writeFileSync(join(folder, 'own.p4runpro'), source);
    for (const [name, seed] of [
      ['one', '1'],
      ['two', '2'],
    ] as const) {
      const generate = ['trace', 'generate', `${name}.pcap`, '--workload', 'l3', '--packets', '200', '--seed', seed];
      assert.is((await type('bench', generate, { folder })).status, 0);
    }
    const asked = ['--programs', '3', '--workload', 'own.p4runpro'];
    const whole = await runIn(folder, [...asked, '--trace', 'one.pcap', 'two.pcap']);
    await runIn(folder, [...asked, '--trace', 'one.pcap', '--snapshot', 's']);
    const traced = ['--trace-packet', '201'];
    assert.equal(await runIn(folder, ['--resume', 's', '--trace', 'two.pcap', ...traced]), whole);
    assert.match(readFileSync(join(folder, 'r', 'trace.txt'), 'utf8'), /^packet 201: /);
    writeFileSync(join(folder, 'own.p4runpro'), source.replace('LOADI(sar, 1)', 'LOADI(sar, 2)'));
    const other = await type('bench', ['run', '--resume', 's', '--out', 'r2'], { folder });
    assert.is(other.status, 2);
    assert.match(
      other.stderr,
      /^bench: workload own\.p4runpro has changed since the snapshot: the text of program own_0 differs\n$/,
    );
  }));

test('Ctrl-C writes the snapshot, and the resumed run equals one without interruption', () =>
  withFolder(async (folder) => {
    let begun = Number.POSITIVE_INFINITY;
    const when = (): boolean => {
      if (existsSync(join(folder, 'r'))) begun = Math.min(begun, performance.now());
      return performance.now() - begun > 400;
    };
    const asked = ['--programs', '2', '--packets', '1000000000', '--snapshot', 's', '--out', 'r'];
    const { status, stderr } = await type('bench', ['run', ...asked], { folder, ctrlC: { when } });
    assert.is(status, 130, stderr);
    assert.match(stderr, /partial results in r, snapshot in s\n$/);
    const { packets } = JSON.parse(readFileSync(join(folder, 'r', 'summary.json'), 'utf8')) as Summary;
    const resumed = await runIn(folder, ['--resume', 's', '--packets', '1000']);
    const total = packets.in + 1000;
    assert.is(resumed.packets.in, total);
    assert.equal(await runIn(folder, ['--programs', '2', '--packets', String(total)]), resumed);
  }));

const made: { snapshot?: Buffer } = {};
await withFolder(async (folder) => {
  await runIn(folder, ['--programs', '1', '--packets', '10', '--snapshot', 's']);
  made.snapshot = readFileSync(join(folder, 's'));
});
const good = made.snapshot ?? Buffer.alloc(0);
const written = (bytes: Uint8Array) => (folder: string) => writeFileSync(join(folder, 's'), bytes);
const changedAt = (at: number): Buffer => {
  const bytes = Buffer.from(good);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};
const RESUME = ['run', '--resume', 's', '--packets', '10'];

const TIMED = ['run', '--programs', '1', '--timing'];

const refusals: readonly Refusal[] = [
  { args: [...TIMED, '--snapshot', 's'], says: /--snapshot cannot be combined with --timing, where packets overlap/ },
  {
    args: ['run', '--timing', '--resume', 's'],
    given: written(good),
    says: /--resume cannot be combined with --timing/,
  },
  { args: [...TIMED, '--trace-packet', '1'], says: /--trace-packet cannot be combined with --timing/ },
  { args: ['run', '--packets', '10'], says: /the number of programs is missing: --programs N, or --resume/ },
  { args: RESUME, says: /s: no such file/ },
  { args: RESUME, given: written(Buffer.from('{}\n')), says: /s: not a snapshot of a switch/ },
  { args: RESUME, given: written(Buffer.alloc(0)), says: /s: not a snapshot of a switch/ },
  {
    args: RESUME,
    given: written(Buffer.from(good.toString('latin1').replace('snapshot@1', 'snapshot@9'), 'latin1')),
    says: /s: a snapshot of schema p4runpro-sim\/snapshot@9, where p4runpro-sim\/snapshot@1 is needed/,
  },
  { args: RESUME, given: written(good.subarray(0, good.length - 1)), says: /s: damaged or cut off/ },
  { args: RESUME, given: written(good.subarray(0, 40)), says: /s: damaged or cut off/ },
  ...[30, 100, good.length >> 1].map((at) => ({ args: RESUME, given: written(changedAt(at)), says: /s: damaged/ })),
  {
    args: [...RESUME, '--dataplane', 'published'],
    given: written(good),
    says: /s: taken on data plane 'default' \([0-9a-f]{12}\), not on 'published' \([0-9a-f]{12}\)/,
  },
  ...['--programs', '--memory', '--workload', '--cases', '--seed'].map((option) => ({
    args: [...RESUME, option, '4'],
    given: written(good),
    says: new RegExp(`${option} cannot be combined with --resume`),
  })),
  { args: ['run', '--programs', '1', '--snapshot', 'nosuch/s'], says: /cannot write nosuch\/s: no such file/ },
  {
    args: ['run', '--programs', '1', '--snapshot', 'd'],
    given: (folder: string) => mkdirSync(join(folder, 'd')),
    says: /cannot write d: a folder, not a file/,
  },
  { args: ['run', '--programs', '1', '--constraints', 'published', '--snapshot', 's'], says: /runs no packets/ },
];
await testRefusals('bench', refusals);

test('a run that fails leaves an older snapshot as it was', () =>
  withFolder(async (folder) => {
    written(good)(folder);
    copyFileSync(join(folder, 's'), join(folder, 'copy'));
    const args = ['run', '--programs', '1', '--packets', '10', '--snapshot', 's', '--write', 'nosuch/a.pcap'];
    assert.is((await type('bench', args, { folder })).status, 2);
    assert.ok(readFileSync(join(folder, 's')).equals(good));
    assert.not(existsSync(join(folder, 's.partial')));
  }));

test.run();
