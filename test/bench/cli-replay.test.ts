/** `bench replay` and `bench goldens` as a user types them. */
import { copyFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { goldensCommand } from '../../bench/cli/commands/goldens-command.js';
import { replayCommand } from '../../bench/cli/commands/replay-command.js';
import { GOLDEN_FOLDER } from '../../bench/verify/goldens/check-goldens.js';
import { readCapture, writeCapture } from '../../bench/verify/replay/captured-packets.js';
import { programFile } from '../../bench/workloads/program-kind.js';
import { createCaptureWriter, createPacketBatch, openCapture } from '../../traces/index.js';
import { contentsOf, type Outcome, testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';

const golden = (name: string, file: string): string => join(GOLDEN_FOLDER, name, file);
const CALC = golden('calc', 'trace.pcapng');
const CALC_GOLDEN = golden('calc', 'expected.pcapng');

/** The calculator with one line of its text changed. */
function changedCalculator(folder: string, from: string, to: string): void {
  const text = readFileSync(programFile('calc'), 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(join(folder, 'mine.p4runpro'), text.replace(from, to));
}

const replay = (folder: string, ...args: string[]): Promise<Outcome> => type('bench', ['replay', ...args], { folder });

test('traffic is generated, a golden is written, and a replay equals it', () =>
  withFolder(async (folder) => {
    changedCalculator(folder, 'program calc', 'program mine');
    const made = await type(
      'bench',
      ['trace', 'generate', 'in.pcap', '--workload', 'mine.p4runpro', '--packets', '200'],
      {
        folder,
      },
    );
    assert.is(made.status, 0, made.stderr);
    const args = ['mine.p4runpro', '--trace', 'in.pcap', '--expect', 'golden.pcapng'];
    const accepted = await replay(folder, ...args, '--update');
    assert.is(accepted.status, 0, accepted.stderr);
    assert.match(
      accepted.stdout,
      /^200 packets in, 200 out\n( +\d+ {2}forwarded by port \d+, program \w+\n)+written: golden\.pcapng\n$/,
    );
    const before = contentsOf(folder);
    const again = await replay(folder, ...args);
    assert.is(again.status, 0, again.stderr);
    assert.is(again.stderr, '');
    assert.match(again.stdout, /as expected/);
    assert.equal([...contentsOf(folder)], [...before], 'a comparison writes nothing');
  }));

test('a difference: the packet field by field, what happened to it, status 1; --update accepts', () =>
  withFolder(async (folder) => {
    changedCalculator(folder, 'SUB(sar, mar)', 'ADD(sar, mar)');
    copyFileSync(CALC_GOLDEN, join(folder, 'golden.pcapng'));
    const args = ['mine.p4runpro', '--trace', CALC, '--expect', 'golden.pcapng'];
    const { status, stdout, stderr } = await replay(folder, ...args);
    assert.is(status, 1, stderr);
    assert.is(stderr, '');
    assert.match(stdout, /^packet 3 of the golden differs \(packet 3 of the trace, 0\.000002000 s\)$/m);
    assert.match(stdout, /^packet 4 of the golden differs/m);
    assert.match(stdout, /^ {4}hdr\.l5\.op +2 +2$/m);
    assert.match(stdout, /^>> {2}hdr\.l5\.key3 +2 +0xc$/m);
    assert.match(stdout, /^ {2}filter .* > program calc \(id 1\)$/m);
    assert.match(
      stdout,
      /: add_sar_mar\n {11}one of lines 11: ADD\(sar, mar\); \| 16: ADD\(sar, mar\);\n {11}sar 7 > 0xc$/m,
    );
    assert.match(stdout, /^ {2}verdict {2}forwarded by port 2$/m);
    assert.ok(readFileSync(join(folder, 'golden.pcapng')).equals(readFileSync(CALC_GOLDEN)), 'the golden stays');

    const json = await replay(folder, ...args, '--json');
    assert.is(json.status, 1);
    const document = JSON.parse(json.stdout);
    assert.is(document.agrees, false);
    assert.equal(document.packets, { in: 8, out: 8, expected: 8 });
    assert.equal(document.differences, [
      { kind: 'changed', expected: 2, actual: 2 },
      { kind: 'changed', expected: 3, actual: 3 },
    ]);
    const marked = document.first.fields.filter(({ differs }: { differs: boolean }) => differs);
    assert.equal(
      marked.map(({ field }: { field: string }) => field),
      ['hdr.udp.checksum', 'hdr.l5.key3'],
    );

    assert.is((await replay(folder, ...args, '--update')).status, 0);
    assert.is((await replay(folder, ...args)).status, 0);
  }));

test('missing and additional packets are named, and words of memory', () =>
  withFolder(async (folder) => {
    const text = readFileSync(programFile('acc'), 'utf8');
    writeFileSync(join(folder, 'mine.p4runpro'), text.replace('<sar, 1, 0xffffffff>', '<sar, 0, 0xffffffff>'));
    const files = ['--trace', golden('acc', 'trace.pcapng'), '--expect', golden('acc', 'expected.pcapng')];
    const { status, stdout } = await replay(folder, 'mine.p4runpro', ...files);
    assert.is(status, 1);
    assert.match(stdout, /^packet 1 of the golden is missing \(packet 1 of the trace, 0\.000000000 s\)$/m);
    assert.match(stdout, /^additional packet \(packet 2 of the trace, 0\.000001000 s\)$/m);
    assert.match(stdout, /^ {2}verdict {2}dropped \(DROP\)$/m);

    writeFileSync(join(folder, 'before.json'), JSON.stringify({ acc: { seen: { '0-255': 1 } } }));
    const memory = ['--memory', 'before.json', '--expect-memory', golden('acc', 'after.json')];
    const filled = await replay(folder, 'acc', '--trace', golden('acc', 'trace.pcapng'), ...memory);
    assert.is(filled.status, 1);
    assert.match(filled.stdout, /^acc\.seen\[0\]: expected 0, found 1$/m);
    assert.match(filled.stdout, /^and 244 more words$/m);
  }));

const VERDICTS = `@count 16
program mine(<hdr.ipv4.protocol, 17, 0xff>) {
    LOADI(mar, 3);
    LOADI(sar, 1);
    MEMADD(count);
    EXTRACT(hdr.ipv4.ecn, mar);
    BRANCH:
        case(<mar, 1, 0xff>) { DROP; }
        case(<mar, 2, 0xff>) { REPORT; }
        case(<mar, 3, 0xff>) { FORWARD(7); };
}
`;

test('verdicts by port and reason, packets by number, memory at the end', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'mine.p4runpro'), VERDICTS);
    // Ingress port, protocol, ECN.
    const rows = [
      [0, 17, 1],
      [0, 17, 1],
      [0, 17, 2],
      [0, 17, 3],
      [4, 17, 0],
      [99, 17, 0],
      [4, 6, 0],
      [99, 6, 0],
    ] as const;
    writeCapture(
      join(folder, 'in.pcapng'),
      rows.map(([port, protocol, ecn], i) => {
        const bytes = new Uint8Array(60);
        bytes.set([8, 0, 0x45, ecn, 0, 46], 12);
        bytes.set([64, protocol], 22);
        return { bytes, originalLength: 60, port, timeSeconds: i, timeNanoseconds: 0 };
      }),
    );
    const args = ['mine.p4runpro', '--trace', 'in.pcapng', '--trace-packet', '2', '6-7', '--memory-out', 'm.json'];
    const { status, stdout, stderr } = await replay(folder, ...args);
    assert.is(status, 0, stderr);
    assert.match(stderr, /^bench: warning: 2 packets arrived at port 99: default forwarding connects .*\n$/);
    const expected = [
      '2  dropped by DROP, program mine',
      '1  reported to the CPU by port 192, program mine',
      '1  forwarded by port 7, program mine',
      '1  forwarded by port 5, program mine',
      '1  dropped as nobody forwards them, program mine',
      '1  forwarded by port 5, no program (neighbouring ports are connected)',
      '1  dropped as nobody forwards them, no program',
    ];
    assert.is(stdout.split('\n\n')[0], ['8 packets in, 4 out', ...expected.map((line) => `  ${line}`)].join('\n'));
    assert.equal(
      [...stdout.matchAll(/^packet (\d+): /gm)].map(([, number]) => number),
      ['2', '6', '7'],
    );
    assert.match(stdout, /line 5: MEMADD\(count\);\n.*bucket 3: 1 > 2$/m);
    assert.equal(
      [...stdout.matchAll(/^ {2}verdict {2}(.*)$/gm)].map(([, text]) => text),
      ['dropped (DROP)', 'dropped (nobody forwards)', 'forwarded by port 5'],
    );
    assert.equal(JSON.parse(readFileSync(join(folder, 'm.json'), 'utf8')), { mine: { count: { 3: 6 } } });

    const json = await replay(folder, ...args, '--json', '--trace-limit', '1');
    const document = JSON.parse(json.stdout) as { verdicts: { packets: number }[]; traces: { packet: number }[] };
    assert.is(
      document.verdicts.reduce((sum, { packets }) => sum + packets, 0),
      8,
    );
    assert.equal(
      document.traces.map(({ packet }) => packet),
      [2],
    );
    assert.match(json.stderr, /2 selected packets were not traced/);
  }));

