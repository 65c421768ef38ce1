/** `bench run --timing` and `bench timing` as a user types them. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../../bench/cli/commands/run-command.js';
import { timingCommand } from '../../bench/cli/commands/timing-command.js';
import { createPacketBatch, openCapture } from '../../traces/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type Refusal, testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';
import { itemAt } from '../item-at.js';

interface Summary {
  readonly packets: { readonly in: number; readonly out: number; readonly dropped: number };
  readonly workers: number;
  readonly outputHash: string;
  readonly timing: {
    readonly cycles: { readonly ingress: number; readonly egress: number };
    readonly latencyNs: { readonly min: number; readonly max: number };
    readonly lost: Readonly<Record<string, number>>;
    readonly updates: readonly { readonly name: string; readonly mixed: number; readonly before: number }[] | null;
  };
}

const run = (...args: string[]): string[] => ['run', '--timing', '--out', 'r', ...args];
const rowsOf = (folder: string, name: string): string[][] =>
  readFileSync(join(folder, 'r', name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

test('--timing: latencies, losses and queues for a reader, in the JSON document and as CSV', () =>
  withFolder(async (folder) => {
    const asked = [
      '--programs',
      '4',
      '--packets',
      '3000',
      '--rate',
      '1000000000',
      '--interval',
      '1',
      '--buffer',
      '8000',
    ];
    const { status, stdout, stderr } = await type('bench', run(...asked), { folder });
    assert.is(status, 0, stderr);
    assert.match(stdout, /latency +\d+\.\d ns median/);
    assert.match(stdout, /306 \+ 316 cycles/);
    assert.match(stdout, /lost +.*at a full (buffer|queue)|lost +.*at full queues/);
    const files = ['intervals.csv', 'latency.csv', 'ports.csv', 'queues.csv'];
    for (const name of files) assert.ok(readdirSync(join(folder, 'r')).includes(name), name);
    const summary = JSON.parse(readFileSync(join(folder, 'r', 'summary.json'), 'utf8')) as Summary;
    assert.equal(summary.timing.cycles, { ingress: 306, egress: 316 });
    assert.ok(summary.timing.latencyNs.min > 622 / 1.22);
    const [head = [], ...rows] = rowsOf(folder, 'intervals.csv');
    const column = (name: string): number => rows.reduce((sum, row) => sum + Number(row[head.indexOf(name)]), 0);
    assert.equal([column('in'), column('out')], [3000, summary.packets.out]);
    const lost = head.filter((name) => name.startsWith('lost_')).map(column);
    assert.is(
      lost.reduce((sum, count) => sum + count, 0),
      summary.packets.dropped,
    );
    assert.ok(summary.packets.dropped > 0);
  }));

test('--write: departure times, in order; and the same bytes with more workers, with a warning', () =>
  withFolder(async (folder) => {
    const asked = ['--programs', '3', '--packets', '400', '--rate', '50000000', '--json'];
    const one = await type('bench', run(...asked, '--write', 'out.pcap'), { folder });
    assert.is(one.status, 0, one.stderr);
    const two = await type('bench', run(...asked, '--workers', '2', '--write', 'two.pcap'), { folder });
    assert.is(two.stderr, 'bench: warning: --timing uses one worker\n');
    const [first, second] = [one, two].map(({ stdout }) => JSON.parse(stdout) as Summary);
    assert.equal([second?.outputHash, second?.workers], [first?.outputHash, 1]);
    assert.ok(readFileSync(join(folder, 'out.pcap')).equals(readFileSync(join(folder, 'two.pcap'))));
    const reader = await openCapture(join(folder, 'out.pcap'));
    const batch = createPacketBatch(1000, 2 ** 20);
    assert.is(await reader.readInto(batch), first?.packets.out);
    await reader.close();
    const times = Array.from(
      { length: batch.count },
      (_, i) => itemAt(batch.timeSeconds, i) * 1e9 + itemAt(batch.timeNanoseconds, i),
    );
    assert.ok(times.every((time, i) => i === 0 || time >= itemAt(times, i - 1)));
    assert.ok(itemAt(times, 0) >= 510 && itemAt(times, 0) < 600, `the first leaves after ${times[0]} ns`);
  }));

test('time stamps that go back are counted', () =>
  withFolder(async (folder) => {
    for (const [name, rate] of [
      ['slow.pcap', '1000'],
      ['fast.pcap', '1000000'],
    ] as const) {
      const made = await type('bench', ['trace', 'generate', name, '--packets', '20', '--rate', rate], { folder });
      assert.is(made.status, 0, made.stderr);
    }
    const traces = ['--trace', 'slow.pcap', '--trace', 'fast.pcap'];
    const { status, stderr } = await type('bench', run('--programs', '1', ...traces), { folder });
    assert.is(status, 0, stderr);
    assert.match(stderr, /^bench: warning: 20 packets had an earlier time stamp than the previous packet/);
  }));

test('Ctrl-C stops a run with time and keeps what was done', () =>
  withFolder(async (folder) => {
    let begun = Number.POSITIVE_INFINITY;
    const when = (): boolean => {
      if (readdirSync(folder).includes('r')) begun = Math.min(begun, performance.now());
      return performance.now() - begun > 500;
    };
    const asked = ['--programs', '2', '--packets', '1000000000', '--write', 'w.pcap'];
    const { status, stderr } = await type('bench', run(...asked), { folder, ctrlC: { when } });
    assert.is(status, 130, stderr);
    assert.match(stderr, /^bench: interrupted; partial results in r/);
    assert.ok(readdirSync(join(folder, 'r')).includes('latency.csv'));
  }));

const script = (updates: readonly unknown[], operationsPerSecond: unknown = 1_000_000): string =>
  JSON.stringify({ schema: 'p4runpro-bench/update-script@1', operationsPerSecond, updates });
const given = (text: string) => (folder: string) => writeFileSync(join(folder, 'u.json'), text);

const OTHER = `program other(<hdr.ipv4.dst, 99.0.0.0, 255.0.0.0>) {
    FORWARD(3);
}
`;

test('--update-script: programs come and go, packets are counted by what they saw', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'other.p4runpro'), OTHER);
    const updates = [
      { atUs: 10, deploy: 5 },
      { atUs: 40, revoke: 'lb_0' },
      { atUs: 60, deploy: 'other.p4runpro' },
      { atUs: 80, revoke: 'lb_5' },
    ];
    given(script(updates))(folder);
    const asked = ['--programs', '5', '--packets', '5000', '--rate', '50000000', '--update-script', 'u.json', '--json'];
    const { status, stdout, stderr } = await type('bench', run(...asked), { folder });
    assert.is(status, 0, stderr);
    const { timing } = JSON.parse(stdout) as Summary;
    assert.equal(
      timing.updates?.map(({ name, mixed }) => [name, mixed]),
      [
        ['deploy lb_5', 0],
        ['revoke lb_0', 0],
        ['deploy other', 0],
        ['revoke lb_5', 0],
      ],
    );
    assert.ok((timing.updates?.[1]?.before ?? 0) > 0);
    assert.is(rowsOf(folder, 'updates.csv').length, 5);
  }));

test('--figure: two ports into a third fill its queue, which marks packets and loses some; each is counted once', () =>
  withFolder(async (folder) => {
    const sources = [0, 2].flatMap((port) => ['--source', `background:mbps=6000,bytes=1500,ecn=2,port=${port}`]);
    const made = await type('bench', ['trace', 'generate', 'in.pcapng', '--seconds', '0.001', ...sources], { folder });
    assert.is(made.status, 0, made.stderr);
    const program = packageFile('docs', 'examples', 'ecn-fan-in.p4runpro');
    const asked = ['--workload', program, '--programs', '1', '--trace', 'in.pcapng', '--write', 'out.pcap', '--figure'];
    const speeds = ['--port-rate', '10', '--buffer', '100000', '--interval', '20'];
    const { status, stdout, stderr } = await type('bench', run(...asked, ...speeds), { folder });
    assert.is(status, 0, stderr);
    assert.match(stdout, /, ports\.csv, timing\.svg$/m);
    const [head = [], ...rows] = rowsOf(folder, 'intervals.csv');
    const marked = rows.map((row) => Number(row[head.indexOf('marked')]));
    const reader = await openCapture(join(folder, 'out.pcap'));
    const batch = createPacketBatch(2048, 2 ** 22);
    const out = await reader.readInto(batch);
    await reader.close();
    let withMark = 0;
    for (let i = 0; i < out; i++) if ((itemAt(batch.bytes, itemAt(batch.offset, i) + 15) & 3) === 3) withMark++;
    assert.is(
      marked.reduce((sum, count) => sum + count, 0),
      withMark,
    );
    // 12 of 10 Gbit/s: the queue holds 10 us of packets after some 50 us, and is full after some 300 us.
    assert.equal(marked.slice(0, 2), [0, 0]);
    assert.ok(stdout.includes(`\nmarked        ${withMark} packets left with ECN 3`), stdout);
    assert.ok(withMark > out / 2 && withMark < out, `${withMark} of ${out}`);
    const lost = rows.map((row) => Number(row[head.indexOf('lost_queue')]));
    assert.is(lost.findIndex((count) => count > 0) > marked.findIndex((count) => count > 0), true);
    const svg = readFileSync(join(folder, 'r', 'timing.svg'), 'utf8');
    for (const name of ['queue of port 1', 'lost', 'marked (ECN 3)']) assert.ok(svg.includes(name), name);
  }));

test('bench timing: a table, CSV and the published figures beside ours', () =>
  withFolder(async (folder) => {
    const asked = ['--sizes', '128', '--recirculations', '1', '--tolerance', '10', '--out', 'r'];
    const { status, stdout, stderr } = await type('bench', ['timing', ...asked], { folder });
    assert.is(status, 0, stderr);
    assert.match(stdout, /128 +0 +100\.00 +100 +agrees/);
    assert.is(rowsOf(folder, 'recirculation.csv').length, 3);
    const json = await type('bench', ['timing', ...asked, '--json'], { folder });
    assert.is((JSON.parse(json.stdout) as { rows: unknown[] }).rows.length, 2);
  }));

const small = (...args: string[]): string[] => run('--programs', '1', '--packets', '10', ...args);
const updated = (updates: readonly unknown[], says: RegExp, status = 2): Refusal => ({
  args: small('--update-script', 'u.json'),
  given: given(script(updates)),
  says,
  status,
});

const REFUSALS: readonly Refusal[] = [
  { args: ['run', '--programs', '1', '--figure', '--out', 'r'], says: /--figure needs --timing/ },
  { args: ['run', '--programs', '1', '--rate', '5', '--out', 'r'], says: /--rate needs --timing/ },
  { args: ['run', '--programs', '1', '--update-script', 'u', '--out', 'r'], says: /--update-script needs --timing/ },
  { args: small('--rate', '-5'), says: /--rate takes a whole number from 1 to [\d,]+, not '-5'/ },
  { args: small('--rate', '0'), says: /--rate takes a whole number from 1/ },
  { args: small('--port-rate', '0'), says: /--port-rate takes a rate in Gbit\/s above 0 and up to 10,000/ },
  { args: small('--recirculation-rate', 'x'), says: /--recirculation-rate takes a rate in Gbit\/s/ },
  { args: small('--buffer', '1'), says: /--buffer takes a whole number from 80/ },
  { args: small('--queue', '-1'), says: /--queue takes a whole number/ },
  { args: small('--interval', '0'), says: /--interval takes a whole number/ },
  { args: ['run', '--programs', '1', '--timing', '--constraints', 'published', '--out', 'r'], says: /no packets/ },
  { args: small('--update-script', 'nosuch.json'), says: /nosuch\.json: no such file/ },
  { args: small('--update-script', 'u.json'), given: given('{'), says: /u\.json is not JSON/ },
  { args: small('--update-script', 'u.json'), given: given('{}'), says: /"schema" must be/ },
  { args: small('--update-script', 'u.json'), given: given(script([], -1)), says: /"operationsPerSecond" must be/ },
  updated([{ atUs: -1, revoke: 'lb_0' }], /updates\[0\]: "atUs" must be/),
  updated([{ atUs: 1 }], /updates\[0\]: besides "atUs" it must have exactly one of deploy, revoke, cases/),
  updated(
    [
      { atUs: 2, revoke: 'lb_0' },
      { atUs: 1, deploy: 3 },
    ],
    /updates\[1\]: "atUs" is less than/,
  ),
  updated([{ atUs: 1, revoke: 'nosuch' }], /there is no program nosuch/),
  updated([{ atUs: 1, deploy: 0 }], /program lb_0 runs already/),
  updated([{ atUs: 1, deploy: 'nosuch.p4runpro' }], /nosuch\.p4runpro: no such file/),
  { args: ['timing', '--sizes', '10', '--out', 'r'], says: /--sizes takes a whole number from 64/ },
  {
    args: ['timing', '--recirculations', '16', '--out', 'r'],
    says: /--recirculations takes a whole number from 0 to 15/,
  },
  { args: ['timing', '--tolerance', '0', '--out', 'r'], says: /--tolerance takes a number of per cent/ },
];

await testRefusals('bench', REFUSALS);

testForgottenValues('bench run', runCommand.options, [
  '--rate',
  '--port-rate',
  '--buffer',
  '--interval',
  '--update-script',
]);
testForgottenValues('bench timing', timingCommand.options, ['--sizes', '--tolerance']);

test.run();
