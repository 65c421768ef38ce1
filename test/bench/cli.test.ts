/** `bench trace`, `bench conform`, `bench micro` and the help of all, as a user types them. */

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile, packageVersion } from '../../traces/system/package-root.js';
import { type, withFolder } from '../command-line.js';
import { itemAt } from '../item-at.js';

const VECTOR = packageFile('test', 'conformance', 'vectors', '01');

const LEVELS: readonly (readonly [words: readonly string[], ...says: RegExp[]])[] = [
  [[], /bench run/, /bench conform/, /bench trace/, /bench micro/],
  [
    ['run'],
    /--programs/,
    /--trace/,
    /--write/,
    /Each\s+flow\s.*is\s+assigned\s+by\s+a\s+hash\s+to\s+one\s+of\s+the\s+programs/s,
  ],
  [['conform'], /\[dirs\.\.\]/, /--json/],
  [['verify'], /\[keys\.\.\]/, /--companions/, /--trace/],
  [['case-study'], /\[studies\.\.\]/, /--provisioning/, /3,000\s+ms\s+is\s+an\s+assumption/],
  [['trace'], /generate <file>/, /info <file>/],
  [['replay'], /--expect/, /--update/, /--coverage/, /"port N"\s+arrive\s+at\s+port\s+N/],
  [['goldens'], /\[names\.\.\]/, /--update/],
  [['trace', 'generate'], /--packets/, /--seed/, /mbps=100 {2}0\.001 to 1,000,000 Mbit\/s/],
  [['trace', 'info'], /--json/],
  [['compare'], /<before> <after>/, /Exit\s+status 1 if/],
  [['micro'], /--filter/, /--time/],
];

for (const [words, ...says] of LEVELS) {
  test(['bench', ...words, '--help'].join(' '), () =>
    withFolder(async (folder) => {
      const { status, stdout, stderr } = await type('bench', [...words, '--help'], { folder });
      assert.is(status, 0);
      assert.is(stderr, '');
      for (const text of says) assert.match(stdout, text);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
    }),
  );
}

test('bench --version', () =>
  withFolder(async (folder) => {
    const { status, stdout } = await type('bench', ['--version'], { folder });
    assert.is(status, 0);
    assert.is(stdout, `${packageVersion}\n`);
  }));

test('trace generate and trace info: what was asked for, the same again for the same seed', () =>
  withFolder(async (folder) => {
    const generate = async (file: string, seed: string): Promise<Buffer> => {
      const asked = ['--workload', 'cache', '--packets', '1200', '--rate', '1000', '--seed', seed];
      const { status, stdout, stderr } = await type('bench', ['trace', 'generate', file, ...asked], { folder });
      assert.is(status, 0, stderr);
      assert.is(stderr, '');
      assert.is(stdout, `1,200 packets in ${file}\n`);
      return readFileSync(join(folder, file));
    };
    const a = await generate('a.pcap', '1');
    const b = await generate('b.pcap', '1');
    const c = await generate('c.pcap', '2');
    assert.ok(a.equals(b));
    assert.not(a.equals(c));
    assert.equal(readdirSync(folder).sort(), ['a.pcap', 'b.pcap', 'c.pcap']);

    const text = await type('bench', ['trace', 'info', 'a.pcap'], { folder });
    assert.is(text.status, 0, text.stderr);
    assert.match(text.stdout, /^packets +1,200: 1,200 l5$/m);
    const { status, stdout, stderr } = await type('bench', ['trace', 'info', 'a.pcap', '--json'], { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    const info = JSON.parse(stdout) as Record<string, unknown>;
    assert.is(info['schema'], 'p4runpro-bench/trace-info@1');
    assert.is(info['packets'], 1200);
    assert.is(info['cutPackets'], 0);
    assert.equal(info['kinds'], { l5: 1200 });
    assert.is(Math.round(Number(info['seconds']) * 1000), 1199);
  }));

test('trace info describes what is there of a truncated capture, and warns', () =>
  withFolder(async (folder) => {
    await type('bench', ['trace', 'generate', 'a.pcap', '--packets', '5'], { folder });
    writeFileSync(join(folder, 'cut.pcap'), readFileSync(join(folder, 'a.pcap')).subarray(0, -10));
    const { status, stdout, stderr } = await type('bench', ['trace', 'info', 'cut.pcap', '--json'], { folder });
    assert.is(status, 0, stderr);
    assert.is((JSON.parse(stdout) as { packets: number }).packets, 4);
    assert.match(stderr, /^bench: warning: cut\.pcap: ends in the middle of a record, after 4 whole packets .*\n$/);
  }));

test('Ctrl-C stops trace generate, which leaves nothing and says so', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'a.pcap'), 'an older file');
    const when = (): boolean => readdirSync(folder).some((name) => name.endsWith('.partial'));
    const args = ['trace', 'generate', 'a.pcap', '--packets', '1000000000'];
    const { status, stdout, stderr } = await type('bench', args, { folder, ctrlC: { when } });
    assert.is(status, 130, stderr);
    assert.is(stdout, '');
    assert.is(stderr, 'bench: interrupted; a.pcap was not written\n');
    assert.equal(readdirSync(folder), ['a.pcap']);
    assert.is(readFileSync(join(folder, 'a.pcap'), 'utf8'), 'an older file');
  }));

