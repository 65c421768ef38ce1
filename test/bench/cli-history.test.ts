/** `bench history` as a user types it: each question as text and as a document of the published schema. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { historyCommand } from '../../bench/cli/commands/history-command.js';
import { GOLDEN_FOLDER } from '../../bench/verify/goldens/check-goldens.js';
import type { HistoryAnswer, HistoryDocument } from '../../bench/verify/history/answer-history.js';
import { programFile } from '../../bench/workloads/program-kind.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type Outcome, testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';
import { schemaProblems } from '../json-schema.js';

const schemaOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(packageFile('docs', `${name}.schema.json`), 'utf8'));
const SCHEMA = schemaOf('history');
const TRACE_SCHEMA = schemaOf('packet-trace');

/** Counts packets; from the value 20 on they go to another port. */
const counter = (port: number, threshold = 20): string => `@counts 16

program counter(<hdr.ipv4.dst, 10.1.2.3, 255.255.255.255>) {
  LOADI(mar, 5);
  LOADI(sar, 1);
  MEMADD(counts);
  BRANCH:
    case(<sar, ${threshold}, 0xffffffff>) {
      DROP;
    };
  FORWARD(${port});
}
`;

const history = (folder: string, ...args: string[]): Promise<Outcome> =>
  type('bench', ['history', ...args], { folder });

async function answered(
  folder: string,
  ...args: string[]
): Promise<{ answer: HistoryAnswer; events: HistoryDocument['events'] }> {
  const { status, stdout, stderr } = await history(folder, ...args, '--json');
  assert.is(stderr, '');
  assert.ok(status === 0 || status === 1);
  const document: HistoryDocument = JSON.parse(stdout);
  assert.equal(schemaProblems(SCHEMA, document), []);
  const traces = [...stdout.matchAll(/"trace": \{/g)].length;
  const found = tracesIn(document.answer);
  assert.is(found.length, traces);
  for (const trace of found) assert.equal(schemaProblems(TRACE_SCHEMA, trace), []);
  return document;
}

function tracesIn(answer: HistoryAnswer): unknown[] {
  switch (answer.question) {
    case 'packet':
      return [answer.trace];
    case 'who-wrote':
      return answer.writer === null ? [] : [answer.writer.trace];
    case 'until':
      return answer.found === null ? [] : [answer.found.trace];
    case 'state':
      return [];
    case 'against':
      return answer.packets.map(({ trace }) => trace);
  }
}

const withCounter = (body: (folder: string) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'counter.p4runpro'), counter(1));
    await body(folder);
  });

test('who wrote a word: its writes, and the packet that wrote last', () =>
  withCounter(async (folder) => {
    const asked = ['counter.p4runpro', '--packets', '30', '--who-wrote', 'counter.counts[5]', '--limit', '2'];
    const { status, stdout, stderr } = await history(folder, ...asked);
    assert.is(status, 0, stderr);
    assert.match(
      stdout,
      /^counter\.counts\[5\] is 0x1e after the last packet, after 30 writes; the last 2 writes:\n {2}packet 29: 0x1c > 0x1d, line 6: MEMADD\(counts\);\n {2}packet 30: 0x1d > 0x1e, line 6: MEMADD\(counts\);\n\npacket 30: /,
    );
    const { answer } = await answered(folder, ...asked, '--at', '11');
    if (answer.question !== 'who-wrote') return assert.unreachable(answer.question);
    assert.equal([answer.before, answer.values, answer.writes], [11, [10], 10]);
    assert.equal(
      answer.last.map(({ packet, before, after }) => [packet, before, after]),
      [
        [9, 8, 9],
        [10, 9, 10],
      ],
    );
    assert.is(answer.writer?.trace.packet, 10);
  }));

