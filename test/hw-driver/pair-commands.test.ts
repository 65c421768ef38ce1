/** Memories of pairs by the commands: read, written, hashed, traced, snapshots in between. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type, withFolder } from '../command-line.js';

const SOURCE = `@pair flows 8
program sums(<hdr.udp.dst_port, 7777, 0xffff>) {
    EXTRACT(hdr.l5.key1, har);
    EXTRACT(hdr.l5.key3, sar);
    HASH_FIELDS_MEM(flows, src);
    MEMCAS(flows);
    MODIFY(hdr.l5.key3, sar);
    FORWARD(3);
}
`;
const SWITCH = ['--dataplane', 'extended', '--target', 'sim', '--state', 'switch.snapshot'];

const inFolder = (body: (run: (...words: readonly string[]) => ReturnType<typeof type>) => Promise<void>) =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'pairs.p4runpro'), SOURCE);
    await body((...words) => type('p4runpro', words, { folder }));
  });

test('pairs are written and read through a snapshot', () =>
  inFolder(async (run) => {
    const deployed = await run('deploy', 'pairs.p4runpro', ...SWITCH);
    assert.is(deployed.status, 0, deployed.stderr);
    const memory = (...words: readonly string[]) => run('memory', ...words, ...SWITCH);
    assert.is((await memory('write', 'sums', 'flows', '1', '2', '0xa', '5', '--from', '2')).status, 0);
    assert.is((await memory('read', 'sums', 'flows')).stdout, '0: 0:0 0:0 1:2 10:5\n');
    assert.is(
      (await memory('read', 'sums', 'flows', '--from', '3', '--count', '1', '--as', 'hex')).stdout,
      '3: 0x0000000a:0x00000005\n',
    );
    assert.match((await run('show', 'memory', ...SWITCH)).stdout, /^sums +flows +\d+ +\d+ +8 pairs$/m);
    const { pairs } = JSON.parse(
      (await memory('read', 'sums', 'flows', '--from', '2', '--count', '2', '--json')).stdout,
    );
    assert.equal(pairs, [
      [1, 2],
      [10, 5],
    ]);
    const half = await memory('write', 'sums', 'flows', '1');
    assert.equal([half.status, half.stderr.includes('has pairs: write the low and the high word of each')], [2, true]);
    assert.is((await memory('write', 'sums', 'flows', '1', '2', '--from', '8')).status, 2);
    const ofFlow = await memory('read', 'sums', 'flows', '--flow', '10.0.0.1,10.0.0.2,1,2,udp');
    assert.match(ofFlow.stdout, /^flows\[[0-7]\]: \d+:\d+\n$/);
    assert.is((await memory('reset', 'sums', 'flows')).status, 0);
    assert.is((await memory('read', 'sums', 'flows')).stdout, '8 pairs, all 0\n');
  }));

test('try shows both words of a pair', () =>
  inFolder(async (run) => {
    const packet = 'ipv4.src=10.0.0.1 udp.dst_port=7777 l5.key1=9 l5.key3=4';
    const { stdout } = await run('try', 'pairs.p4runpro', '--packet', packet, '--dataplane', 'extended');
    assert.match(stdout, /salu_cas\n +line 6: MEMCAS\(flows\);\n +har 9 > 0, bucket \d: lo 0 > 9, hi 0 > 4\n/);
    assert.match(stdout, /memory {3}sums\.flows\[(\d)\]\.lo: 0 > 9\n +memory {3}sums\.flows\[\1\]\.hi: 0 > 4\n/);
    const set = await run(
      'try',
      'pairs.p4runpro',
      '--packet',
      packet,
      '--memory',
      'flows=1',
      '--dataplane',
      'extended',
    );
    assert.equal(
      [set.status, set.stderr.includes('--memory: sums.flows has pairs: write the low and the high')],
      [2, true],
    );
    const bucket = String(/flows\[(\d)\]/.exec(stdout)?.[1]);
    for (const setting of [
      'flows=8:3',
      `sums.flows[${bucket}]=8:3`,
      'flows[0-7]=8:3',
      'flows=8:3,8:3,8:3,8:3,8:3,8:3,8:3,8:3',
    ]) {
      const args = ['--packet', packet, '--memory', setting, '--dataplane', 'extended'];
      const paired = await run('try', 'pairs.p4runpro', ...args);
      assert.match(paired.stdout, /har 9 > 8, sar 4 > 3, bucket \d: lo 8 > 8, hi 3 > 3\n/, setting);
    }
    const three = await run(
      'try',
      'pairs.p4runpro',
      '--packet',
      packet,
      '--memory',
      'flows=1:2:3',
      '--dataplane',
      'extended',
    );
    assert.equal([three.status, three.stderr.includes('a word or a pair')], [2, true]);
  }));

test('a program with pairs is verified and explained', () =>
  inFolder(async (run) => {
    const verified = await run('check', '--verify', '--packets', '200', 'pairs.p4runpro', '--dataplane', 'extended');
    assert.match(verified.stdout, /^sums: verified on 200 packets/);
    const explained = await run('explain', 'pairs.p4runpro', '--dataplane', 'extended');
    assert.match(explained.stdout, /MEMCAS\(flows\)/);
    assert.match(explained.stdout, /\nflows +\d+ +0 +8 +64\n/);
  }));

test.run();
