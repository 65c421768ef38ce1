/** How a replay is compared: packets, words of memory, tables of fields. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fieldRows, fieldTable } from '../../bench/cli/report/replay-report.js';
import type { CapturedPacket } from '../../bench/verify/replay/captured-packets.js';
import { comparePackets, type PacketDifference } from '../../bench/verify/replay/compare-packets.js';
import {
  formatMemoryContents,
  type MemoryContents,
  MemoryContentsError,
  memoryContentsFrom,
  memoryDifferences,
} from '../../bench/workloads/memory-contents.js';
import { defaultDataPlane } from '../../compiler/index.js';
import { frame } from '../sim/frames.js';
import { cases } from '../tiers.js';

const packet = (timeNanoseconds: number, content = 0, port: number | undefined = 1): CapturedPacket => ({
  bytes: Uint8Array.of(content),
  originalLength: 60,
  port,
  timeSeconds: 0,
  timeNanoseconds,
});
const [a, b, c] = [packet(1), packet(2), packet(3)];

const ROWS: readonly (readonly [
  name: string,
  expected: readonly CapturedPacket[],
  actual: readonly CapturedPacket[],
  ...differences: PacketDifference[],
])[] = [
  ['nothing', [], []],
  ['equal', [a, b], [a, b]],
  ['one missing in the middle', [a, b, c], [a, c], { kind: 'missing', expected: 1 }],
  ['one missing at the end', [a, b], [a], { kind: 'missing', expected: 1 }],
  ['one too many in front', [b], [a, b], { kind: 'extra', actual: 0 }],
  ['one too many at the end', [a], [a, b], { kind: 'extra', actual: 1 }],
  ['other bytes', [a, b], [a, packet(2, 9)], { kind: 'changed', expected: 1, actual: 1 }],
  ['another port', [a], [packet(1, 0, 2)], { kind: 'changed', expected: 0, actual: 0 }],
  ['another length on the wire', [a], [{ ...a, originalLength: 61 }], { kind: 'changed', expected: 0, actual: 0 }],
  ['another time', [a], [{ ...a, timeSeconds: 1 }], { kind: 'missing', expected: 0 }, { kind: 'extra', actual: 0 }],
  ['alike in time, one missing', [packet(1, 1), packet(1, 2)], [packet(1, 2)], { kind: 'missing', expected: 0 }],
  ['alike in time, one too many', [packet(1, 2)], [packet(1, 1), packet(1, 2)], { kind: 'extra', actual: 0 }],
];

for (const [name, expected, actual, ...differences] of ROWS) {
  test(`comparison: ${name}`, () => assert.equal(comparePackets(expected, actual), differences));
}

test('comparison: a golden without ports is compared without ports', () => {
  assert.equal(comparePackets([{ ...a, port: undefined }], [a]), []);
});

test('comparison: every packet is accounted for, also where some are left out or changed', () => {
  const edits = fc.array(fc.constantFrom('same', 'missing', 'extra', 'changed'), { maxLength: 30 });
  fc.assert(
    fc.property(edits, (kinds) => {
      const expected = kinds.flatMap((kind, i) => (kind === 'extra' ? [] : [packet(i)]));
      const actual = kinds.flatMap((kind, i) => (kind === 'missing' ? [] : [packet(i, kind === 'changed' ? 1 : 0)]));
      const found = comparePackets(expected, actual).map(({ kind }) => kind);
      assert.equal(
        found,
        kinds.filter((kind) => kind !== 'same'),
      );
    }),
    { seed: 5, numRuns: cases(200) },
  );
});

const bucketsOf = (program: string, memory: string): number | undefined =>
  program === 'p' && memory === 'm' ? 8 : undefined;
const read = (json: unknown): MemoryContents => memoryContentsFrom(json, 'f.json', bucketsOf);
const words = (...given: number[]): MemoryContents =>
  new Map([['p', new Map([['m', Uint32Array.from({ length: 8 }, (_, i) => given[i] ?? 0)]])]]);

test('memory contents: text that is written is read back equal', () => {
  const word = fc.constantFrom(0, 0, 1, 2, 0xffffffff);
  fc.assert(
    fc.property(fc.array(word, { minLength: 8, maxLength: 8 }), (given) => {
      const contents = words(...given);
      assert.equal(memoryDifferences(contents, read(JSON.parse(formatMemoryContents(contents)))), []);
    }),
    { seed: 6, numRuns: cases(200) },
  );
  const text = formatMemoryContents(words(5, 0, 7, 7, 7));
  assert.equal(JSON.parse(text), { p: { m: { '0': 5, '2-4': 7 } } });
});

test('memory contents: words that differ are named', () => {
  assert.equal(memoryDifferences(words(1, 2), words(1, 3)), [
    { program: 'p', memory: 'm', bucket: 1, expected: 2, actual: 3 },
  ]);
});

const REFUSED: readonly (readonly [json: unknown, says: RegExp])[] = [
  [[], /f\.json: the document is not an object/],
  [{ p: 1 }, /p is not an object/],
  [{ p: { x: {} } }, /there is no memory p\.x/],
  [{ q: { m: {} } }, /there is no memory q\.m/],
  [{ p: { m: { '8': 1 } } }, /p\.m has buckets 0 to 7, not '8'/],
  [{ p: { m: { '3-2': 1 } } }, /not '3-2'/],
  [{ p: { m: { '-1': 1 } } }, /not '-1'/],
  [{ p: { m: { '1': 2 ** 32 } } }, /p\.m\[1\] is not a word of 32 bits/],
  [{ p: { m: { '1': '5' } } }, /not a word/],
];
for (const [json, says] of REFUSED) {
  test(`memory contents: refused ${JSON.stringify(json)}`, () => {
    assert.throws(
      () => read(json),
      (error: Error) => error instanceof MemoryContentsError && says.test(error.message),
    );
  });
}

test('fields: all are shown, different ones are marked, and long values start at their first difference', () => {
  const plane = defaultDataPlane();
  const payload = Array.from({ length: 100 }, (_, i) => i);
  const before = { ...a, bytes: frame({ udp: {}, ipv4: { src: 1 }, payload }) };
  const after = { ...a, port: 2, bytes: frame({ udp: {}, ipv4: { src: 2 }, payload: payload.with(90, 0) }) };
  const rows = fieldRows(plane, before, after);
  const marked = rows.filter(({ differs }) => differs).map(({ field }) => field);
  assert.equal(marked, ['port', 'hdr.ipv4.checksum', 'hdr.ipv4.src', 'hdr.udp.checksum', 'payload']);
  const table = fieldTable(rows);
  assert.is(table.length, rows.length + 1);
  assert.match(table.join('\n'), /^>> {2}hdr\.ipv4\.src +0\.0\.0\.1 +0\.0\.0\.2$/m);
  assert.match(table.join('\n'), /^ {4}hdr\.ipv4\.dst +10\.0\.0\.2 +10\.0\.0\.2$/m);
  assert.match(table.join('\n'), /^>> {2}payload +…5a5b.* +…005b/m);
  assert.ok(fieldRows(plane, before, undefined).every(({ actual, differs }) => actual === null && differs));
});

test.run();
