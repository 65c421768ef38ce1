/** `bench run` as a user types it. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/data-plane/must.js';
import { assertNoStackTrace, contentsOf, type, withFolder } from '../command-line.js';
import { itemAt } from '../item-at.js';
import { SUMMARY_KEYS } from './summary-keys.js';

const FILES = ['allocations.csv', 'programs.csv', 'rpbs.csv', 'summary.json', 'timeseries.csv'];
const MILLISECONDS_BEFORE_CTRL_C = 400;

interface Summary {
  readonly addressing: string | null;
  readonly programsRequested: number;
  readonly programsDeployed: number;
  readonly failure: { readonly program: string; readonly reason: string } | null;
  readonly packets: { readonly in: number; readonly out: number; readonly unmatched: number };
  readonly stateHash: string;
  readonly outputHash: string;
}
const summaryIn = (folder: string, name = 'r'): Summary =>
  JSON.parse(readFileSync(join(folder, name, 'summary.json'), 'utf8')) as Summary;

test('figures for a reader on standard output, documents in the folder', () =>
  withFolder(async (folder) => {
    const args = ['run', '--programs', '3', '--packets', '200', '--out', 'new/r'];
    const { status, stdout, stderr } = await type('bench', args, { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    assert.match(stdout, /3 of 3 deployed/);
    assert.match(stdout, /200 in/);
    assert.match(stdout, /results in new\/r:\n {2}summary\.json/);
    assert.not(stdout.includes('\u001b'), 'no colours where there is no terminal');
    assert.equal(readdirSync(join(folder, 'new', 'r')).sort(), FILES);
  }));

test('--json prints summary.json, with the keys of the specification, and nothing else', () =>
  withFolder(async (folder) => {
    const args = ['run', '--programs', '2', '--packets', '100', '--out', 'r', '--json'];
    const { status, stdout, stderr } = await type('bench', args, { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    assert.is(stdout, readFileSync(join(folder, 'r', 'summary.json'), 'utf8'));
    const summary = JSON.parse(stdout) as Record<string, object>;
    assert.equal(Object.keys(summary), SUMMARY_KEYS);
    const times = ['mean', 'p50', 'p95', 'p99', 'max'];
    for (const key of ['allocationUs', 'compileUs']) assert.equal(Object.keys(must(summary[key], key)), times);
    const counters = ['in', 'out', 'dropped', 'reported', 'unmatched', 'recirculations', 'outsideAccesses'];
    assert.equal(Object.keys(must(summary['packets'], 'packets')), counters);
    assert.equal(Object.keys(must(summary['environment'], 'environment')), ['node', 'cpu', 'cores', 'version']);
  }));

for (const json of [false, true]) {
  test(`programs that do not fit: exit status 1, and the results of those that do${json ? ' (--json)' : ''}`, () =>
    withFolder(async (folder) => {
      const asked = ['--programs', '5000', '--workload', 'hh', '--memory', '65536', '--packets', '50'];
      const args = ['run', ...asked, '--out', 'r', ...(json ? ['--json'] : [])];
      const { status, stdout, stderr } = await type('bench', args, { folder });
      assert.is(status, 1, stderr);
      assert.match(stderr, /^bench: \d+ of 5000 programs fit: program hh_\d+ does not fit: .+\n$/);
      assertNoStackTrace(stderr);
      const summary = summaryIn(folder);
      assert.is(summary.programsRequested, 5000);
      assert.ok(summary.programsDeployed > 0 && summary.programsDeployed < 5000);
      assert.is(summary.failure?.program, `hh_${summary.programsDeployed}`);
      assert.is(summary.packets.in, 50);
      assert.equal(readdirSync(join(folder, 'r')).sort(), FILES);
      if (json) assert.equal(JSON.parse(stdout), summary);
    }));
}

test('--programs max is done when no more fit', () =>
  withFolder(async (folder) => {
    const asked = ['--programs', 'max', '--workload', 'hh', '--memory', '65536', '--packets', '50'];
    const { status, stderr } = await type('bench', ['run', ...asked, '--out', 'r'], { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
  }));

test('captures in and out; the same again, and with two workers', () =>
  withFolder(async (folder) => {
    const generate = ['trace', 'generate', 'in.pcap.gz', '--workload', 'cache', '--programs', '2', '--packets', '300'];
    assert.is((await type('bench', generate, { folder })).status, 0);
    const run = (name: string, workers: string) => {
      const asked = ['--programs', '2', '--workload', 'cache', '--trace', 'in.pcap.gz', '--workers', workers];
      return type('bench', ['run', ...asked, '--out', name, '--write', `${name}.pcap`], { folder });
    };
    for (const { status, stderr } of [await run('one', '1'), await run('two', '2')]) {
      assert.is(status, 0, stderr);
      assert.is(stderr, '');
    }
    const [one, two] = [summaryIn(folder, 'one'), summaryIn(folder, 'two')];
    assert.is(one.packets.in, 300);
    assert.equal([two.stateHash, two.outputHash], [one.stateHash, one.outputHash]);
    const written = ['one.pcap', 'two.pcap'].map((name) => readFileSync(join(folder, name)));
    assert.ok(itemAt(written, 0).equals(itemAt(written, 1)));
    const info = await type('bench', ['trace', 'info', 'one.pcap', '--json'], { folder });
    assert.is((JSON.parse(info.stdout) as { packets: number }).packets, one.packets.out);
  }));

/** A capture without its last bytes, plain or packed. */
for (const [name, cut, packets] of [
  ['cut.pcap', 7, 99],
  ['cut.pcap.gz', 60, undefined],
  ['empty.pcap', undefined, 0],
] as const) {
  test(`${name}: a capture that ends in the middle is run to its last whole packet, with a warning`, () =>
    withFolder(async (folder) => {
      const whole = `whole${name.endsWith('.gz') ? '.pcap.gz' : '.pcap'}`;
      assert.is((await type('bench', ['trace', 'generate', whole, '--packets', '100'], { folder })).status, 0);
      const bytes = readFileSync(join(folder, whole));
      // Not even one record: 24 bytes of file header, 16 of the first record, 4 of its packet.
      writeFileSync(join(folder, name), bytes.subarray(0, cut === undefined ? 44 : bytes.length - cut));
      const run = ['run', '--programs', '1', '--trace', name, '--out', 'r', '--write', 'out.pcap'];
      const { status, stderr } = await type('bench', run, { folder });
      assert.is(status, 0, stderr);
      const seen = summaryIn(folder).packets.in;
      if (packets !== undefined) assert.is(seen, packets);
      assert.ok(seen < 100, `${seen} packets`);
      assert.match(stderr, new RegExp(`^bench: warning: ${name}: ends in.* after ${seen} whole packets .*\n$`));
      const info = await type('bench', ['trace', 'info', 'out.pcap', '--json'], { folder });
      assert.is((JSON.parse(info.stdout) as { packets: number }).packets, summaryIn(folder).packets.out);
    }));
}

