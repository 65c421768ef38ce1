/** A recorded run and its answers, beside the same run on a switch of its own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, type CompiledProgram, link, lower, must, SwitchState } from '../../../compiler/index.js';
import { deployTransaction, revokeTransaction } from '../../../hw-driver/control/deployment/transaction.js';
import {
  type HistoryChange,
  HistoryRecorder,
  HistorySearch,
  parseCondition,
  type RecordedProgram,
} from '../../../sim/history/index.js';
import { Switch } from '../../../sim/index.js';
import { appendPacketBytes, createPacketBatch, packetBytes } from '../../../traces/packets/packet-batch.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { frame } from '../frames.js';
import { dataPlane } from '../test-switch.js';

const plane = dataPlane('default');

const COUNTER = `@ m 64
program counter(<hdr.ipv4.dst, 10.0.0.1, 255.255.255.255>) {
  LOADI(mar, 3);
  LOADI(sar, 2);
  MEMADD(m);
  MODIFY(hdr.ipv4.dst, sar);
  FORWARD(1);
}
`;

function recorded(source: string, state = new SwitchState(plane)): RecordedProgram {
  const analysis = analyse(source, plane);
  assert.not(analysis.hasErrors);
  const lowered = lower(must(analysis.programs[0], 'program'), plane, 1);
  const compiled: CompiledProgram = link(lowered, state, analysis.sourceHash);
  state.commit(compiled);
  return { compiled, source };
}

const deploy = (program: RecordedProgram): HistoryChange => ({
  kind: 'deploy',
  program,
  memory: [],
  operations: deployTransaction(program.compiled).operations,
});

const revoke = (program: RecordedProgram): HistoryChange => ({
  kind: 'revoke',
  program,
  memory: [],
  operations: revokeTransaction(program.compiled).operations,
});

function packets(count: number): PacketStore {
  const store = new PacketStore();
  const batch = createPacketBatch(count, count * 128);
  for (let i = 0; i < count; i++) appendPacketBytes(batch, frame({ ipv4: { dst: 0x0a000001 }, udp: { dst: 53 } }), 2);
  store.add(batch);
  return store;
}

test('words, packets and programs of a run, and going back before an event', () => {
  const program = recorded(COUNTER);
  const recorder = HistoryRecorder.start({ dataPlane: plane, packets: packets(20) });
  const { history } = recorder;
  recorder.advance(5);
  recorder.change(deploy(program));
  recorder.advance(5);
  const block = must(program.compiled.memories[0], 'memory');
  const place = { rpb: block.rpb, bucket: block.base + 3, word: 0 } as const;
  recorder.change({
    kind: 'write',
    program: 'counter',
    name: 'm',
    bucket: 3,
    memory: [{ rpb: block.rpb, base: block.base + 3, values: Uint32Array.of(100) }],
    operations: [],
  });
  recorder.advance(5);
  recorder.change(revoke(program));
  recorder.advance(100);
  assert.is(history.count, 20);
  assert.equal(
    [4, 5, 9, 10, 14, 15].map((packet) => history.outcome(packet).program),
    [null, 'counter', 'counter', 'counter', 'counter', null],
  );
  assert.equal(
    [0, 5, 6, 9, 10, 11, 15, 20].map((packet) => history.writes.valueBefore(place, packet)),
    [0, 0, 2, 8, 100, 102, 0, 0],
  );
  assert.equal([...history.writes.of(place)].length, 12);
  assert.equal(history.writes.previous(place, 10)?.event, 1);
  assert.equal(history.writes.next(place, 10)?.packet, 10);
  assert.is(history.memoryBefore(12, 'counter', 'm')?.[3], 104);
  assert.is(history.memoryBefore(2, 'counter', 'm'), undefined);
  const story = history.story(11);
  const step = must(
    story.trace.steps.find(({ memory }) => memory !== null),
    'step',
  );
  assert.equal([step.memory?.before, step.memory?.after], [102, 104]);
  assert.equal(step.source, [{ line: 5, text: 'MEMADD(m);' }]);
  assert.is(history.countersBefore(20).in, 20);
  assert.is(history.entriesBefore(15).length, 0);

  // The word is 2, 4, … 10 behind packets 5 to 9, then 102 to 110; the program runs before packets 5 to 14.
  for (const [condition, moment, direction, found] of [
    ['counter.m[3] = 8', 0, 'forwards', 8],
    ['counter.m[3] > 10', 0, 'forwards', 10],
    ['counter.m[3] < 106 and counter.m[3] >= 4', 20, 'backwards', 11],
    ['counter.m[3] <= 10', 20, 'backwards', 9],
    ['not counter.m[3] < 1000', 20, 'backwards', 19],
    ['writes counter.m[3] > 8', 7, 'forwards', 9],
    ['writes counter.m[3] < 100', 20, 'backwards', 9],
    ['writes counter.m', 15, 'forwards', undefined],
    ['sar = 104 after counter:5', 0, 'forwards', 11],
    ['hits counter#1', 20, 'backwards', 14],
  ] as const) {
    const search = new HistorySearch(history, parseCondition(condition), moment, direction);
    while (search.state.kind === 'searching') search.advance(4);
    assert.is(search.state.kind === 'found' ? search.state.packet : undefined, found, condition);
  }

  const other = recorder.branch(10, 1);
  assert.is(other.history.writes.valueBefore(place, 10), 10);
  other.advance(100);
  assert.is(other.history.writes.valueBefore(place, 20), 40 - 10);
  assert.is(history.writes.valueBefore(place, 12), 104);
});

test('outcomes and bytes are those of a switch without history', () => {
  const program = recorded(COUNTER);
  const store = packets(50);
  const recorder = HistoryRecorder.start({ dataPlane: plane, packets: store });
  recorder.change(deploy(program));
  recorder.advance(50);
  const emulator = new Switch(plane);
  for (const operation of deployTransaction(program.compiled).operations) emulator.apply(operation);
  const batch = createPacketBatch(50, 50 * 128);
  store.copyTo(batch, 0, 50);
  emulator.process(batch);
  for (let i = 0; i < batch.count; i++) {
    const { port, passes } = recorder.history.outcome(i);
    assert.is(port, batch.egressPort[i]);
    assert.is(passes, must(batch.recirculations[i], 'recirculations') + 1);
    assert.equal(recorder.history.story(i).left, packetBytes(batch, i).slice());
  }
  assert.equal(recorder.history.countersBefore(50), emulator.counters);
});

test.run();