test("the project's own vectors conform", () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('bench', ['conform'], { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    assert.match(stdout, /^20 of 20 vectors conform$/m);
  }));

interface Expected {
  packets: [number, string][];
  registers: Record<string, Record<string, number>>;
}

/** A folder with a vector whose expectation is changed, and the same unchanged beside it. */
function changedVector(folder: string, change: (expected: Expected) => void): void {
  for (const name of ['changed', 'whole']) cpSync(VECTOR, join(folder, name), { recursive: true });
  const path = join(folder, 'changed', 'expected.json');
  const expected = JSON.parse(readFileSync(path, 'utf8')) as Expected;
  change(expected);
  writeFileSync(path, JSON.stringify(expected));
}

/** Ethernet and IPv4 headers up to the destination address. */
const DESTINATION_AT = 30;

function changeDestination(expected: Expected): void {
  const packet = itemAt(expected.packets, 0);
  const [, hex] = packet;
  const at = 2 * DESTINATION_AT;
  packet[1] = `${hex.slice(0, at)}01020304${hex.slice(at + 8)}`;
}

test('a packet that differs: exit status 1, field by field', () =>
  withFolder(async (folder) => {
    changedVector(folder, changeDestination);
    const { status, stdout, stderr } = await type('bench', ['conform', '.'], { folder });
    assert.is(status, 1, stderr);
    assert.is(stderr, '');
    assert.match(
      stdout,
      /^differs changed: 1 packet, 0 registers\n +packet 1 of port \d+\n +field +expected +actual\n/,
    );
    assert.match(stdout, /^ +hdr\.ipv4\.dst +1\.2\.3\.4 +[\d.]+$/m);
    assert.is(stdout.match(/^ +hdr\./gm)?.length, 1, 'no field that is as expected');
    assert.match(stdout, /^ok +whole: /m);
    assert.match(stdout, /^1 of 2 vectors conform$/m);
  }));

test('--json: one document for all vectors', () =>
  withFolder(async (folder) => {
    changedVector(folder, changeDestination);
    const { status, stdout, stderr } = await type('bench', ['conform', '--json', 'changed', 'whole'], { folder });
    assert.is(status, 1);
    assert.is(stderr, '');
    const document = JSON.parse(stdout) as { schema: string; vectors: { name: string; first: object | null }[] };
    assert.is(document.schema, 'p4runpro-bench/conform@1');
    assert.equal(
      document.vectors.map(({ name, first }) => [name, first === null]),
      [
        ['changed', false],
        ['whole', true],
      ],
    );
  }));

test('a packet that is missing and a register that differs', () =>
  withFolder(async (folder) => {
    changedVector(folder, ({ packets }) => packets.push([itemAt(packets, 0)[0], 'ffff']));
    const missing = await type('bench', ['conform', 'changed'], { folder });
    assert.is(missing.status, 1);
    assert.match(missing.stdout, /packet \d+ of port \d+ is missing: ffff/);
    changedVector(folder, ({ registers }) => {
      registers['1'] = { ...registers['1'], 7: 4711 };
    });
    const register = await type('bench', ['conform', 'changed'], { folder });
    assert.is(register.status, 1);
    assert.match(register.stdout, /RPB 1, bucket 7: expected 4711, found \d+/);
  }));

test('micro: those that match, as a table and as JSON', () =>
  withFolder(async (folder) => {
    const args = ['micro', '--filter', 'PARSER', '--time', '1'];
    const table = await type('bench', args, { folder });
    assert.is(table.status, 0, table.stderr);
    assert.is(table.stderr, '');
    const [head, ...rows] = table.stdout.trimEnd().split('\n');
    assert.match(head ?? '', /^ns per operation +median +p75 +p99 +samples$/);
    assert.is(rows.length, 3);
    for (const row of rows) assert.match(row, /^[a-z, ]+parser[a-z, ]+( +[\d,.]+){3} +\d+$/);
    const { status, stdout, stderr } = await type('bench', [...args, '--json'], { folder });
    assert.is(status, 0, stderr);
    assert.is(stderr, '');
    const { schema, results } = JSON.parse(stdout) as { schema: string; results: object[] };
    assert.is(schema, 'p4runpro-bench/micro@1');
    const keys = ['name', 'meanNs', 'marginPercent', 'medianNs', 'p75Ns', 'p99Ns', 'samples'];
    assert.equal(results.map(Object.keys), [keys, keys, keys]);
  }));

test.run();
