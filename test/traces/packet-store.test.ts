/** Packets of a run in blocks, and columns of numbers, beside plain lists. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/index.js';
import { BLOCK_ROWS, bytesColumn, wordsColumn } from '../../traces/packets/number-column.js';
import {
  appendPacket,
  clearPacketBatch,
  createPacketBatch,
  PACKET_MARKS,
  type PacketBatch,
  packetBytes,
} from '../../traces/packets/packet-batch.js';
import { PacketStore } from '../../traces/packets/packet-store.js';
import { cases } from '../tiers.js';

interface Sent {
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly port: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly marks: number;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  bytes: fc.uint8Array({ maxLength: 40 }),
  originalLength: fc.nat(2000),
  port: fc.nat(511),
  seconds: fc.nat(2 ** 31 - 1),
  nanoseconds: fc.nat(999_999_999),
  marks: fc.constantFrom(0, PACKET_MARKS.untimed, PACKET_MARKS.portRecorded),
});

function append(batch: PacketBatch, { bytes, originalLength, port, seconds, nanoseconds, marks }: Sent): void {
  const offset = appendPacket(batch, bytes.length, originalLength, port, seconds, nanoseconds);
  batch.bytes.set(bytes, offset);
  batch.marks[batch.count - 1] = marks;
}

const sentIn = (batch: PacketBatch): Sent[] =>
  Array.from({ length: batch.count }, (_, i) => ({
    bytes: packetBytes(batch, i).slice(),
    originalLength: must(batch.originalLength[i], 'length'),
    port: must(batch.ingressPort[i], 'port'),
    seconds: must(batch.timeSeconds[i], 'time'),
    nanoseconds: must(batch.timeNanoseconds[i], 'time'),
    marks: must(batch.marks[i], 'marks'),
  }));

test('packets come out of a store as they went in, in parts of any size', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(sent, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      (parts, most, isShared) => {
        const all = parts.flat().map((each) => ({ ...each }));
        const store = new PacketStore();
        // What several threads share has room between packets.
        const batch = createPacketBatch(16, 2 ** 12);
        const given = isShared ? { ...batch, spacing: 64 } : batch;
        for (const part of parts) {
          clearPacketBatch(given);
          for (const each of part) append(given, each);
          store.add(given);
        }
        assert.is(store.count, all.length);
        const taken: Sent[] = [];
        const room = createPacketBatch(most, 48);
        while (taken.length < all.length) {
          clearPacketBatch(room);
          assert.ok(store.copyTo(room, taken.length, all.length) > 0);
          taken.push(...sentIn(room));
        }
        assert.equal(taken, all);
        all.forEach(({ bytes, port }, i) => {
          assert.equal(store.bytes(i).slice(), bytes);
          assert.is(store.ingressPort(i), port);
        });
      },
    ),
    { numRuns: cases(40), seed: 19 },
  );
});

test('bytes beyond a block begin a new one, and a packet longer than a block has its own', () => {
  const store = new PacketStore();
  const lengths = [700_000, 700_000, 3, 2 ** 20 + 9, 5, 1_048_568, 8];
  const batch = createPacketBatch(1, 2 ** 21);
  lengths.forEach((length, i) => {
    clearPacketBatch(batch);
    const offset = appendPacket(batch, length, length, i, i, 0);
    batch.bytes.fill(i + 1, offset, offset + length);
    store.add(batch);
  });
  lengths.forEach((length, i) => {
    const bytes = store.bytes(i);
    assert.equal([bytes.length, bytes[0], bytes[length - 1]], [length, i + 1, i + 1]);
  });
  // A batch without room for the first takes none.
  assert.is(store.copyTo(createPacketBatch(4, 100), 0, lengths.length), 0);
});

test('columns go on in their own way behind a fork, across blocks', () => {
  const column = wordsColumn();
  const numbers = Uint32Array.from({ length: 2 * BLOCK_ROWS + 10 }, (_, i) => i * 3);
  column.append(0, numbers, 0, 100);
  column.append(100, numbers, 100, numbers.length);
  for (const rows of [0, 1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 2 * BLOCK_ROWS + 10]) {
    const fork = column.fork(rows);
    fork.set(rows, 77);
    const other = column.fork(rows);
    other.set(rows, 78);
    assert.is(fork.at(rows), 77);
    assert.is(other.at(rows), 78);
    for (const row of [0, rows - 1, BLOCK_ROWS - 1, BLOCK_ROWS].filter((each) => each >= 0 && each < rows)) {
      assert.is(fork.at(row), row * 3);
    }
    if (rows < numbers.length) assert.is(column.at(rows), rows * 3);
  }
  const copied = new Uint32Array(20);
  column.copy(BLOCK_ROWS - 7, 14, copied, 3);
  assert.equal([...copied.subarray(3, 17)], [...numbers.subarray(BLOCK_ROWS - 7, BLOCK_ROWS + 7)]);
  assert.equal([copied[2], copied[17]], [0, 0]);
  assert.is(bytesColumn().byteLength, 0);
});

test.run();