test('on tofino1, packets that end inside a header are dropped by the parser, as on the chip', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'mine.p4runpro'), VERDICTS);
    writeCapture(
      join(folder, 'in.pcapng'),
      [60, 40].map((length, i) => {
        const bytes = new Uint8Array(length);
        bytes.set([8, 0, 0x45, 1, 0, 46], 12);
        bytes.set([64, 17], 22);
        return { bytes, originalLength: length, port: 0, timeSeconds: i, timeNanoseconds: 0 };
      }),
    );
    const args = ['mine.p4runpro', '--trace', 'in.pcapng', '--trace-packet', '2'];
    const { status, stdout, stderr } = await replay(folder, ...args, '--dataplane', 'tofino1');
    assert.is(status, 0, stderr);
    assert.match(
      stdout,
      /^ {2}1 {2}dropped by DROP, program mine\n {2}1 {2}dropped by the parser, as they end inside a header$/m,
    );
    assert.match(stdout, /^ {2}parsed {3}no header$/m);
    assert.match(stdout, /^ {2}verdict {2}dropped \(ends inside a header\)$/m);
    const shorter = await replay(folder, ...args);
    assert.match(shorter.stdout, /^ {2}verdict {2}dropped \(DROP\)$/m);
  }));

test('a program whose filter no packet matches is named with the filter', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'mine.p4runpro'), VERDICTS);
    const { status, stderr } = await replay(folder, 'mine.p4runpro', 'hh', '--trace', CALC);
    assert.is(status, 0, stderr);
    assert.is(stderr, 'bench: warning: no packet matched the filter of hh: <hdr.ipv4.src, 10.0.0.0, 255.255.255.0>\n');
  }));

