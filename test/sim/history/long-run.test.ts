/** A run of thousands of packets, in which memory is copied and counters are marked many times, from moments in any order. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../../compiler/index.js';
import { HistoryRecorder, HistorySearch, parseCondition } from '../../../sim/history/index.js';
import { type Counters, PacketTracer, Switch } from '../../../sim/index.js';
import { createPacketBatch } from '../../../traces/packets/packet-batch.js';
import { littleMemory, Planner, storeOf, TEXTS } from './planned-run.js';

const PACKETS = 9000;
const SEED = 3;
const plane = littleMemory('default');

/** Packets for all programs in turn, and some for none. */
const store = storeOf(
  Array.from({ length: PACKETS }, (_, i) => ({ destination: i % 4, source: i % 7, port: i % 11, captured: 64 })),
);

const planner = new Planner(plane, TEXTS);
const deployments = TEXTS.map((_, program) =>
  must(planner.plan({ kind: 'deploy', program, values: [1, 300] }), 'deployment'),
);

test('memory, counters, packets and searches are those of a switch, whatever was asked before', () => {
  const recorder = HistoryRecorder.start({ dataPlane: plane, packets: store, seed: SEED });
  for (const change of deployments) recorder.change(change);
  // In parts of several lengths, none of which divides what lies between two marks.
  for (let part = 1; recorder.waiting > 0; part = (part * 7) % 1009) recorder.advance(part);
  const { history } = recorder;

  const emulator = new Switch(plane, { seed: SEED });
  for (const { operations } of deployments) for (const operation of operations) emulator.apply(operation);
  const tracer = new PacketTracer(emulator, (id) => {
    const program = [...planner.programs.values()].find(({ compiled }) => compiled.programId === id);
    return program && { name: program.compiled.program, placement: program.compiled.placement, source: program.source };
  });
  for (const { operations } of deployments) tracer.apply(operations);
  const moments = [0, 1, 511, 512, 4095, 4096, 4097, 5000, 8191, 8192, 8193, PACKETS - 1, PACKETS];
  const expected = new Map<number, { memory: Uint32Array; counters: Counters }>();
  const batch = createPacketBatch(1, 256);
  const dropped: number[] = [];
  const counter = planner.programs.get('p0')?.compiled.programId;
  for (let packet = 0; packet <= PACKETS; packet++) {
    if (moments.includes(packet)) {
      expected.set(packet, { memory: emulator.memory.words.slice(), counters: { ...emulator.counters } });
    }
    if (packet === PACKETS) break;
    batch.count = 0;
    batch.usedBytes = 0;
    store.copyTo(batch, packet, packet + 1);
    emulator.process(batch);
    if (batch.programId[0] === counter && must(batch.egressPort[0], 'port') < 0) dropped.push(packet);
  }
  // From one end to the other and back: memory moves forwards, backwards and by its copies.
  const order = [
    ...moments,
    ...[...moments].reverse(),
    ...moments.map((_, i) => must(moments[(i * 5) % moments.length], 'moment')),
  ];
  for (const moment of order) {
    const { memory, counters } = must(expected.get(moment), 'state');
    const words = plane.rpbs.flatMap(({ index, buckets }) => [...history.wordsBefore(moment, index + 1, 0, buckets)]);
    assert.equal(words, [...memory], `memory before packet ${moment}`);
    assert.equal(history.countersBefore(moment), counters, `counters before packet ${moment}`);
    if (moment === PACKETS) continue;
    emulator.memory.words.set(memory);
    const one = createPacketBatch(1, 256);
    store.copyTo(one, moment, moment + 1);
    one.arrival[0] = moment;
    assert.equal(history.story(moment).trace, tracer.trace(one, 0, moment + 1), `packet ${moment}`);
  }
  assert.ok(dropped.length > 10, 'packets are dropped by cases of counts');
  for (const [moment, direction] of [
    [4500, 'forwards'],
    [4500, 'backwards'],
    [PACKETS, 'backwards'],
  ] as const) {
    const search = new HistorySearch(
      history,
      parseCondition('verdict = dropped and sar >= 0 before p0:5'),
      moment,
      direction,
    );
    while (search.state.kind === 'searching') search.advance(700);
    const found =
      direction === 'forwards' ? dropped.find((n) => n >= moment) : dropped.filter((n) => n < moment).at(-1);
    assert.is(search.state.kind === 'found' ? search.state.packet : undefined, found, `${direction} from ${moment}`);
  }
});

test('a branch has the copies and marks of what it shares, and neither run changes the other', () => {
  const recorder = HistoryRecorder.start({ dataPlane: plane, packets: store, seed: SEED });
  for (const change of deployments) recorder.change(change);
  recorder.advance(6000);
  for (const moment of [4096, 5321, 1]) {
    const branch = recorder.branch(moment);
    branch.advance(PACKETS);
    const whole = HistoryRecorder.start({ dataPlane: plane, packets: store, seed: SEED });
    for (const change of deployments) whole.change(change);
    whole.advance(PACKETS);
    for (const n of [moment, 7000, PACKETS]) {
      assert.equal(branch.history.countersBefore(n), whole.history.countersBefore(n));
      assert.equal(branch.history.wordsBefore(n, 3, 0, 64), whole.history.wordsBefore(n, 3, 0, 64));
    }
    assert.is(branch.history.writes.count, whole.history.writes.count);
  }
  assert.is(recorder.count, 6000);
});

test.run();
