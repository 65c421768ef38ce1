import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataPlaneFromJson, defaultForwardEntry } from '../../compiler/index.js';
import { checksumsOf, frame } from './frames.js';
import {
  anyPacket,
  dataPlane,
  EGRESS_PORT,
  filterEntry,
  INGRESS_PORT,
  recirculationEntry,
  rpbEntry,
  TestSwitch,
} from './test-switch.js';

const plane = dataPlane('default');
const testSwitch = new TestSwitch(plane);
const UDP = frame({ udp: {}, l5: [1, 2, 3, 4] });
const ALL = 0xffffffff;

/** The recirculation entries of a program of this many passes, as the compiler makes them. */
const entriesOf = (passes: number) =>
  Array.from({ length: passes }, (_, pass) =>
    recirculationEntry(pass === 0 ? 'first' : pass === passes - 1 ? 'last' : 'middle', 1, pass),
  );

for (const passes of [2, 3, 5, 16]) {
  test(`a program of ${passes} passes`, () => {
    testSwitch.clear().insert(anyPacket(plane), ...entriesOf(passes));
    testSwitch.emulator.memory.words.fill(0);
    for (let pass = 0; pass < passes; pass++) {
      testSwitch.insert(
        rpbEntry(plane, 1, 'address_translation_offset', [pass, 0], { pass }),
        rpbEntry(plane, 2, 'loadi_sar', [1], { pass }),
        rpbEntry(plane, 3, 'salu_add_sub', [], { pass }),
        rpbEntry(plane, 22, 'salu_add_sub', [], { pass }),
      );
    }
    const before = testSwitch.emulator.counters.recirculations;
    const { port, recirculations } = testSwitch.send(UDP);
    assert.equal([port, recirculations], [EGRESS_PORT, passes - 1]);
    assert.is(testSwitch.emulator.counters.recirculations - before, passes - 1);
    const { memory } = testSwitch.emulator;
    const once = new Array<number>(passes).fill(1);
    assert.equal([...memory.range(3, 0, 17)], [...once, ...new Array<number>(17 - passes).fill(0)]);
    assert.equal([...memory.range(22, 0, passes)], once);
  });
}

test('without an entry, or with one of another program, a packet does not recirculate', () => {
  testSwitch.clear().insert(anyPacket(plane), recirculationEntry('first', 2, 0), recirculationEntry('middle', 1, 1));
  testSwitch.insert(rpbEntry(plane, 1, 'loadi_har', [1]));
  assert.is(testSwitch.send(UDP).recirculations, 0);
});

test('a program without RPB entries recirculates too', () => {
  testSwitch.clear().insert(anyPacket(plane), ...entriesOf(3));
  assert.is(testSwitch.send(UDP).recirculations, 2);
});

test('registers, saved registers, branch id, address, flag and ports survive', () => {
  testSwitch.clear().insert(anyPacket(plane), ...entriesOf(2));
  const { memory } = testSwitch.emulator;
  memory.words.fill(0);
  memory.range(7, 65533, 1)[0] = 1;
  const second = { pass: 1, branch: 9 };
  testSwitch.insert(
    // First pass: saves 11, 12, 13 and goes on with 21, 22, 23.
    rpbEntry(plane, 1, 'loadi_har', [11]),
    rpbEntry(plane, 2, 'loadi_sar', [12]),
    rpbEntry(plane, 3, 'loadi_mar', [13]),
    rpbEntry(plane, 4, 'backup'),
    rpbEntry(plane, 5, 'forward', [44]),
    rpbEntry(plane, 11, 'loadi_har', [ALL]),
    rpbEntry(plane, 12, 'loadi_sar', [22]),
    rpbEntry(plane, 13, 'loadi_mar', [23]),
    rpbEntry(plane, 14, 'address_translation_offset', [65510, 1]),
    rpbEntry(plane, 15, 'set_branch_id', [9]),
    // Second pass: subtracts sar where the first pass pointed, then restores what it saved.
    rpbEntry(plane, 7, 'salu_add_sub', [], {
      ...second,
      registers: { har: [ALL, ALL], sar: [22, ALL], mar: [23, ALL] },
    }),
    rpbEntry(plane, 11, 'recover1', [], second),
    rpbEntry(plane, 12, 'recover2', [], second),
    rpbEntry(plane, 13, 'recover3', [], second),
  );
  assert.is(testSwitch.send(UDP).port, 44, 'the stored egress port');
  assert.is(memory.range(7, 65533, 1)[0], (1 - 22) >>> 0, 'address and flag');
  const restored = { har: [11, ALL], sar: [12, ALL], mar: [13, ALL] } as const;
  testSwitch.insert(rpbEntry(plane, 22, 'drop', [], { ...second, registers: restored }));
  assert.is(testSwitch.send(UDP).port, undefined, 'saved registers');
});

test('RETURN in a later pass goes back to the port that the packet first came in on', () => {
  testSwitch.clear().insert(anyPacket(plane), ...entriesOf(2), rpbEntry(plane, 3, 'rt', [], { pass: 1 }));
  assert.is(testSwitch.send(UDP, 5).port, 5);
  assert.is(testSwitch.send(UDP).port, INGRESS_PORT);
});