test('a golden without ports is compared without them, with a note', () =>
  withFolder(async (folder) => {
    const writer = createCaptureWriter(join(folder, 'golden.pcap'));
    const reader = await openCapture(CALC_GOLDEN);
    const batch = createPacketBatch(100, 10_000);
    await reader.readInto(batch);
    await reader.close();
    writer.writeBatch(batch);
    writer.close();
    const { status, stderr } = await replay(folder, 'calc', '--trace', CALC, '--expect', 'golden.pcap');
    assert.is(status, 0);
    assert.is(stderr, 'bench: warning: golden.pcap records no ports, so they were not compared\n');
  }));

test('--out writes the packets with their ports; --coverage lists lines that were not reached', () =>
  withFolder(async (folder) => {
    const asked = ['--trace', golden('ecn-idle', 'trace.pcapng'), '--out', 'out.pcapng', '--coverage'];
    const { status, stdout } = await replay(folder, 'ecn', ...asked);
    assert.is(status, 0);
    assert.match(stdout, /^ecn: 1 of 3 branches, 6 of 8 statements$/m);
    assert.match(stdout, /^ {2}not reached: line 11, case$/m);
    const left = await readCapture(join(folder, 'out.pcapng'));
    assert.equal(
      left.map(({ port }) => port),
      [3, 3, 3, 3],
    );
    const queued = await replay(folder, 'ecn', ...asked, '--queue-time', '10000');
    assert.match(queued.stdout, /^ecn: 3 of 3 branches, 8 of 8 statements$/m);
  }));