test('packets, searches in both directions, and the state at a moment', () =>
  withCounter(async (folder) => {
    const run = ['counter.p4runpro', '--packets', '30'];
    const shown = await history(folder, ...run, '--packet', '20');
    assert.match(shown.stdout, /^packet 20: [\s\S]*line 6: MEMADD\(counts\);[\s\S]*verdict {2}dropped \(DROP\)\n$/);
    const first = await history(folder, ...run, '--until', 'verdict = dropped');
    assert.is(first.stdout, shown.stdout);
    for (const [condition, extra, expected] of [
      ['counter.counts[5] > 6', [], 7],
      ['sar = 12 after counter:6', [], 12],
      ['sar = 12 before counter:11', [], 12],
      ['runs counter:9', ['--backwards'], 20],
      ['program = counter', ['--backwards', '--at', '5'], 4],
      ['writes counter.counts[5] = 3 or port != 1', ['--at', '4'], undefined],
      ['not verdict = forwarded', ['--at', '21'], undefined],
    ] as const) {
      const { answer } = await answered(folder, ...run, '--until', condition, ...extra);
      if (answer.question !== 'until') return assert.unreachable(answer.question);
      assert.is(answer.found?.trace.packet, expected, condition);
    }
    const none = await history(folder, ...run, '--until', 'passes > 1');
    assert.equal([none.status, none.stdout], [1, 'no packet has passes > 1; 30 packets examined\n']);
    for (const [direction, text] of [
      [['--at', '11'], 'no packet from packet 11 on has passes > 1; 20 packets examined\n'],
      [['--at', '11', '--backwards'], 'no packet before packet 11 has passes > 1; 10 packets examined\n'],
      [['--backwards'], 'no packet has passes > 1; 30 packets examined\n'],
    ] as const) {
      assert.is((await history(folder, ...run, '--until', 'passes > 1', ...direction)).stdout, text);
    }
    const state = await history(folder, ...run, '--state', '--at', '13');
    assert.match(state.stdout, /^before packet 13:\n {2}counter: program id 1, \d+ entries\n {2}packets in: 12\n/);
    assert.match(state.stdout, / {2}counter\.counts\[5\]: 0xc\n$/);
    assert.is((await answered(folder, ...run, '--state')).answer.question, 'state');
  }));

test('events of an update script, contents of memory, and a capture', () =>
  withCounter(async (folder) => {
    writeFileSync(join(folder, 'later.p4runpro'), counter(1, 60));
    // Generated packets come a microsecond apart.
    const updates = [
      { atUs: 5, cases: 'later.p4runpro' },
      { atUs: 10, revoke: 'counter' },
      { atUs: 20, deploy: 'counter.p4runpro' },
    ];
    const script = { schema: 'p4runpro-bench/update-script@1', operationsPerSecond: 1e6, updates };
    writeFileSync(join(folder, 'updates.json'), JSON.stringify(script));
    writeFileSync(join(folder, 'memory.json'), JSON.stringify({ counter: { counts: { 5: 50 } } }));
    const run = ['counter.p4runpro', '--packets', '30', '--update-script', 'updates.json', '--memory', 'memory.json'];
    const asked = [...run, '--who-wrote', 'counter.counts[5]'];
    const { answer, events } = await answered(folder, ...asked, '--at', '10');
    if (answer.question !== 'who-wrote') return assert.unreachable(answer.question);
    assert.equal(
      events.map(({ packet, kind }) => `${kind} ${packet}`),
      ['deploy 1', 'write 1', 'cases 6', 'revoke 11', 'deploy 21'],
    );
    assert.equal([answer.values, answer.writes], [[59], 10]);
    assert.equal(
      answer.last.slice(0, 2).map(({ event, packet }) => event?.kind ?? packet),
      ['write', 1],
    );
    const gone = await history(folder, ...asked, '--at', '11');
    assert.equal([gone.status, gone.stderr], [2, 'bench: no program counter runs before packet 11\n']);
    const again = await history(folder, ...asked, '--limit', '11');
    assert.match(
      again.stdout,
      /^counter\.counts\[5\] is 0xa after the last packet, after 22 writes; the last 11 writes:\n {2}revoke counter before packet 11: 0x3c > 0\n {2}packet 21: 0 > 1, /,
    );
    // With 60 in place of 20 since packet 6, packet 10 is the first that is dropped.
    const dropped = await answered(folder, ...run, '--until', 'verdict = dropped');
    assert.is(dropped.answer.question === 'until' && dropped.answer.found?.trace.packet, 10);
  }));

