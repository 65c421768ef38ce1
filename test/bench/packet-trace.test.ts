/** `bench run --trace-packet`: the account of a packet is true, has its published schema, and changes nothing. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PacketTrace } from '../../sim/index.js';
import { appendPacketBytes, createCaptureWriter, createPacketBatch } from '../../traces/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type Refusal, testRefusals, type, withFolder } from '../command-line.js';
import { schemaProblems } from '../json-schema.js';

const SCHEMA = JSON.parse(readFileSync(packageFile('docs', 'packet-trace.schema.json'), 'utf8')) as Record<
  string,
  unknown
>;
const FILTER = '<hdr.l5.op, 2, 0xffffffff>, <hdr.udp.dst_port, 7777, 0xffff>';

interface Run {
  readonly traces: readonly PacketTrace[];
  readonly text: string;
  readonly summary: { readonly stateHash: string; readonly outputHash: string; readonly packets: unknown };
  readonly stderr: string;
}

async function runIn(folder: string, out: string, args: readonly string[]): Promise<Run> {
  const { status, stderr } = await type('bench', ['run', ...args, '--out', out], { folder });
  assert.is(status, 0, stderr);
  const read = (name: string): string =>
    existsSync(join(folder, out, name)) ? readFileSync(join(folder, out, name), 'utf8') : '';
  const lines = read('trace.jsonl').split('\n').slice(0, -1);
  return {
    traces: lines.map((line) => JSON.parse(line) as PacketTrace),
    text: read('trace.txt'),
    summary: JSON.parse(read('summary.json')) as Run['summary'],
    stderr,
  };
}

for (const workload of ['all-mixed', 'hh']) {
  test(`${workload}: traces have the published schema, and the results are those without, on one and two workers`, () =>
    withFolder(async (folder) => {
      const asked = ['--programs', '12', '--workload', workload, '--packets', '3000'];
      const plain = await runIn(folder, 'plain', asked);
      assert.equal(plain.traces, []);
      const picked = ['--trace-packet', '1', '2990-2999', '3000', '--trace-limit', '200'];
      const runs = [
        await runIn(folder, 'one', [...asked, ...picked]),
        await runIn(folder, 'two', [...asked, ...picked, '--workers', '2']),
      ];
      for (const run of runs) {
        const { stateHash, outputHash, packets } = run.summary;
        const { summary } = plain;
        assert.equal(
          { stateHash, outputHash, packets },
          {
            stateHash: summary.stateHash,
            outputHash: summary.outputHash,
            packets: summary.packets,
          },
        );
        assert.equal(
          run.traces.map(({ packet }) => packet),
          [1, 2990, 2991, 2992, 2993, 2994, 2995, 2996, 2997, 2998, 2999, 3000],
        );
        for (const trace of run.traces) assert.equal(schemaProblems(SCHEMA, trace), []);
      }
      assert.equal(runs[1]?.traces, runs[0]?.traces);
    }));
}

test('the schema is strict', () => {
  const trace = { schema: 'p4runpro-sim/packet-trace@2', packet: 0, more: 1 };
  const problems = schemaProblems(SCHEMA, trace);
  for (const what of [/\.schema: not/, /\.packet: below 1/, /more is not known/, /arrival is missing/]) {
    assert.ok(
      problems.some((problem) => what.test(problem)),
      `${what} in ${problems}`,
    );
  }
});

test('by a filter, up to the limit: what a write to the cache does, in JSON and as text', () =>
  withFolder(async (folder) => {
    const asked = ['--programs', '2', '--workload', 'cache', '--packets', '500'];
    const { traces, text, stderr } = await runIn(folder, 'r', [
      ...[...asked, '--trace-packet', FILTER, '--trace-limit', '4'],
    ]);
    assert.is(traces.length, 4);
    assert.match(stderr, /^bench: warning: \d+ selected packets were not traced; --trace-limit raises the limit\n$/);
    for (const { headers, filter, steps, verdict } of traces) {
      assert.equal(
        headers.map(({ header }) => header),
        ['ethernet', 'ipv4', 'l4_port', 'udp', 'l5'],
      );
      const fields = headers.at(-1)?.fields ?? {};
      assert.is(fields['hdr.l5.op'], '0x2');
      assert.match(filter?.program ?? '', /^cache_[01]$/);
      const write = steps.find(({ action }) => action === 'salu_read_write');
      assert.is(write?.memory?.after, Number(fields['hdr.l5.key3']));
      assert.is(write?.before.sar, write?.memory?.after);
      assert.is(verdict.kind, 'dropped');
      assert.is(verdict.port, null);
    }
    // A word that one packet writes is what the next one finds.
    const accesses = traces.flatMap(({ steps }) =>
      steps.flatMap(({ rpb, memory }) => (memory === null ? [] : [{ rpb, ...memory }])),
    );
    for (const [i, access] of accesses.entries()) {
      const earlier = accesses
        .slice(0, i)
        .findLast(({ rpb, bucket }) => rpb === access.rpb && bucket === access.bucket);
      if (earlier !== undefined) assert.is(access.before, earlier.after);
    }
    assert.match(
      text,
      /^packet \d+: \d+ bytes on port \d+, 0\.\d{9} s\n {2}parsed {3}ethernet > ipv4 > l4_port > udp > l5$/m,
    );
    assert.match(text, /: salu_read_write\n +line \d+: MEMWRITE\(\w+\);\n +bucket \d+: \w+ > 0x888\w$/m);
    assert.is(text.match(/^ {2}verdict {2}dropped \(DROP\)$/gm)?.length, 4);
  }));

test('a packet of no program: the filter is null', () =>
  withFolder(async (folder) => {
    const batch = createPacketBatch(3, 4096);
    for (const length of [0, 13, 60]) appendPacketBytes(batch, new Uint8Array(length).fill(1), 3);
    const writer = createCaptureWriter(join(folder, 'in.pcap'));
    writer.writeBatch(batch, () => true);
    writer.close();
    const args = ['--programs', '1', '--workload', 'calc', '--trace', 'in.pcap', '--trace-packet', '1-3'];
    const { traces, text } = await runIn(folder, 'r', args);
    assert.is(traces.length, 3);
    for (const trace of traces) {
      assert.equal(schemaProblems(SCHEMA, trace), []);
      assert.equal([trace.filter, trace.steps], [null, []]);
    }
    assert.match(text, /filter {3}none: no program runs/);
  }));

test('text: the line of each step in the file of the user, and addresses as addresses', () =>
  withFolder(async (folder) => {
    const source = [
      '@count 16',
      '',
      'program mine(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {',
      '    LOADI(mar, 3);   LOADI(sar, 1);',
      '    // one more',
      '    MEMADD(count);',
      '    LOADI(sar, 0x0a090807); MODIFY(hdr.ipv4.dst, sar);',
      '    FORWARD(7);',
      '}',
    ];
    writeFileSync(join(folder, 'mine.p4runpro'), source.join('\n'));
    await type('bench', ['trace', 'generate', 'in.pcap', '--workload', 'l3', '--packets', '3'], { folder });
    const asked = ['--programs', '1', '--workload', 'mine.p4runpro', '--trace', 'in.pcap', '--trace-packet', '2'];
    const { traces, text } = await runIn(folder, 'r', asked);
    assert.equal(schemaProblems(SCHEMA, traces[0]), []);
    for (const { action, source: lines } of traces[0]?.steps ?? []) {
      assert.is(lines.length, 1, action);
      for (const { line, text: statement } of lines) assert.is(statement, source[line - 1]?.trim());
    }
    assert.equal([...new Set(traces[0]?.steps.map((step) => step.source[0]?.line))], [4, 6, 7, 8]);
    assert.match(text, /: salu_add_sub\n {11}line 6: MEMADD\(count\);\n {11}sar 1 > 2, bucket 3: 1 > 2$/m);
    assert.match(text, /dst 02:00:00:00:00:00, src 02:ff:ff:00:00:00, .* src 200\.200\.\d+\.\d+, dst 10\.0\.0\.\d+$/ms);
    assert.match(text, /hdr\.ipv4\.dst = 10\.0\.0\.0\/255\.0\.0\.0 > program mine /);
    assert.match(text, /changed {2}hdr\.ipv4\.dst: 10\.0\.0\.\d+ > 10\.9\.8\.7$/m);
  }));

const refusals: readonly Refusal[] = [
  { args: ['--trace-packet', '0'], says: /packet numbers from 1,.*not '0'/ },
  { args: ['--trace-packet', '9-7'], says: /not '9-7'/ },
  { args: ['--trace-packet', '<hdr.nosuch.field, 1, 1>'], says: /no field hdr\.nosuch\.field on arrival/ },
  { args: ['--trace-packet', '<hdr.ipv4.ttl, 300, 0xff>'], says: /hdr\.ipv4\.ttl has 8 bits/ },
  { args: ['--trace-packet', '<hdr.ipv4.ttl'], says: /is no filter: <field, value, mask>/ },
  { args: ['--trace-packet', '<eg_intr_md.enq_qdepth, 1, 1>'], says: /no field eg_intr_md\.enq_qdepth on arrival/ },
  { args: ['--trace-packet', '1', '--trace-limit', '0'], says: /--trace-limit takes a whole number from 1/ },
  { args: ['--trace-packet', '1', '--constraints', 'published'], says: /runs no packets/ },
].map(({ args, says }) => ({ args: ['run', '--programs', '1', ...args], says }));
await testRefusals('bench', refusals);

test.run();
