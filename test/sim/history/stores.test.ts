/** What counts as a write of a word, and which copies a branch takes over. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, link, lower, must, SwitchState } from '../../../compiler/index.js';
import { deployTransaction } from '../../../hw-driver/control/deployment/transaction.js';
import { HistoryRecorder, type RecordedProgram } from '../../../sim/history/index.js';
import { dataPlane } from '../test-switch.js';
import { Planner, type SmallPacket, storeOf, TEXTS } from './planned-run.js';

const packet: SmallPacket = { destination: 0, source: 1, port: 1, captured: 64 };

/** A statement on the word 5 of a memory, with sar 3, and for pairs har 7: the writes that it makes, low word first. */
const ROWS: readonly (readonly [
  statement: string,
  words: readonly number[],
  writes: readonly (readonly [number, number])[],
])[] = [
  ['MEMREAD(m)', [9], []],
  ['MEMWRITE(m)', [9], [[9, 3]]],
  ['MEMWRITE(m)', [3], [[3, 3]]],
  ['MEMADD(m)', [9], [[9, 12]]],
  ['MEMSUB(m)', [1], [[1, 2 ** 32 - 2]]],
  ['MEMAND(m)', [3], [[3, 3]]],
  ['MEMOR(m)', [4], [[4, 7]]],
  ['MEMOR(m)', [3], [[3, 3]]],
  ['MEMMAX(m)', [2], [[2, 3]]],
  ['MEMMAX(m)', [3], []],
  ['MEMMAX(m)', [2 ** 32 - 1], []],
  [
    'MEMCAS(m)',
    [0, 5],
    [
      [0, 7],
      [5, 8],
    ],
  ],
  [
    'MEMCAS(m)',
    [7, 2 ** 32 - 1],
    [
      [7, 7],
      [2 ** 32 - 1, 2],
    ],
  ],
  ['MEMCAS(m)', [8, 5], []],
];

for (const [statement, words, writes] of ROWS) {
  test(`${statement} of ${words.join(', ')} makes ${writes.length} writes`, () => {
    const isPair = words.length === 2;
    const source = `@${isPair ? 'pair ' : ''}m 16
program p(<hdr.ipv4.dst, 10.0.0.1, 255.255.255.255>) {
  LOADI(har, 7);
  LOADI(mar, 5);
  LOADI(sar, 3);
  ${statement};
  FORWARD(1);
}
`;
    const plane = dataPlane('extended');
    const analysis = analyse(source, plane);
    const lowered = lower(must(analysis.programs[0], 'program'), plane, 1);
    const program: RecordedProgram = { compiled: link(lowered, new SwitchState(plane), analysis.sourceHash), source };
    const recorder = HistoryRecorder.start({ dataPlane: plane, packets: storeOf([packet]) });
    const { operations } = deployTransaction(program.compiled);
    const { rpb, base } = must(program.compiled.memories[0], 'memory');
    const memory = [{ rpb, base: base + 5, values: Uint32Array.from(words) }];
    recorder.change({ kind: 'deploy', program, memory, operations });
    const first = recorder.history.writes.count;
    assert.is(first, words.length);
    recorder.advance(1);
    const made = Array.from({ length: recorder.history.writes.count - first }, (_, i) =>
      recorder.history.writes.at(first + i),
    );
    assert.equal(
      made.map(({ before, after }) => [before, after]),
      writes,
    );
    assert.equal(
      made.map((write) => [write.rpb, write.bucket, write.word, write.packet, write.event]),
      made.map((_, word) => [rpb, base + 5, word, 0, null]),
    );
  });
}

test('a branch copies pages that were written before it and after the last copy', () => {
  const plane = dataPlane('default');
  const planner = new Planner(plane, TEXTS);
  const changes = [0, 2].map((program) => must(planner.plan({ kind: 'deploy', program, values: [9] }), 'deployment'));
  // Writes to the word of one program only, then to that of the other.
  const packets = [
    ...Array.from({ length: 100 }, () => ({ ...packet, destination: 2 })),
    ...Array.from({ length: 3000 }, () => packet),
  ];
  const recorder = HistoryRecorder.start({ dataPlane: plane, packets: storeOf(packets) });
  for (const change of changes) recorder.change(change);
  recorder.advance(100);
  const { rpb, base } = must(planner.programs.get('p2')?.compiled.memories[0], 'memory of p2');
  const expected = recorder.history.wordsBefore(100, rpb, base + 3, 1);
  assert.is.not(expected[0], 0);
  const branch = recorder.branch(100);
  branch.advance(3000);
  assert.equal(branch.history.wordsBefore(3100, rpb, base + 3, 1), expected);
  const again = branch.branch(3100);
  assert.equal(again.history.wordsBefore(3100, rpb, base + 3, 1), expected);
});

test('a change that the switch refuses leaves the run as it was', () => {
  const plane = dataPlane('default');
  const planner = new Planner(plane, TEXTS);
  const deploy = must(planner.plan({ kind: 'deploy', program: 2, values: [1] }), 'deployment');
  const recorder = HistoryRecorder.start({
    dataPlane: plane,
    packets: storeOf(Array.from({ length: 20 }, () => ({ ...packet, destination: 2 }))),
  });
  recorder.change(deploy);
  recorder.advance(5);
  const { rpb, base } = must(planner.programs.get('p2')?.compiled.memories[0], 'memory of p2');
  const memory = [{ rpb, base: base + 3, values: Uint32Array.of(77) }];
  const before = { writes: recorder.history.writes.count, entries: recorder.history.entriesBefore(5) };
  // Its entries are there already; the write comes before them.
  assert.throws(() => recorder.change({ ...deploy, memory }), /already/);
  assert.throws(
    () => recorder.change({ ...deploy, memory: [{ rpb, base: 2 ** 20, values: Uint32Array.of(1) }], operations: [] }),
    /has no buckets/,
  );
  assert.is(recorder.history.events.length, 1);
  assert.is(recorder.history.writes.count, before.writes);
  assert.equal(recorder.history.entriesBefore(5), before.entries);
  recorder.advance(20);
  assert.is(recorder.history.wordsBefore(20, rpb, base + 3, 1)[0], -20 >>> 0);
  assert.is(recorder.history.countersBefore(20).in, 20);
  assert.throws(() => recorder.branch(21), /there is no moment before packet 21: 20 packets have run/);
  assert.throws(() => recorder.branch(0, 2), /before packet 0, 0 to 1 events have been made, not 2/);
  assert.throws(() => recorder.history.story(20), /there is no packet 20/);
});

test.run();