test('goldens: a table, its rows as JSON, a difference by name', () =>
  withFolder(async (folder) => {
    const whole = await type('bench', ['goldens'], { folder });
    assert.is(whole.status, 0, whole.stderr);
    assert.match(whole.stdout, /^calc +1 +8 +8 +0 +6 of 6 +19 of 19 +\d+ +1 {2}as expected$/m);
    cpSync(GOLDEN_FOLDER, join(folder, 'mine'), { recursive: true });
    copyFileSync(golden('calc', 'trace.pcapng'), join(folder, 'mine', 'calc', 'expected.pcapng'));
    const differing = await type('bench', ['goldens', 'calc', 'acc', '--folder', 'mine', '--json'], { folder });
    assert.is(differing.status, 1);
    const { rows } = JSON.parse(differing.stdout);
    const names = rows.map(({ program, differ }: { program: string; differ: string[] }) => [program, differ]);
    assert.equal(names, [
      ['acc', []],
      ['calc', ['calc']],
    ]);
    const updated = await type('bench', ['goldens', 'calc', '--folder', 'mine', '--update'], { folder });
    assert.is(updated.status, 0);
    assert.ok(readFileSync(join(folder, 'mine', 'calc', 'expected.pcapng')).equals(readFileSync(CALC_GOLDEN)));
    assert.not(existsSync(join(folder, 'mine', 'calc', 'expected.pcapng.partial')));
  }));

const broken = (folder: string) => writeFileSync(join(folder, 'broken.p4runpro'), 'program p(');
const text = (folder: string) => writeFileSync(join(folder, 'text.pcap'), 'GET / HTTP/1.1');
const json = (folder: string) => writeFileSync(join(folder, 'wrong.json'), '{"calc": {"nothing": {}}}');

await testRefusals('bench', [
  { args: ['replay'], says: /too few arguments|missing|programs/ },
  { args: ['replay', 'calc'], says: /missing required option --trace/ },
  { args: ['replay', 'calc', '--trace', 'no.pcap'], says: /no\.pcap/ },
  { args: ['replay', 'calc', '--trace', 'text.pcap'], says: /text\.pcap: is not a pcap or pcapng/, given: text },
  { args: ['replay', 'calc', '--trace', CALC, '--expect', 'no.pcapng'], says: /no such file; --update writes it/ },
  { args: ['replay', 'calc', '--trace', CALC, '--update'], says: /--update needs --expect or --expect-memory/ },
  { args: ['replay', 'calc', '--trace', CALC, '--trace', CALC], says: /--trace is given more than once/ },
  { args: ['replay', 'calc', 'calc', '--trace', CALC], says: /another program has the name calc/ },
  { args: ['replay', 'no.p4runpro', '--trace', CALC], says: /no\.p4runpro: no such file/ },
  { args: ['replay', 'calc', '--trace', CALC, '--memory', 'wrong.json'], says: /no memory calc\.nothing/, given: json },
  { args: ['replay', 'calc', '--trace', CALC, '--queue-time', '1.5'], says: /--queue-time takes a whole number/ },
  { args: ['replay', 'calc', '--trace', CALC, '--out', 'no/out.pcapng'], says: /no\/out\.pcapng: cannot be created/ },
  { args: ['goldens', 'nothing'], says: /there is no golden and no program 'nothing'/ },
  { args: ['goldens', '--folder', 'nowhere'], says: /nowhere/ },
]);

test('a program with errors: its findings, and no stack trace', () =>
  withFolder(async (folder) => {
    broken(folder);
    const { status, stdout, stderr } = await replay(folder, 'broken.p4runpro', '--trace', CALC);
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, /^bench: broken\.p4runpro has errors:\nbroken\.p4runpro:1:/);
  }));

testForgottenValues('bench replay', replayCommand.options, [
  '--trace',
  '--expect',
  '--memory',
  '--out',
  '--queue-time',
]);
testForgottenValues('bench goldens', goldensCommand.options, ['--folder', '--engine']);

test.run();
