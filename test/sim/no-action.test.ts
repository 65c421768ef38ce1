/** Entries that do nothing: they keep others of less priority from a packet. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIXED_NAMES, NO_ACTION, type TableEntry } from '../../compiler/index.js';
import { frame } from './frames.js';
import {
  anyPacket,
  dataPlane,
  EGRESS_PORT,
  filterEntry,
  recirculationEntry,
  rpbEntry,
  TestSwitch,
} from './test-switch.js';

const UDP = frame({ udp: { dst: 7 } });
const doingNothing = (entry: TableEntry): TableEntry => ({ ...entry, action: NO_ACTION, parameters: [] });

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`${engine}: in an RPB, where the registers are as it says`, () => {
    const plane = dataPlane('default');
    const testSwitch = new TestSwitch(plane, engine);
    testSwitch.insert(
      anyPacket(plane),
      rpbEntry(plane, 2, 'forward', [9], { priority: 2 }),
      doingNothing(rpbEntry(plane, 2, 'drop', [], { priority: 1, registers: { har: [5, 0xffffffff] } })),
    );
    assert.is(testSwitch.send(UDP).port, 9);
    testSwitch.insert(rpbEntry(plane, 1, 'loadi_har', [5]));
    assert.is(testSwitch.send(UDP).port, EGRESS_PORT);
    // Alone in its cell, it does nothing either.
    testSwitch.insert(doingNothing(rpbEntry(plane, 3, 'drop')));
    assert.is(testSwitch.send(UDP).port, EGRESS_PORT);
  });

  test(`${engine}: a filter of published that does nothing ends the look-up without a program`, () => {
    const plane = dataPlane('published');
    const testSwitch = new TestSwitch(plane, engine);
    const to7 = { 'hdr.l4_port.dst_port': [7, 0xffff] } as const;
    testSwitch.insert(filterEntry(plane, 'L4', 3, {}, 2));
    assert.is(testSwitch.send(UDP).program, 3);
    testSwitch.insert(doingNothing(filterEntry(plane, 'L4', 1, to7, 1)));
    assert.is(testSwitch.send(UDP).program, 0);
    assert.is(testSwitch.send(frame({ udp: { dst: 8 } })).program, 3);
  });
}

test('filters of other data planes cannot: there that is what packets meet that none matches', () => {
  for (const name of ['default', 'tofino1']) {
    const plane = dataPlane(name);
    const entry = doingNothing(filterEntry(plane, 'L4', 1));
    assert.is(new TestSwitch(plane).refusal('insertEntry', entry), 'unknown-action', name);
  }
});

test('set_egress_port lets a packet leave, as where no entry matches', () => {
  const plane = dataPlane('default');
  const testSwitch = new TestSwitch(plane);
  const leaving = { ...recirculationEntry('last', 1, 1), action: FIXED_NAMES.setEgressPort };
  testSwitch.insert(anyPacket(plane), recirculationEntry('first', 1, 0), leaving);
  const { port, recirculations } = testSwitch.send(UDP);
  assert.equal([port, recirculations], [EGRESS_PORT, 1]);
});

test.run();
