import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HeaderField } from '../../compiler/index.js';
import { fieldAccess, readField, writeField } from '../../sim/index.js';
import { dataPlane, property } from './test-switch.js';

const toBits = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');

/** Fields that lie in at most four bytes: what the description's validation lets through. */
const fields = fc
  .tuple(fc.integer({ min: 1, max: 32 }), fc.nat(7), fc.nat(12), fc.nat(9))
  .map(([width, bit, byteOffset, headerStart]) => ({
    width,
    headerStart,
    bitOffset: byteOffset * 8 + (bit + width > 32 ? 0 : bit),
  }));
const field = (width: number, bitOffset: number): HeaderField => ({
  kind: 'header',
  name: 'f',
  width,
  header: 0,
  bitOffset,
});
const words = fc.integer({ min: 0, max: 0xffffffff });
const buffers = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('read: the bits of the field as an unsigned number', () => {
  fc.assert(
    fc.property(fields, buffers, ({ width, bitOffset, headerStart }, bytes) => {
      const from = headerStart * 8 + bitOffset;
      const expected = Number.parseInt(toBits(bytes).slice(from, from + width), 2);
      assert.is(readField(fieldAccess(field(width, bitOffset)), bytes, headerStart), expected);
    }),
    property(3000),
  );
});

test('write: the low bits of the value there, all other bits as they were', () => {
  fc.assert(
    fc.property(fields, buffers, words, ({ width, bitOffset, headerStart }, bytes, value) => {
      const access = fieldAccess(field(width, bitOffset));
      const from = headerStart * 8 + bitOffset;
      const before = toBits(bytes);
      const low = value
        .toString(2)
        .padStart(32, '0')
        .slice(32 - width);
      writeField(access, bytes, headerStart, value);
      assert.is(toBits(bytes), before.slice(0, from) + low + before.slice(from + width));
      assert.is(readField(access, bytes, headerStart), Number.parseInt(low, 2));
    }),
    property(3000),
  );
});

test('every field of up to 32 bits of the shipped data planes takes 0 and its maximum', () => {
  for (const { fields: all } of [dataPlane('default'), dataPlane('published')]) {
    for (const known of all.values()) {
      if (known.kind !== 'header' || known.width > 32) continue;
      for (const [fill, value] of [
        [0xff, 0],
        [0x00, 2 ** known.width - 1],
      ] as const) {
        const bytes = new Uint8Array(64).fill(fill);
        writeField(fieldAccess(known), bytes, 3, value);
        const flipped = toBits(bytes).replaceAll(fill === 0 ? '0' : '1', '');
        assert.is(flipped.length, known.width, known.name);
        assert.is(readField(fieldAccess(known), bytes, 3), value, known.name);
      }
    }
  }
});

test('a field of more than a word has no access of one word', () => {
  assert.throws(() => fieldAccess(field(48, 0)), /48 bits/);
});

test.run();
