/** Tables without packets: what a packet would find in them is what it finds in a switch. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIXED_NAMES } from '../../compiler/index.js';
import { Phv, Switch, SwitchTables, TargetError } from '../../sim/index.js';
import { dataPlane, filterEntry, recirculationEntry, rpbEntry } from './test-switch.js';

const plane = dataPlane('default');
const ENTRIES = [
  filterEntry(plane, 'L2', 7),
  rpbEntry(plane, 3, 'loadi_sar', [1], { program: 7, priority: 2 }),
  rpbEntry(plane, 3, 'loadi_sar', [2], { program: 7, priority: 1, registers: { har: [5, 0xff] } }),
  recirculationEntry('first', 7, 0),
];

function filled(): SwitchTables {
  const tables = new SwitchTables(plane);
  for (const entry of ENTRIES) tables.apply({ kind: 'insertEntry', entry });
  return tables;
}

/** A packet of program 7 in its first pass, with all headers. */
function packet(har: number): Phv {
  const phv = new Phv(plane.headers.length);
  phv.programId = 7;
  phv.registers[0] = har;
  phv.headerStart.fill(0);
  return phv;
}

test('look-ups find the entries', () => {
  const { init, rpbs, recirculation } = filled();
  assert.is(init.classify(packet(0)), 7);
  assert.is(rpbs.entryFor(packet(5), 2)?.instruction.immediate, 2, 'the lower priority number wins');
  assert.is(rpbs.entryFor(packet(6), 2)?.instruction.immediate, 1);
  assert.is(rpbs.entryFor(packet(5), 3), undefined);
  assert.equal(
    [0, 1].map((pass) => recirculation.recirculates(7, pass)),
    [true, false],
  );
});

test('what is deleted is not found, what is replaced is found in its place', () => {
  const tables = filled();
  const [filter, low, high, recirculation] = ENTRIES;
  if (filter === undefined || low === undefined || high === undefined || recirculation === undefined) {
    throw new Error('there are four entries');
  }
  tables.apply({ kind: 'deleteEntry', entry: filter });
  tables.apply({ kind: 'deleteEntry', entry: recirculation });
  tables.apply({
    kind: 'replaceEntry',
    before: low,
    entry: rpbEntry(plane, 3, 'loadi_sar', [9], { program: 7, priority: 2 }),
  });
  assert.is(tables.init.classify(packet(0)), 0);
  assert.not(tables.recirculation.recirculates(7, 0));
  assert.is(tables.rpbs.entryFor(packet(6), 2)?.instruction.immediate, 9);
  assert.is(tables.entryCount(low.table), 2);
  assert.is(tables.entryCount(FIXED_NAMES.recirculationTable), 0);
});

test('a refused replacement leaves the tables as they were', () => {
  const tables = filled();
  const before = tables.entries();
  const low = rpbEntry(plane, 3, 'loadi_sar', [1], { program: 7, priority: 2 });
  const wrong = { ...low, action: `${plane.rpb(3).control}.no_such_action` };
  assert.throws(
    () => tables.apply({ kind: 'replaceEntry', before: low, entry: wrong }),
    (error: unknown) => error instanceof TargetError && error.code === 'unknown-action',
  );
  assert.equal(new Set(tables.entries()), new Set(before));
  assert.is(tables.rpbs.entryFor(packet(6), 2)?.instruction.immediate, 1);
});

test('the entries of tables, inserted into a switch, are those of the switch', () => {
  const tables = filled();
  const emulator = new Switch(plane);
  for (const entry of tables.entries()) emulator.apply({ kind: 'insertEntry', entry });
  assert.equal(emulator.entries(), tables.entries());
  assert.is(emulator.tables.init.classify(packet(0)), tables.init.classify(packet(0)));
});

test('several pipes share no memory with another switch', () => {
  const { buffer } = new Switch(plane).memory;
  assert.throws(() => new Switch(plane, { memory: buffer, pipes: 2 }), /several pipes/);
});

test.run();
