import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  appendPacket,
  appendPacketBytes,
  createCaptureWriter,
  createPacketBatch,
  openCapture,
  type PacketBatch,
} from '../../traces/index.js';
import { cases } from '../tiers.js';
import { type PlainPacket, pcapFile, readAll, someBytes, withDirectory } from './capture-bytes.js';

function batchOf(packets: readonly PlainPacket[]): PacketBatch {
  const batch = createPacketBatch(
    Math.max(1, packets.length),
    packets.reduce((sum, { bytes }) => sum + bytes.length + 8, 8),
  );
  for (const { bytes, originalLength, seconds, nanoseconds, port } of packets) {
    batch.bytes.set(bytes, appendPacket(batch, bytes.length, originalLength, port, seconds, nanoseconds));
  }
  return batch;
}

const packetArbitrary = fc
  .record({
    bytes: fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.nat(255), { maxLength: 80 }) },
      { weight: 1, arbitrary: fc.array(fc.nat(255), { minLength: 250, maxLength: 600 }) },
    ),
    cutBytes: fc.nat(2000),
    seconds: fc.nat(0xffffffff),
    nanoseconds: fc.oneof(fc.nat(999_999_999), fc.constantFrom(0, 999_999_999)),
  })
  .map(({ bytes, cutBytes, seconds, nanoseconds }): PlainPacket => {
    return { bytes, originalLength: bytes.length + cutBytes, seconds, nanoseconds, port: 9 };
  });

/** Seconds that pcapng holds: before 1970, after 2106, and those around where its interfaces change. */
const farSeconds = fc.oneof(
  fc.nat(0xffffffff),
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  fc.constantFrom(-1, -(2 ** 34), -(2 ** 34) - 1, 2 ** 32, 2 ** 34 - 1, 2 ** 34, Number.MAX_SAFE_INTEGER),
);

/** pcapng records the port of each packet. */
const recordedArbitrary = fc
  .tuple(packetArbitrary, fc.oneof(fc.nat(511), fc.constantFrom(65_535)), farSeconds)
  .map(([packet, port, seconds]): PlainPacket => ({ ...packet, port, seconds }));

const roundTrip = suite('write, then read');
for (const name of ['all.pcapng', 'all.pcapng.gz']) {
  roundTrip(`any packets with any ports: ${name}`, async () => {
    await withDirectory(async (directory) => {
      const path = join(directory, name);
      const property = fc.asyncProperty(fc.array(recordedArbitrary, { maxLength: 20 }), async (packets) => {
        const writer = createCaptureWriter(path);
        writer.writeBatch(batchOf(packets));
        writer.close();
        const outcome = await readAll(path, { ingressPort: 600 }, createPacketBatch(7, 8000));
        assert.is(outcome.error, undefined);
        assert.equal(outcome.packets, packets);
      });
      await fc.assert(property, { seed: 20250102, numRuns: cases(100) });
    });
  });
}

roundTrip('pcapng records egress ports on request, under any name', async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, 'out.pcap');
    const writer = createCaptureWriter(path, { format: 'pcapng', ports: 'egress' });
    const packet: PlainPacket = { bytes: [], originalLength: 7, seconds: 1, nanoseconds: 2, port: 9 };
    const batch = batchOf([packet, packet]);
    batch.egressPort.set([3, 4]);
    writer.writeBatch(batch);
    writer.close();
    const { packets } = await readAll(path, {}, createPacketBatch(7, 8000));
    assert.equal(packets, [
      { ...packet, port: 3 },
      { ...packet, port: 4 },
    ]);
  });
});

for (const name of ['all.pcap', 'all.pcap.gz']) {
  roundTrip(`any packets, any batch size: ${name}`, async () => {
    await withDirectory(async (directory) => {
      const path = join(directory, name);
      const property = fc.asyncProperty(
        fc.array(packetArbitrary, { maxLength: 20 }),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 600, max: 8000 }),
        async (packets, batchPackets, batchBytes) => {
          const writer = createCaptureWriter(path);
          assert.is(writer.writeBatch(batchOf(packets)), packets.length);
          writer.close();
          const outcome = await readAll(path, { ingressPort: 9 }, createPacketBatch(batchPackets, batchBytes));
          assert.is(outcome.error, undefined);
          assert.equal(outcome.packets, packets);
        },
      );
      await fc.assert(property, { seed: 20250101, numRuns: cases(100) });
    });
  });
}
roundTrip.run();