test('the packets of a capture, and two versions of a program over them', () =>
  withFolder(async (folder) => {
    const capture = join(GOLDEN_FOLDER, 'calc', 'trace.pcapng');
    const same = await history(folder, 'calc', '--trace', capture, '--against', 'calc');
    assert.match(same.stdout, /^[\d,]+ packets: all leave in the same way\n$/);
    const text = readFileSync(programFile('calc'), 'utf8');
    const changed = text.replace('ADD(sar, mar)', 'XOR(sar, mar)');
    assert.is.not(changed, text);
    writeFileSync(join(folder, 'changed.p4runpro'), changed);
    const run = ['calc', '--trace', capture, '--against', 'changed.p4runpro'];
    const { answer } = await answered(folder, ...run);
    if (answer.question !== 'against') return assert.unreachable(answer.question);
    assert.equal(answer.parts, ['bytes']);
    const { status, stdout } = await history(folder, ...run);
    assert.is(status, 1);
    assert.ok(
      stdout.startsWith(`packet ${answer.packet} is the first that differs: bytes\n\npacket ${answer.packet}: `),
    );
    // The golden says what the first version sends.
    const [one, other] = answer.packets;
    assert.is(one?.arrived, other?.arrived);
    assert.is.not(one?.left, other?.left);
  }));

const run = ['history', 'calc', '--packets', '10'];
const text = (folder: string): void => writeFileSync(join(folder, 'text.pcap'), 'no capture');
const script = (folder: string): void => {
  const updates = [{ atUs: 0, deploy: 1 }];
  const document = { schema: 'p4runpro-bench/update-script@1', operationsPerSecond: 1, updates };
  writeFileSync(join(folder, 'updates.json'), JSON.stringify(document));
};
await testRefusals('bench', [
  { args: run, says: /one question is needed: --packet, --who-wrote, --until, --state or --against/ },
  { args: [...run, '--packet', '1', '--state'], says: /one question is needed/ },
  { args: [...run, '--packet', '11'], says: /--packet takes a whole number from 1 to 10/ },
  { args: [...run, '--packet', '0'], says: /--packet takes a whole number from 1 to 10/ },
  { args: [...run, '--state', '--at', '12'], says: /--at takes a whole number from 1 to 11/ },
  { args: [...run, '--packet', '1', '--at', '1'], says: /--at is a moment for --who-wrote, --until and --state/ },
  { args: [...run, '--state', '--backwards'], says: /--backwards is a direction for --until/ },
  { args: [...run, '--until', 'port ='], says: /--until 'port =': character 7: found the end, where a number/ },
  { args: [...run, '--until', 'program = hh'], says: /no program hh runs in this history/ },
  { args: [...run, '--until', 'calc.m[3] = 1'], says: /program calc has no memory m/ },
  { args: [...run, '--until', 'runs calc:2'], says: /line 2 of program calc has no entry in an RPB/ },
  { args: [...run, '--until', 'hits calc#999'], says: /program calc has \d+ entries, and no entry 999/ },
  { args: [...run, '--until', '<hdr.none.x, 1, 1>'], says: /has no field hdr\.none\.x on arrival/ },
  { args: [...run, '--who-wrote', 'calc'], says: /--who-wrote takes PROGRAM\.MEMORY\[BUCKET\]/ },
  { args: [...run, '--who-wrote', 'calc.m[0]'], says: /program calc has no word m\[0\]/ },
  { args: [...run, '--state', '--from', '+1'], says: /--from selects packets of a capture and needs --trace/ },
  { args: ['history', 'calc', '--state', '--trace', 'text.pcap'], says: /text\.pcap: is not a pcap/, given: text },
  {
    args: [...run, '--trace', 'text.pcap', '--state'],
    says: /--packets is the number of generated packets/,
    given: text,
  },
  {
    args: [...run, '--state', '--update-script', 'updates.json'],
    says: /"deploy" takes a file and no number/,
    given: script,
  },
  { args: ['history', 'calc', 'calc', '--state'], says: /program calc runs already/ },
]);

testForgottenValues('bench history', historyCommand.options, ['--trace', '--packet', '--who-wrote', '--until', '--at']);

test.run();
