/** `p4runpro try`: what happens to packets that are made of field values. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryCommand } from '../../hw-driver/cli/commands/try-command.js';
import type { PacketTrace } from '../../sim/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type Refusal, testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';

const program = (key: string): string => packageFile('bench', 'programs', `${key}.p4runpro`);
const MINE = `@count 16
program mine(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {
    LOADI(mar, 3);
    LOADI(sar, 1);
    MEMADD(count);
    FORWARD(7);
}
`;
const given = (folder: string): void => writeFileSync(join(folder, 'mine.p4runpro'), MINE);

interface Document {
  readonly schema: string;
  readonly packets: readonly {
    readonly given: string;
    readonly hexIn: string;
    readonly hexOut: string | null;
    readonly trace: PacketTrace;
    readonly memory: readonly object[];
  }[];
}

test('a traced packet: headers, filter, lines, memory, port', () =>
  withFolder(async (folder) => {
    given(folder);
    const args = [
      'try',
      'mine.p4runpro',
      '--packet',
      'ipv4.dst=10.1.2.3 udp.dst_port=53',
      '--memory',
      'mine.count[3]=41',
    ];
    const { status, stdout, stderr } = await type('p4runpro', args, { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    for (const line of [
      /^packet 1: 42 bytes on port 0, 0\.000000000 s$/m,
      /^ {2}parsed {3}ethernet > ipv4 > l4_port > udp$/m,
      /dst 10\.1\.2\.3$/m,
      /^ {2}filter {3}L3, priority 0: hdr\.ipv4\.dst = 10\.0\.0\.0\/255\.0\.0\.0 > program mine \(id 1\)$/m,
      /^ {11}line 5: MEMADD\(count\);\n.*bucket 3: 0x29 > 0x2a$/m,
      /^ {2}verdict {2}forwarded by port 7$/m,
      /^ {2}memory {3}mine\.count\[3\]: 41 > 42$/m,
    ]) {
      assert.match(stdout, line);
    }
  }));

test('packets run in order, and later ones find the memory that earlier ones wrote', () =>
  withFolder(async (folder) => {
    const packet = 'ipv4.src=10.0.0.1 ipv4.dst=1.2.3.4 tcp.dst_port=80';
    // The firewall lets the answer in only behind the packet that asked for it.
    const answer = 'ipv4.src=1.2.3.4 ipv4.dst=10.0.0.1 tcp.src_port=80 tcp.flags=SA';
    const asked = ['--packet', answer, `${packet} tcp.flags=S`, answer];
    const { status, stdout } = await type('p4runpro', ['try', program('sf'), ...asked, '--json'], { folder });
    assert.is(status, 0);
    const document = JSON.parse(stdout) as Document;
    assert.is(document.schema, 'p4runpro/try@1');
    assert.equal(
      document.packets.map(({ trace }) => trace.verdict.kind),
      ['dropped', 'forwarded', 'forwarded'],
    );
    assert.equal(
      document.packets.map(({ memory }) => memory.length),
      [0, 1, 0],
    );
    const [first, second] = document.packets;
    assert.is(first?.hexOut, null);
    assert.is(first?.given, answer);
    assert.is(second?.hexOut, second?.hexIn);
  }));

test('words of memory: all, one, a range, one after another, as addresses', () =>
  withFolder(async (folder) => {
    given(folder);
    const memory = async (...settings: string[]): Promise<unknown> => {
      const args = ['try', 'mine.p4runpro', '--packet', 'ipv4.dst=10.0.0.1', '--memory', ...settings, '--json'];
      const { status, stdout, stderr } = await type('p4runpro', args, { folder });
      assert.is(status, 0, stderr);
      return (JSON.parse(stdout) as Document).packets[0]?.memory;
    };
    const change = (before: number) => [{ program: 'mine', memory: 'count', bucket: 3, before, after: before + 1 }];
    assert.equal(await memory('count[4]=1'), change(0));
    assert.equal(await memory('count=5'), change(5));
    assert.equal(await memory('count=5', 'count[2-4]=6'), change(6));
    assert.equal(await memory('count[2]=7,0x8'), change(8));
    assert.equal(await memory('count=0.0.0.1,2,3,10.0.0.9'), change(0x0a000009));
  }));

test('a packet that no filter matches is reported with the filter', () =>
  withFolder(async (folder) => {
    given(folder);
    const args = ['try', 'mine.p4runpro', '--packet', 'ipv4.dst=11.0.0.1 port=6'];
    const { status, stdout, stderr } = await type('p4runpro', args, { folder });
    assert.is(status, 0);
    assert.match(stdout, /filter {3}none: no program runs\n {2}verdict {2}forwarded by port 7$/m);
    assert.is(stderr, 'p4runpro: warning: no packet matched the filter of mine: <hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>\n');
  }));

const PACKET = ['--packet', 'ipv4.dst=10.0.0.1'];
const refusals: readonly Refusal[] = [
  { args: ['mine.p4runpro'], says: /packet/ },
  { args: ['nosuch.p4runpro', ...PACKET], says: /nosuch\.p4runpro: no such file/ },
  { args: ['mine.p4runpro', '--packet', 'ipv4.dstt=1'], says: /--packet 'ipv4\.dstt=1': .*did you mean ipv4\.dst\?/ },
  { args: ['mine.p4runpro', ...PACKET, '--memory', 'count'], says: /--memory takes a memory and its words/ },
  { args: ['mine.p4runpro', ...PACKET, '--memory', 'cnt=1'], says: /no memory cnt; the programs have mine\.count/ },
  {
    args: ['mine.p4runpro', ...PACKET, '--memory', 'yours.count=1'],
    says: /no memory yours\.count; the programs have mine\.count/,
  },
  { args: ['mine.p4runpro', ...PACKET, '--memory', 'count[16]=1'], says: /count has buckets 0 to 15/ },
  { args: ['mine.p4runpro', ...PACKET, '--memory', 'count[15]=1,2'], says: /count has buckets 0 to 15/ },
  { args: ['mine.p4runpro', ...PACKET, '--memory', 'count[4-2]=1'], says: /the range 4-2 is empty/ },
  {
    args: ['mine.p4runpro', ...PACKET, '--memory', 'count[0-2]=1,2'],
    says: /a range of buckets takes one word or pair, not 2/,
  },
  {
    args: ['mine.p4runpro', ...PACKET, '--memory', 'count=4294967296'],
    says: /a word is a number from 0 to 4,294,967,295/,
  },
  { args: ['mine.p4runpro', ...PACKET, '--recirculations', '99'], says: /--recirculations takes a whole number/ },
].map(({ args, says }) => ({ args: ['try', ...args], says, given }));
await testRefusals('p4runpro', refusals);
testForgottenValues('try', tryCommand.options, [
  '--packet',
  '--memory',
  '--recirculations',
  '--dataplane',
  '--allocator',
]);

test.run();
