/** `bench verify` as a user types it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyCommand } from '../../bench/cli/commands/verify-command.js';
import { assertOneMessage, testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';

test('verify: a line for each program, and what was compared', () =>
  withFolder(async (folder) => {
    const args = ['verify', 'cache', 'hll', '--packets', '500', '--companions', '10', '--allocators', 'price', 'f1'];
    const { status, stdout, stderr } = await type('bench', args, { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    assert.match(stdout, /^program +allocator +others +RPB +passes +packets +words +result$/m);
    assert.match(stdout, /^cache_0 +price +1 +\d+ +1 +\d+ +256 +equal$/m);
    assert.match(stdout, /^hll_13 +f1 +13 +\d+ +1 +\d+ +32 +equal$/m);
    assert.match(stdout, /^4,000 packets compared: all equal$/m);
  }));

test('verify without keys: all programs that the data plane can run, and which those are not', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('bench', ['verify', '--packets', '60'], { folder });
    assert.is(status, 0, stderr);
    assert.match(stdout, /^sm_0 .* equal$/m);
    assert.match(stdout, /^netlock_0 .* equal$/m);
    assert.not.match(stdout, /^pint_0/m);
    assert.match(
      stdout,
      /^not verified, as the data plane default cannot run them: pint, hh6, switchml, rtt, coco, conquest/m,
    );
  }));

test('verify --trace: the packets of a capture; --json: one document', () =>
  withFolder(async (folder) => {
    await type('bench', ['trace', 'generate', 'a.pcap', '--workload', 'cms', '--packets', '300'], { folder });
    const args = ['verify', 'tn', 'bf', '--trace', 'a.pcap', '--json'];
    const { status, stdout, stderr } = await type('bench', args, { folder });
    assert.is(status, 0, stderr);
    const { schema, rounds } = JSON.parse(stdout) as { schema: string; rounds: { packets: number; rows: object[] }[] };
    assert.is(schema, 'p4runpro-bench/verify@1');
    assert.equal(
      rounds.map(({ packets, rows }) => [packets, rows.length]),
      [
        [300, 2],
        [300, 2],
      ],
    );
    const alone = await type('bench', ['verify', 'tn', '--trace', 'a.pcap'], { folder });
    assert.is(alone.status, 1);
    assert.match(alone.stdout, /^300 packets passed, and none ran a program$/m);
    assert.not.match(alone.stdout, /equal/);
    assertOneMessage('bench', alone.stderr, /nothing was verified: no packet ran a program/);
    const table = await type('bench', args.slice(0, -1), { folder });
    assert.match(table.stdout, /^tn_0 .* no packet ran it$/m);
    assert.match(table.stdout, /^bf_1 .* equal$/m);
  }));

test('verify: a switch that is too small', () =>
  withFolder(async (folder) => {
    const args = ['verify', 'l2', '--companions', '500', '--memory', '65536', '--packets', '1'];
    const { status, stderr } = await type('bench', args, { folder });
    assert.is(status, 2);
    assertOneMessage('bench', stderr, /the switch cannot hold 502 programs: program \w+ does not fit/);
  }));

testForgottenValues('verify', verifyCommand.options, [
  '--trace',
  '--packets',
  '--companions',
  '--allocators',
  '--seed',
]);

await testRefusals('bench', [
  { args: ['verify', 'nat'], says: /there is no program 'nat': it is one of cache, lb/ },
  { args: ['verify', '--companions', 'many'], says: /--companions takes a whole number/ },
  { args: ['verify', '--packets', '10', '--trace', 'a.pcap'], says: /--packets sets the number of generated packets/ },
  { args: ['verify', '--trace', 'none.pcap'], says: /none\.pcap/ },
  { args: ['verify', '--allocators', 'best'], says: /there is no allocator 'best': it is one of price, f1/ },
]);

test.run();