test('a packet without an egress port recirculates, and is dropped if the last pass leaves it without', () => {
  testSwitch.clear().insert(anyPacket(plane), ...entriesOf(2));
  assert.equal([testSwitch.send(UDP, 9).port, testSwitch.send(UDP, 9).recirculations], [undefined, 1]);
  testSwitch.insert(rpbEntry(plane, 3, 'forward', [12], { pass: 1 }));
  assert.is(testSwitch.send(UDP, 9).port, 12);
});

for (const [name, rpb] of [
  ['ingress', 3],
  ['egress', 13],
] as const) {
  test(`a packet dropped in ${name} never recirculates`, () => {
    testSwitch.clear().insert(anyPacket(plane), ...entriesOf(2), rpbEntry(plane, rpb, 'drop'));
    testSwitch.insert(rpbEntry(plane, 8, 'salu_add_sub', [], { pass: 1 }));
    const { port, recirculations } = testSwitch.send(UDP);
    assert.equal([port, recirculations], [undefined, 0]);
  });

  test(`a packet dropped in ${name} of the second pass does not recirculate again`, () => {
    testSwitch.clear().insert(anyPacket(plane), ...entriesOf(3), rpbEntry(plane, rpb, 'drop', [], { pass: 1 }));
    const { port, recirculations } = testSwitch.send(UDP);
    assert.equal([port, recirculations], [undefined, 1]);
  });
}

test('what the first pass writes to the packet, the second reads', () => {
  testSwitch.clear().insert(anyPacket(plane), ...entriesOf(2));
  testSwitch.insert(
    rpbEntry(plane, 1, 'loadi_sar', [0xdeadbeef]),
    rpbEntry(plane, 2, 'modify_hdrl5key3_sar'),
    rpbEntry(plane, 20, 'loadi_sar', [0]),
    rpbEntry(plane, 2, 'extract_hdrl5key3_sar', [], { pass: 1 }),
    rpbEntry(plane, 3, 'modify_hdripv4dst_sar', [], { pass: 1 }),
  );
  const { bytes } = testSwitch.send(UDP);
  assert.equal([...bytes.subarray(30, 34)], [0xde, 0xad, 0xbe, 0xef]);
  assert.equal(checksumsOf(bytes), { ipv4: true, transport: true });
});

for (const name of ['default', 'published']) {
  test(`${name}: no endless loop, with any entries`, () => {
    const endless = dataPlaneFromJson({ extends: name, name: 'endless', init: { onEveryPass: false } });
    const target = new TestSwitch(endless).insert(filterEntry(endless, 'L4', 1));
    const { recirculationIdBits } = endless.description.state;
    for (let pass = 0; pass < 2 ** recirculationIdBits; pass++) {
      const entry = recirculationEntry('middle', 1, pass);
      if (target.refusal('insertEntry', entry) !== undefined) break;
      target.insert(rpbEntry(endless, 1, 'loadi_har', [pass], { pass }));
    }
    const { port, recirculations } = target.send(UDP);
    assert.is(port, EGRESS_PORT);
    assert.ok(recirculations >= 2 ** Math.min(5, recirculationIdBits) - 1 && recirculations <= 32, `${recirculations}`);
  });
}

test('published: its init block drops recirculated packets, forwarded or not', () => {
  const published = dataPlane('published');
  const target = new TestSwitch(published).insert(filterEntry(published, 'L4', 1), ...entriesOf(2));
  target.insert(rpbEntry(published, 2, 'forward', [7]), rpbEntry(published, 3, 'forward', [8], { pass: 1 }));
  target.insert(rpbEntry(published, 4, 'loadi_sar', [1], { pass: 1 }));
  target.insert(rpbEntry(published, 5, 'salu_add_sub', [], { pass: 1 }));
  const { port, recirculations } = target.send(UDP);
  assert.equal([port, recirculations], [undefined, 1]);
  assert.is(target.emulator.memory.range(5, 0, 1)[0], 1, 'it finishes its ingress');
});

test('published: default forwarding of the recirculation port lets them through', () => {
  const published = dataPlane('published');
  const target = new TestSwitch(published).insert(filterEntry(published, 'L4', 1), ...entriesOf(2));
  target.insert(defaultForwardEntry(published, 68, 33));
  assert.equal([target.send(UDP).port, target.send(UDP).recirculations], [33, 1]);
});

test('published: a packet that its first pass made another program runs that one in its second', () => {
  const published = dataPlane('published');
  const target = new TestSwitch(published).insert(
    defaultForwardEntry(published, 68, 33),
    filterEntry(published, 'L4', 1, { 'hdr.ipv4.dst': [0x0a000002, ALL] }),
    filterEntry(published, 'L4', 2, { 'hdr.ipv4.dst': [5, ALL] }),
    recirculationEntry('first', 1, 0),
    rpbEntry(published, 1, 'loadi_sar', [5]),
    rpbEntry(published, 2, 'modify_hdripv4dst_sar'),
    rpbEntry(published, 3, 'forward', [8], { pass: 1 }),
    rpbEntry(published, 3, 'forward', [9], { pass: 1, program: 2 }),
  );
  assert.is(target.send(UDP).port, 9);
});

test.run();
