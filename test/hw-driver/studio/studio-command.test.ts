/** `p4runpro studio` as it is typed: what it refuses, and the page that it exports. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultDataPlane, must } from '../../../compiler/index.js';
import { scenarioTextIn } from '../../../hw-driver/studio/export/exported-page.js';
import { scenarioOfText } from '../../../hw-driver/studio/scenario/index.js';
import { readPackets } from '../../../hw-driver/studio/session/packet-input.js';
import { appendPacketBytes, createCaptureWriter, createPacketBatch } from '../../../traces/index.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { testRefusals, type, withFolder } from '../../command-line.js';
import { sampleSource } from '../../compiler/support.js';
import { frame } from '../../sim/frames.js';

test('what cannot be served or exported is refused with one sentence', () =>
  testRefusals('p4runpro', [
    { args: ['studio', '--port', '65536'], says: /--port takes a whole number from 0 to 65,535/ },
    { args: ['studio', 'none.p4runpro'], says: /none\.p4runpro: no such file/ },
    { args: ['studio', '--trace', 'none.pcap'], says: /none\.pcap: no such file/ },
    { args: ['studio', '--trace', '.'], says: /not a file, and a capture was expected/ },
    { args: ['studio', '--dataplane', 'none'], says: /there is no data plane 'none'/ },
    { args: ['studio', '--title', 'T'], says: /--title is for --export/ },
    {
      args: ['studio', '--trace', 'text.pcap', '--export', 'o.html'],
      given: (folder) => writeFileSync(join(folder, 'text.pcap'), 'no packets'),
      says: /text\.pcap: is not a pcap or pcapng capture: it looks like text/,
    },
    {
      args: ['studio', 'bad.p4runpro', '--export', 'o.html'],
      given: (folder) => writeFileSync(join(folder, 'bad.p4runpro'), 'program bad( {'),
      says: /bad\.p4runpro has errors: line 1: /,
    },
  ]));

/** A capture of two packets that ends inside of the second. */
function writeCut(path: string): void {
  const batch = createPacketBatch(2, 4096);
  for (const src of [1, 2]) appendPacketBytes(batch, frame({ ipv4: { src, dst: 3 }, udp: { dst: 53 } }), 0, src);
  const writer = createCaptureWriter(path);
  writer.writeBatch(batch);
  writer.close();
  writeFileSync(path, readFileSync(path).subarray(0, -1));
}

test('an exported page has its size in bytes; what is not as it was meant is said', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'cms.p4runpro'), sampleSource('cms'));
    writeCut(join(folder, 'cut.pcap'));
    const files = ['cms.p4runpro', '--trace', 'cut.pcap'];
    const args = ['studio', ...files, '--title', 'Häufigkeit', '--export', 'o.html'];
    const { status, stdout, stderr } = await type('p4runpro', args, { folder });
    assert.is(status, 0, stderr);
    const path = join(folder, 'o.html');
    assert.is(stdout, `o.html: ${statSync(path).size.toLocaleString('en-US')} bytes\n`);
    assert.match(stderr, /warning: cut\.pcap: ends in the middle of a record, after 1 whole packet/);
    const scenario = scenarioOfText(must(scenarioTextIn(readFileSync(path, 'utf8')), 'scenario'));
    assert.equal(
      scenario.events.map(({ program }) => program),
      ['cms'],
    );
    assert.equal([scenario.title, scenario.packets.count, scenario.files.length], ['Häufigkeit', 1, 1]);
  }));

test('packets that are added are counted with those that a session has', async () => {
  const working = { signal: new AbortController().signal, progress: () => undefined };
  const made = { kind: 'made', packets: ['ipv4.dst=10.0.0.1'] } as const;
  const added = (count: number, byteLength: number): Promise<unknown> =>
    readPackets(made, new PacketStore(), { count, byteLength }, defaultDataPlane(), working);
  await added(7_999_999, 0);
  for (const [count, byteLength] of [
    [8_000_000, 0],
    [1, 2 ** 30],
  ] as const) {
    const failure = await added(count, byteLength).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.match(String(failure), /too many packets: a page holds 8 million packets/);
  }
});

test.run();