const COUNTER = `@count 16
program mine(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {
    LOADI(mar, 3);
    LOADI(sar, 1);
    MEMADD(count);
    FORWARD(7);
}
`;

test("a user's program with a user's capture runs as it is; --readdress and several instances rewrite the packets", () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'mine.p4runpro'), COUNTER);
    for (const [name, workload, packets] of [
      ['to-10.pcap', 'l3', '200'],
      ['from-10.pcap', 'hh', '300'],
    ] as const) {
      await type('bench', ['trace', 'generate', name, '--workload', workload, '--packets', packets], { folder });
    }
    const run = async (...more: readonly string[]) => {
      const traces = ['--trace', 'to-10.pcap', 'from-10.pcap', '--out', 'r', '--memory-out', 'memory.json'];
      const outcome = await type('bench', ['run', '--workload', 'mine.p4runpro', ...traces, ...more], { folder });
      assert.is(outcome.status, 0, outcome.stderr);
      const memory = JSON.parse(readFileSync(join(folder, 'memory.json'), 'utf8')) as unknown;
      return { ...outcome, memory, summary: summaryIn(folder) };
    };
    const own = await run('--programs', '1', '--write', 'left.pcap');
    assert.equal(own.memory, { mine: { count: { 3: 200 } } });
    assert.is(own.summary.packets.unmatched, 300);
    assert.is(own.summary.addressing, 'as captured');
    assert.match(own.stdout, /as captured, with the filter of the program \(--readdress/);
    // Forwarding changes nothing: what leaves is what came, behind the header of the file.
    const packets = (name: string): Buffer => readFileSync(join(folder, name)).subarray(24);
    assert.ok(packets('left.pcap').equals(Buffer.concat(['to-10.pcap', 'from-10.pcap'].map(packets))));
    const readdressed = await run('--programs', '1', '--readdress');
    assert.equal(readdressed.memory, { mine_0: { count: { 3: 500 } } });
    assert.is(readdressed.summary.addressing, 'readdressed');
    const several = await run('--programs', '2');
    assert.is(several.summary.packets.unmatched, 0);
    assert.match(several.stdout, /rewritten to match the filters of the programs/);
  }));

test('where no packet matches the filter of a program, the filter is printed', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'mine.p4runpro'), COUNTER);
    await type('bench', ['trace', 'generate', 'a.pcap', '--workload', 'hh', '--packets', '9'], { folder });
    const args = ['run', '--workload', 'mine.p4runpro', '--trace', 'a.pcap', '--programs', '1', '--out', 'r'];
    const { status, stderr } = await type('bench', args, { folder });
    assert.is(status, 0);
    assert.is(stderr, 'bench: warning: no packet matched the filter of mine: <hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>\n');
  }));

test('a run that fails leaves older results as they were', () =>
  withFolder(async (folder) => {
    const good = ['run', '--programs', '1', '--packets', '20', '--out', 'r'];
    assert.is((await type('bench', good, { folder })).status, 0);
    const before = contentsOf(folder);
    const bad = await type('bench', [...good, '--write', 'nosuch/a.pcap'], { folder });
    assert.is(bad.status, 2);
    assert.equal([...contentsOf(folder)], [...before]);
  }));

/** Ctrl-C a moment after the packets began to run. */
async function interrupted(workers: string): Promise<void> {
  await withFolder(async (folder) => {
    let begun = Number.POSITIVE_INFINITY;
    const when = (): boolean => {
      // The folder for the results is the first thing that the command makes.
      if (existsSync(join(folder, 'r'))) begun = Math.min(begun, performance.now());
      return performance.now() - begun > MILLISECONDS_BEFORE_CTRL_C;
    };
    const asked = ['--programs', '2', '--packets', '1000000000', '--workers', workers, '--write', 'w.pcap'];
    const { status, stdout, stderr } = await type('bench', ['run', ...asked, '--out', 'r'], {
      folder,
      ctrlC: { when },
    });
    assert.is(status, 130, stderr);
    assert.is(stderr, 'bench: interrupted; partial results in r, packets in w.pcap\n');
    assert.match(stdout, /\(interrupted\)/);
    assert.equal(readdirSync(folder).sort(), ['r', 'w.pcap']);
    assert.equal(readdirSync(join(folder, 'r')).sort(), FILES);
    assert.ok(summaryIn(folder).packets.in < 1e9);
  });
}

test('Ctrl-C stops a run, keeps partial results: 2 workers', () => interrupted('2'));

test('Ctrl-C stops a run, keeps partial results: 1 worker', () => interrupted('1'));

test.run();
