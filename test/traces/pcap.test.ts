import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPacketBatch } from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import { pcapFile, readBytes, someBytes } from './capture-bytes.js';

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

const variants = suite('pcap variants');
for (const little of [true, false]) {
  for (const [unit, magic, tickNs] of [
    ['µs', MICROSECONDS, 1000],
    ['ns', NANOSECONDS, 1],
  ] as const) {
    for (const packed of [false, true]) {
      variants(`${little ? 'little' : 'big'}-endian, ${unit}${packed ? ', gzip' : ''}`, async () => {
        const records = [0, 1, 59, 60, 383, 384, 1514].map((length, i) => ({
          bytes: someBytes(length, i),
          originalLength: length + i,
          seconds: 0xfffffff0 + i,
          ticks: 999_990 + i,
        }));
        const file = Uint8Array.from(pcapFile({ little, magic }, records));
        const { packets, warnings, error } = await readBytes(packed ? gzipSync(file) : file, { ingressPort: 17 });
        assert.is(error, undefined);
        assert.equal(warnings, []);
        assert.equal(
          packets,
          records.map(({ bytes, originalLength, seconds, ticks }) => {
            return { bytes, originalLength, seconds, nanoseconds: ticks * tickNs, port: 17 };
          }),
        );
      });
    }
  }
}

variants('a capture without packets', async () => {
  const { packets, error } = await readBytes(pcapFile({}, []));
  assert.is(error, undefined);
  assert.equal(packets, []);
});

variants('a fraction past the second is carried', async () => {
  const { packets } = await readBytes(pcapFile({}, [{ bytes: [1], seconds: 5, ticks: 2_000_003 }]));
  assert.is(itemAt(packets, 0).seconds, 7);
  assert.is(itemAt(packets, 0).nanoseconds, 3000);
});

variants('more bytes than the packet had: a warning, once', async () => {
  const record = { bytes: someBytes(70), originalLength: 60, seconds: 0, ticks: 0 };
  const { packets, warnings } = await readBytes(pcapFile({}, [record, record]));
  assert.is(itemAt(packets, 1).originalLength, 70);
  assert.is(warnings.length, 1);
});
variants.run();

const frameChecks = suite('pcap frame check sequence');
// Upper bits of the link word: length in units of 16 bits, then bit 26 that makes it valid.
for (const [name, linkWord, original, captured] of [
  ['absent', 1, 64, 64],
  ['4 bytes', 0x24000001, 60, 60],
  ['length without its bit', 0x20000001, 64, 64],
] as const) {
  frameChecks(name, async () => {
    const bytes = someBytes(64);
    const { packets } = await readBytes(pcapFile({ linkWord }, [{ bytes, seconds: 0, ticks: 0 }]));
    assert.is(itemAt(packets, 0).originalLength, original);
    assert.equal(itemAt(packets, 0).bytes, bytes.slice(0, captured));
  });
}
frameChecks('cut by the snap length', async () => {
  const record = { bytes: someBytes(62), originalLength: 64, seconds: 0, ticks: 0 };
  const { packets } = await readBytes(pcapFile({ linkWord: 0x24000001 }, [record]));
  assert.is(itemAt(packets, 0).originalLength, 60);
  assert.is(itemAt(packets, 0).bytes.length, 60);
});
frameChecks.run();

const batches = suite('batches');
batches('a packet that does not fit the rest waits', async () => {
  const records = [40, 40, 64, 8].map((length, i) => ({ bytes: someBytes(length, i), seconds: i, ticks: 0 }));
  const { packets, error } = await readBytes(pcapFile({}, records), {}, createPacketBatch(100, 64));
  assert.is(error, undefined);
  assert.equal(
    packets.map(({ bytes }) => bytes),
    records.map(({ bytes }) => bytes),
  );
});
batches('a packet larger than the whole batch is an error, after those before it', async () => {
  const records = [8, 65].map((length) => ({ bytes: someBytes(length), seconds: 0, ticks: 0 }));
  const { packets, error } = await readBytes(pcapFile({}, records), {}, createPacketBatch(100, 64));
  assert.is(packets.length, 1);
  assert.is(error?.code, 'too-large-packet');
});
batches('captures beyond one window, plain and gzip', async () => {
  const records = Array.from({ length: 2500 }, (_, i) => {
    return { bytes: someBytes((i * 37) % 1515, i), seconds: i, ticks: i };
  });
  const expected = records.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('|');
  const file = Uint8Array.from(pcapFile({}, records));
  const middle = file.length >> 1;
  const members = Buffer.concat([gzipSync(file.subarray(0, middle)), gzipSync(file.subarray(middle))]);
  for (const content of [file, gzipSync(file), gzipSync(file, { level: 0 }), members]) {
    const { packets, error } = await readBytes(content, {}, createPacketBatch(700, 1 << 20));
    assert.is(error, undefined);
    const got = packets.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('|');
    assert.ok(got === expected);
  }
});
batches.run();
