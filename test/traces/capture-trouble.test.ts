import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { itemAt } from '../item-at.js';
import {
  block,
  enhancedBlock,
  interfaceBlock,
  pcapFile,
  readAll,
  readBytes,
  sectionBlock,
  someBytes,
  withDirectory,
} from './capture-bytes.js';

const record = { bytes: someBytes(60), seconds: 1, ticks: 2 };

const truncation = suite('truncated captures');
const pcapStart = pcapFile({}, [record, record]);
const pcapngStart = [...sectionBlock(true), ...interfaceBlock(true), ...enhancedBlock(true, 0, 1n, someBytes(60))];
for (const [name, whole, lastRecordAt, packetsBefore] of [
  ['pcap', pcapFile({}, [record, record, record]), pcapStart.length, 2],
  ['pcapng', [...pcapngStart, ...enhancedBlock(true, 0, 1n, someBytes(59))], pcapngStart.length, 1],
  ['pcapng in a block passed over', [...pcapngStart, ...block(true, 99, someBytes(30))], pcapngStart.length, 1],
] as const) {
  truncation(`${name}, at every byte of the last record`, async () => {
    await withDirectory(async (directory) => {
      const path = join(directory, 'cut');
      for (let end = lastRecordAt + 1; end < whole.length; end++) {
        writeFileSync(path, Uint8Array.from(whole.slice(0, end)));
        const strict = await readAll(path);
        assert.is(strict.error?.code, 'truncated', `cut at ${end}`);
        assert.is(strict.error?.byteOffset, lastRecordAt);
        assert.match(strict.error?.message ?? '', `after ${packetsBefore} whole packets`);
        assert.is(strict.packets.length, packetsBefore);
        const lenient = await readAll(path, { truncated: 'warn' });
        assert.is(lenient.error, undefined);
        assert.is(lenient.packets.length, packetsBefore);
        assert.equal(lenient.warnings, [strict.error?.message]);
      }
    });
  });
  truncation(`${name}, between records, is the end`, async () => {
    const { packets, error } = await readBytes(whole.slice(0, lastRecordAt));
    assert.is(error, undefined);
    assert.is(packets.length, packetsBefore);
  });
}
for (const [name, whole] of [
  ['pcap', pcapStart.slice(0, 24)],
  ['pcapng', pcapngStart.slice(0, 28)],
] as const) {
  truncation(`${name}, inside the file header`, async () => {
    for (let end = 12; end < whole.length; end++) {
      assert.is((await readBytes(whole.slice(0, end))).error?.code, 'truncated', `cut at ${end}`);
    }
  });
}
truncation('gzip cut anywhere still yields whole packets', async () => {
  const packed = gzipSync(Uint8Array.from(pcapFile({}, Array(50).fill(record))), { level: 0 });
  for (const missing of [1, 8, 9, 100, 2000]) {
    const content = packed.subarray(0, packed.length - missing);
    const { packets, error } = await readBytes(content);
    assert.is(error?.code, 'truncated', `${missing} bytes missing`);
    assert.is(packets.length, missing <= 8 ? 50 : 50 - Math.ceil((missing - 8) / 76));
    const lenient = await readBytes(content, { truncated: 'warn' });
    assert.is(lenient.packets.length, packets.length);
    assert.is(lenient.warnings.length, 1);
  }
});
truncation.run();

const refusals = suite('files that are no capture');
const damaged = gzipSync(Uint8Array.from(pcapStart));
damaged[damaged.length - 6] = itemAt(damaged, damaged.length - 6) ^ 0xff;
const absurd = pcapStart.slice();
absurd.splice(24 + 76 + 8, 4, 0, 0, 4, 1);
for (const [name, content, code, message] of [
  ['an empty file', [], 'not-a-capture', /is empty$/],
  ['one byte', [0xd4], 'not-a-capture', /starts with the bytes d4$/],
  ['a text file', Buffer.from('12:00:01 IP 10.0.0.1 > 10.0.0.2: ICMP\n'), 'not-a-capture', /looks like text$/],
  ['a short text file', Buffer.from('x\n'), 'not-a-capture', /looks like text$/],
  ['packed text', gzipSync('hello, this is not a capture at all'), 'not-a-capture', /looks like text$/],
  ['nothing, packed', gzipSync(''), 'not-a-capture', /is empty$/],
  ['packed twice', gzipSync(gzipSync(Uint8Array.from(pcapStart))), 'not-a-capture', /gzip twice$/],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd, 0, 0], 'not-a-capture', /zstd/],
  ['modified pcap', [0x34, 0xcd, 0xb2, 0xa1, 2, 0], 'not-a-capture', /Kuznetzov/],
  ['damaged gzip', damaged, 'corrupt', /gzip data is damaged/],
  ['IEEE 802.11', pcapFile({ linkWord: 105 }, []), 'unsupported-link-type', /105 \(IEEE 802\.11\).*--skip-other-links/],
  ['an unknown link type', pcapFile({ linkWord: 9999 }, []), 'unsupported-link-type', /9999/],
  ['another version', [...pcapStart.slice(0, 4), 3, 0, ...pcapStart.slice(6)], 'corrupt', /pcap version 3/],
  ['an absurd record length', absurd, 'corrupt', /17039360 packet bytes.*\(byte 100\)$/],
] as const) {
  refusals(name, async () => {
    const { error } = await readBytes(content);
    assert.is(error?.code, code);
    assert.match(error?.message ?? '', message);
    assert.match(error?.message ?? '', /some\.capture: [^\n]+$/);
  });
}
refusals('packets before an absurd length are delivered', async () => {
  assert.is((await readBytes(absurd)).packets.length, 1);
});
refusals('a directory, a missing file', async () => {
  await withDirectory(async (directory) => {
    const isDirectory = await readAll(directory);
    assert.is(isDirectory.error?.code, 'unreadable');
    assert.is(isDirectory.error?.message, `${directory}: is a directory`);
    const missing = await readAll(join(directory, 'none.pcap'));
    assert.is(missing.error?.code, 'unreadable');
    assert.match(missing.error?.message ?? '', /none\.pcap: no such file$/);
  });
});
refusals.run();
