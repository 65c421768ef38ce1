/** Case changes while packets run, and switches in a row that lose packets, on any number of threads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followedReport } from '../../../bench/cli/report/network-report.js';
import { networkTables } from '../../../bench/cli/report/network-tables.js';
import { captureFiles } from '../../../bench/network/link-captures.js';
import { summariseNetwork } from '../../../bench/network/network-summary.js';
import type { NetworkResult } from '../../../bench/network/run-network.js';
import { sourcePath } from '../../compiler/support.js';
import { withFolder, write } from './network-command.js';
import { RACK, ran } from './networks.js';

test('an event changes the cases of a running program', () =>
  withFolder(async (folder) => {
    const cache = readFileSync(sourcePath('bench', 'programs', 'cache.p4runpro'), 'utf8');
    const key = 'case(<sar, 0x8888, 0xffffffff>, <mar, 0, 0xffffffff>)';
    assert.ok(cache.includes(key));
    write(join(folder, 'other-key.p4runpro'), cache.replace(key, key.replace('0x8888', '0x9999')));
    const document = {
      ...RACK,
      hosts: { ...RACK.hosts, client1: { send: ['cache:rate=1000000,hitrate=1'] }, client2: {} },
      events: [{ atUs: 100, on: 'tor', cases: 'other-key.p4runpro' }],
      operationsPerSecond: 1_000_000,
      microseconds: 200,
    };
    const { switches, hosts } = summariseNetwork(await ran(document, { folder }));
    const [update] = switches['tor']?.timing.updates ?? [];
    assert.equal([update?.name, update?.mixed], ['cases cache', 0]);
    assert.is(update?.before, 101);
    // Requests hit until the change, and miss then.
    assert.ok((hosts['kv']?.received ?? 0) > 50 && (hosts['kv']?.received ?? 0) < 110);
  }));

const bytesOf = (result: NetworkResult): string =>
  [...networkTables(result).values(), followedReport(result)].join('\n');

const LINK = {
  ends: [
    { node: 0, port: 0 },
    { node: 1, port: 0 },
  ],
  ...{ bitsPerSecond: 1e9, delayPs: 1000, queueBytes: 0, lossPerMillion: 0, outages: [] },
} as const;

/** Two of them send to one host more than its link takes, one over switches in a row. */
const OVERFLOW = {
  schema: 'p4runpro-bench/network@1',
  switches: {
    row: { switches: 2, betweenSwitchesNs: 33, programs: ['cms.p4runpro'], recirculations: 0, forward: { 1: 2, 3: 2 } },
    single: { forward: { 1: 2, 3: 2 } },
  },
  hosts: {
    a: { send: ['flows:rate=3000000,bytes=500'] },
    b: { send: ['flows:rate=3100000,bytes=400'] },
    c: { send: ['flows:rate=3000000,bytes=700'] },
    sink: {},
  },
  links: [
    { between: ['a:0', 'row:1'], gigabitsPerSecond: 25, delayNs: 20 },
    { between: ['b:0', 'row:3'], gigabitsPerSecond: 25, delayNs: 700 },
    { between: ['row:2', 'single:1'], gigabitsPerSecond: 10, delayNs: 250, queueBytes: 4000 },
    { between: ['c:0', 'single:3'], gigabitsPerSecond: 25, delayNs: 20 },
    { between: ['single:2', 'sink:0'], gigabitsPerSecond: 10, delayNs: 100, queueBytes: 4000 },
  ],
  microseconds: 30,
};

test('times of losses and intervals do not depend on threads', async () => {
  const numbers = Array.from({ length: 60 }, (_, number) => number);
  const followed = [2, 3, 4].flatMap((node) => numbers.map((number) => ({ node, number })));
  const options = { followed, intervalNs: 10_000 };
  const one = await ran(OVERFLOW, options);
  for (const node of [0, 1]) assert.ok(one.notes.some((note) => note.step === 'lost' && note.node === node));
  assert.is(bytesOf(await ran(OVERFLOW, { ...options, workers: 2 })), bytesOf(one));
});

test('each captured link has a file of its own', () => {
  const links = ['a/b', 'a_b', '../up', 'A/B', 'plain'].map((name) => ({ ...LINK, name }));
  assert.equal(
    [...captureFiles(links, [0, 1, 2, 3, 4, 0])],
    [
      [0, 'a_b.pcapng'],
      [1, 'a_b-2.pcapng'],
      [2, '__up.pcapng'],
      [3, 'A_B-3.pcapng'],
      [4, 'plain.pcapng'],
    ],
  );
});

test.run();
