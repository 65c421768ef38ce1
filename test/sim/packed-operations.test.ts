import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KeyField, Operation, TableEntry } from '../../compiler/index.js';
import { packOperations, unpackOperations } from '../../sim/pipeline/parallel/packed-operations.js';

const program: KeyField = { name: 'ig_md.program_id', match: 'exact', value: 7 };
const mac: KeyField = { name: 'hdr.ethernet.dst', match: 'ternary', value: 0x020000000007, mask: 0xffffffffffff };
const any: KeyField = { name: 'ig_md.har', match: 'ternary', value: 0, mask: 0 };

const entry = (key: readonly KeyField[], parameters: TableEntry['parameters'], priority = 0): TableEntry => ({
  table: 'SwitchIngress.rpb1.table',
  key,
  priority,
  action: 'SwitchIngress.rpb1.loadi',
  parameters,
});

const first = entry([program, mac, any], [{ name: 'word', value: 0xffffffff }], 2 ** 31);
const second = entry([program, any], []);

const OPERATIONS: readonly Operation[] = [
  {
    kind: 'declareMemory',
    programId: 7,
    blocks: [
      { name: 'rows', rpb: 3, base: 256, buckets: 1024 },
      { name: 'more', rpb: 4, base: 0, buckets: 65536 },
    ],
  },
  { kind: 'declareMemory', programId: 8, blocks: [] },
  { kind: 'insertEntry', entry: first },
  { kind: 'insertEntry', entry: second },
  { kind: 'replaceEntry', before: second, entry: { ...second, action: 'SwitchIngress.rpb1.drop' } },
  { kind: 'drain' },
  { kind: 'deleteEntry', entry: first },
  { kind: 'resetMemory', rpb: 3, base: 256, buckets: 1024 },
];

const sent = (operations: readonly Operation[]): Operation[] => [
  ...unpackOperations(structuredClone(packOperations(operations))),
];

test('operations of all kinds are the same after they were sent to another thread', () => {
  assert.equal(sent(OPERATIONS), OPERATIONS);
  assert.equal(sent([]), []);
});

test('what entries have in common is one object in the other thread too', () => {
  const keys = sent(OPERATIONS).flatMap((operation) => (operation.kind === 'insertEntry' ? [operation.entry.key] : []));
  assert.is(keys[0]?.[0], keys[1]?.[0]);
  assert.is(keys[0]?.[2], keys[1]?.[1]);
});

test('operations that were cut off are refused', () => {
  const packed = packOperations(OPERATIONS);
  const short = { ...packed, operations: packed.operations.slice(0, -1) };
  assert.throws(() => [...unpackOperations(short)], /number of an operation/);
});

test.run();