const writing = suite('capture writer');
const packet: PlainPacket = { bytes: someBytes(61), originalLength: 99, seconds: 7, nanoseconds: 1_999, port: 0 };

for (const [nanoseconds, magic, ticks] of [
  [true, 0xa1b23c4d, 1999],
  [false, 0xa1b2c3d4, 1],
] as const) {
  writing(`bytes of the file, nanoseconds: ${nanoseconds}`, async () => {
    await withDirectory(async (directory) => {
      const path = join(directory, 'x.pcap');
      const writer = createCaptureWriter(path, { nanoseconds });
      writer.write(batchOf([packet]), 0);
      writer.close();
      const expected = Uint8Array.from(pcapFile({ magic }, [{ ...packet, ticks }]));
      // The limit on captured bytes is the writer's own.
      new DataView(expected.buffer).setUint32(16, 262_144, true);
      assert.equal([...readFileSync(path)], [...expected]);
    });
  });
}

writing('a filter chooses packets; more than a buffer is written', async () => {
  await withDirectory(async (directory) => {
    const batch = createPacketBatch(3000, 3000 * 1504);
    for (let i = 0; i < 3000; i++) appendPacketBytes(batch, Uint8Array.from(someBytes(1500, i)), 0, i);
    for (const name of ['half.pcap', 'half.pcap.gz']) {
      const path = join(directory, name);
      const writer = createCaptureWriter(path);
      assert.is(
        writer.writeBatch(batch, (_, i) => i % 2 === 1),
        1500,
      );
      writer.close();
      const reader = await openCapture(path);
      const back = createPacketBatch(3000, 3000 * 1504);
      assert.is(await reader.readInto(back), 1500);
      assert.is(await reader.readInto(back), 0);
      assert.ok(reader.ended);
      assert.is(reader.bytesRead, reader.totalBytes);
      await reader.close();
      assert.ok(back.timeSeconds.subarray(0, 1500).every((seconds, i) => seconds === 2 * i + 1));
      const same = Buffer.compare(
        back.bytes.subarray(back.offset[1499], back.usedBytes),
        batch.bytes.subarray(batch.offset[2999], batch.usedBytes),
      );
      assert.is(same, 0);
    }
  });
});

writing('the target appears only at close, and abort leaves nothing', async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, 'x.pcap');
    writeFileSync(path, 'before');
    const aborted = createCaptureWriter(path);
    aborted.write(batchOf([packet]), 0);
    aborted.abort();
    aborted.close();
    assert.is(readFileSync(path, 'utf8'), 'before');
    assert.equal(readdirSync(directory), ['x.pcap']);
    const finished = createCaptureWriter(path);
    assert.is(readFileSync(path, 'utf8'), 'before');
    finished.close();
    finished.abort();
    assert.is(readFileSync(path).length, 24);
    assert.equal(readdirSync(directory), ['x.pcap']);
    assert.throws(() => finished.write(batchOf([packet]), 0), /closed/);
  });
});

writing('errors name the path', async () => {
  await withDirectory(async (directory) => {
    const code = (wanted: string) => (thrown: unknown) => {
      return (
        thrown instanceof Error && 'code' in thrown && thrown.code === wanted && thrown.message.includes(directory)
      );
    };
    assert.throws(() => createCaptureWriter(join(directory, 'none', 'x.pcap')), code('unwritable'));
    const asDirectory = join(directory, 'taken');
    const writer = createCaptureWriter(asDirectory);
    mkdirSync(join(asDirectory, 'full'), { recursive: true });
    assert.throws(() => createCaptureWriter(asDirectory), code('unwritable'));
    assert.throws(() => writer.write(batchOf([{ ...packet, seconds: -1 }]), 0), code('unwritable'));
    assert.throws(() => writer.write(batchOf([{ ...packet, seconds: 2 ** 32 }]), 0), code('unwritable'));
    assert.throws(() => writer.write(batchOf([{ ...packet, bytes: someBytes(262_145) }]), 0), code('too-large-packet'));
    assert.throws(() => writer.close(), code('unwritable'));
    assert.equal(readdirSync(directory), ['taken']);
    assert.ok(existsSync(asDirectory));
  });
});
writing.run();
