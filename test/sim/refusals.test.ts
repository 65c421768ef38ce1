/** What a switch refuses, why, and that a refused operation changes nothing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry, FIXED_NAMES, type KeyField, RPB_KEYS, type TableEntry } from '../../compiler/index.js';
import { InProcessTarget, Switch, TargetError, type TargetErrorCause } from '../../sim/index.js';
import { frame } from './frames.js';
import {
  dataPlane,
  EGRESS_PORT,
  filterEntry,
  recirculationEntry,
  rpbEntry,
  smallDataPlane,
  TestSwitch,
} from './test-switch.js';

const ENTRIES = 3;
/** `default` with tables of three entries. */
const plane = smallDataPlane(({ rpbs, init, recirculation }) => ({
  rpbs: Object.fromEntries(Object.entries(rpbs).map(([number, rpb]) => [number, { ...rpb, entries: ENTRIES }])),
  init: {
    ...init,
    forwardEntries: ENTRIES,
    filters: init.filters.map((filter) => ({ ...filter, entries: ENTRIES })),
  },
  recirculation: { ...recirculation, entries: ENTRIES },
}));
const published = dataPlane('published');

const rpb = rpbEntry(plane, 4, 'loadi_har', [7]);
const filter = filterEntry(plane, 'L4', 1, { 'hdr.ipv4.src': [1, 0xffffffff] });
const macFilter = filterEntry(plane, 'L2', 1);
const recirculation = recirculationEntry('first', 1, 0);
const forward = defaultForwardEntry(plane, 5, 6);

/** The entry with one field of its key put in place of the one of that name, or added. */
const withKey = (entry: TableEntry, field: KeyField): TableEntry => ({
  ...entry,
  key: [...entry.key.filter(({ name }) => name !== field.name), field],
});
const exact = (name: string, value: number): KeyField => ({ name, match: 'exact', value });
const ternary = (name: string, value: number, mask: number): KeyField => ({ name, match: 'ternary', value, mask });
const without = (entry: TableEntry, name: string): TableEntry => ({
  ...entry,
  key: entry.key.filter((field) => field.name !== name),
});
const withParameters = (entry: TableEntry, ...parameters: readonly (readonly [string, number])[]): TableEntry => ({
  ...entry,
  parameters: parameters.map(([name, value]) => ({ name, value })),
});
const PORT = 'ig_intr_md.ingress_port';
const offset = rpbEntry(plane, 4, 'address_translation_offset', [1, 1]);

const ROWS: readonly (readonly [reason: TargetErrorCause, name: string, entry: TableEntry])[] = [
  ['unknown-table', 'no such table', { ...rpb, table: 'SwitchIngress.rpb23.tb_operation' }],
  ['unknown-table', 'an egress RPB in ingress', { ...rpb, table: 'SwitchIngress.rpb11.tb_operation' }],
  ['unknown-table', 'an empty name', { ...rpb, table: '' }],
  ['unknown-action', 'no such action', { ...rpb, action: 'SwitchIngress.rpb4.jump' }],
  ['unknown-action', 'an action of another RPB', { ...rpb, action: 'SwitchIngress.rpb5.loadi_har' }],
  ['unknown-action', 'an action without its control', { ...rpb, action: 'loadi_har' }],
  ['unknown-action', 'an ingress action in egress', rpbEntry(plane, 11, 'forward', [1])],
  ['unknown-action', 'a filter with the action of an RPB', { ...filter, action: rpb.action }],
  ['unknown-action', 'forwarding with another action', { ...forward, action: FIXED_NAMES.setProgram }],
  ['unknown-action', 'recirculation with another action', { ...recirculation, action: 'SwitchIngress.rec.once' }],
  ['unknown-field', 'RPB: an unknown key', withKey(rpb, exact('hdr.ipv4.src', 1))],
  ['unknown-field', 'RPB: no program id', without(rpb, RPB_KEYS.program)],
  ['unknown-field', 'RPB: no branch id', without(rpb, RPB_KEYS.branch)],
  ['unknown-field', 'RPB: no recirculation id', without(rpb, RPB_KEYS.recirculation)],
  ['unknown-field', 'RPB: bits of the program id left open', withKey(rpb, ternary(RPB_KEYS.program, 1, 0xff))],
  ['unknown-field', 'RPB: bits of the pass left open', withKey(rpb, ternary(RPB_KEYS.recirculation, 0, 0))],
  ['unknown-field', 'RPB: no parameter', withParameters(rpb)],
  ['unknown-field', 'RPB: another parameter', withParameters(rpb, ['j', 7])],
  ['unknown-field', 'RPB: a parameter too many', withParameters(rpb, ['i', 7], ['j', 7])],
  ['unknown-field', 'filter: a key of another table', withKey(filter, ternary('hdr.tunnel.dst_id', 1, 1))],
  ['unknown-field', 'filter: no program', withParameters(filter)],
  ['unknown-field', 'filter: a parameter too many', withParameters(filter, ['flow_id', 1], ['port', 1])],
  ['unknown-field', 'forwarding: no key', { ...forward, key: [] }],
  ['unknown-field', 'forwarding: another key', { ...forward, key: [exact('hdr.ipv4.ttl', 5)] }],
  ['unknown-field', 'forwarding: no port', withParameters(forward)],
  ['unknown-field', 'forwarding: another parameter', withParameters(forward, ['i', 6])],
  ['unknown-field', 'recirculation: no pass', without(recirculation, RPB_KEYS.recirculation)],
  ['unknown-field', 'recirculation: a branch id', withKey(recirculation, exact(RPB_KEYS.branch, 0))],
  ['unknown-field', 'recirculation: a parameter', withParameters(recirculation, ['port', 68])],
  ['wrong-width', 'RPB: program id of 17 bits', withKey(rpb, exact(RPB_KEYS.program, 0x10000))],
  ['wrong-width', 'RPB: branch id of 13 bits', withKey(rpb, exact(RPB_KEYS.branch, 0x1000))],
  ['wrong-width', 'RPB: branch mask of 13 bits', withKey(rpb, ternary(RPB_KEYS.branch, 0, 0x1fff))],
  ['wrong-width', 'RPB: pass of 5 bits', withKey(rpb, exact(RPB_KEYS.recirculation, 16))],
  ['wrong-width', 'RPB: a negative branch id', withKey(rpb, exact(RPB_KEYS.branch, -1))],
  ['wrong-width', 'RPB: half a program', withKey(rpb, exact(RPB_KEYS.program, 1.5))],
  ['wrong-width', 'RPB: register value of 33 bits', withKey(rpb, ternary(RPB_KEYS.har, 2 ** 32, 0xffffffff))],
  ['wrong-width', 'RPB: register mask of 33 bits', withKey(rpb, ternary(RPB_KEYS.sar, 0, 2 ** 32))],
  ['wrong-width', 'RPB: a negative register value', withKey(rpb, ternary(RPB_KEYS.mar, -1, 0xffffffff))],
  ['wrong-width', 'RPB: immediate of 33 bits', withParameters(rpb, ['i', 2 ** 32])],
  ['wrong-width', 'RPB: a negative immediate', withParameters(rpb, ['i', -1])],
  ['wrong-width', 'RPB: half an immediate', withParameters(rpb, ['i', 0.5])],
  ['wrong-width', 'RPB: no number', withParameters(rpb, ['i', Number.NaN])],
  ['wrong-width', 'RPB: branch id as a parameter', rpbEntry(plane, 4, 'set_branch_id', [0x1000])],
  ['wrong-width', 'RPB: port of 10 bits', rpbEntry(plane, 4, 'forward', [512])],
  ['wrong-width', 'RPB: flag of 9 bits', withParameters(offset, ['offset', 1], ['flag', 256])],
  ['wrong-width', 'filter: address of 33 bits', withKey(filter, ternary('hdr.ipv4.src', 2 ** 32, 1))],
  ['wrong-width', 'filter: mask of 9 bits on 8', withKey(filter, ternary('hdr.ipv4.protocol', 0, 256))],
  ['wrong-width', 'filter: a negative mask', withKey(filter, ternary('hdr.ipv4.protocol', 0, -1))],
  ['wrong-width', 'filter: MAC address of 49 bits', withKey(macFilter, ternary('hdr.ethernet.src', 2 ** 48, 1))],
  ['wrong-width', 'filter: program id of 17 bits', withParameters(filter, ['flow_id', 0x10000])],
  ['wrong-width', 'filter: ingress port of 10 bits', withKey(filter, ternary(PORT, 512, 1))],
  ['wrong-width', 'forwarding: from a port of 10 bits', defaultForwardEntry(plane, 512, 1)],
  ['wrong-width', 'forwarding: to a port of 10 bits', defaultForwardEntry(plane, 5, 512)],
  ['wrong-width', 'forwarding: to a negative port', defaultForwardEntry(plane, 5, -1)],
  ['wrong-width', 'recirculation: program id of 17 bits', recirculationEntry('first', 0x10000, 0)],
  ['wrong-width', 'recirculation: pass of 5 bits', recirculationEntry('first', 1, 16)],
  ['wrong-width', 'a negative priority', { ...rpb, priority: -1 }],
  ['wrong-width', 'a priority of 33 bits', { ...filter, priority: 2 ** 32 }],
];

const testSwitch = new TestSwitch(plane);
const TABLES = [rpb, filter, macFilter, recirculation, forward].map(({ table }) => table);
const counts = (): number[] => TABLES.map((table) => testSwitch.emulator.entryCount(table));
const PACKETS = [{}, { tcp: {} }, { udp: {}, l5: [1, 2, 3, 4] }].map(frame);
const behaviour = () => [1, 5, 9].flatMap((port) => PACKETS.map((packet) => testSwitch.send(packet, port)));

for (const [reason, name, entry] of ROWS) {
  test(`${reason}: ${name}`, () => {
    testSwitch.clear().insert(filterEntry(plane, 'L4', 1, {}, 1), rpbEntry(plane, 5, 'forward', [9]));
    const before = [counts(), behaviour()];
    assert.is(testSwitch.refusal('insertEntry', entry), reason);
    assert.equal([counts(), behaviour()], before);
  });
}

const KINDS: readonly (readonly [table: string, at: (i: number) => TableEntry])[] = [
  ['an RPB', (i) => rpbEntry(plane, 22, 'loadi_har', [i], { priority: i })],
  ['a filter table', (i) => filterEntry(plane, 'L4', i + 1, {}, i)],
  ['the recirculation table', (i) => recirculationEntry('first', i + 1, 0)],
  ['the forwarding table', (i) => defaultForwardEntry(plane, 100 + i, i)],
];
for (const [name, at] of KINDS) {
  test(`${name}: full, duplicate, absent`, () => {
    testSwitch.clear();
    const { table } = at(0);
    const room = ENTRIES - testSwitch.emulator.entryCount(table);
    for (let i = 0; i < room; i++) assert.is(testSwitch.refusal('insertEntry', at(i)), undefined);
    assert.is(testSwitch.refusal('insertEntry', at(room)), 'no-space');
    assert.is(testSwitch.refusal('deleteEntry', at(room)), 'not-found');
    assert.is(testSwitch.emulator.entryCount(table), ENTRIES);
    testSwitch.delete(at(0));
    assert.is(testSwitch.refusal('deleteEntry', at(0)), 'not-found');
    assert.is(testSwitch.refusal('insertEntry', at(1)), 'already-exists');
    assert.is(testSwitch.emulator.entryCount(table), ENTRIES - 1);
    assert.is(testSwitch.refusal('insertEntry', at(0)), undefined);
    for (let i = 0; i < room; i++) testSwitch.delete(at(i));
  });
}

test('an entry is found by key and priority, in any order the key is written', () => {
  testSwitch.clear().insert(rpb);
  const reversed = { ...withParameters(rpb, ['i', 8]), key: [...rpb.key].reverse() };
  assert.is(testSwitch.refusal('insertEntry', reversed), 'already-exists');
  assert.is(testSwitch.refusal('deleteEntry', { ...rpb, priority: 1 }), 'not-found');
  testSwitch.delete(reversed);
  assert.is(testSwitch.emulator.entryCount(rpb.table), 0);
  testSwitch.insert(rpb, { ...rpb, priority: 1 });
  assert.is(testSwitch.emulator.entryCount(rpb.table), 2);
});

test('exact tables know no priority', () => {
  testSwitch.clear().insert(forward, recirculation);
  assert.is(testSwitch.refusal('insertEntry', { ...forward, priority: 1 }), 'already-exists');
  assert.is(testSwitch.refusal('insertEntry', { ...recirculationEntry('last', 1, 0), priority: 7 }), 'already-exists');
  assert.is(testSwitch.send(frame(), 5).port, 6);
  testSwitch.delete({ ...forward, priority: 3 }, { ...recirculation, priority: 3 });
  assert.is(testSwitch.send(frame(), 5).port, undefined);
  assert.equal(
    [forward, recirculation].map(({ table }) => testSwitch.emulator.entryCount(table)),
    [1, 0],
  );
  testSwitch.clear();
});

test('published: branch ids are matched exactly', () => {
  const entry = rpbEntry(published, 4, 'loadi_har', [7]);
  const target = new TestSwitch(published);
  assert.is(target.refusal('insertEntry', withKey(entry, ternary(RPB_KEYS.branch, 0, 1))), 'unknown-field');
  assert.is(target.refusal('insertEntry', withKey(entry, ternary(RPB_KEYS.branch, 0, 0xff))), undefined);
  assert.is(target.refusal('insertEntry', rpbEntry(published, 4, 'backup')), 'unknown-action');
  assert.is(target.refusal('insertEntry', rpbEntry(published, 12, 'drop')), 'unknown-action');
});

test('memory that is not there', () => {
  const { emulator } = testSwitch;
  const reset = (rpbNumber: number, base: number, buckets: number): TargetErrorCause | undefined => {
    try {
      emulator.apply({ kind: 'resetMemory', rpb: rpbNumber, base, buckets });
    } catch (error) {
      if (error instanceof TargetError) return error.code;
    }
    return undefined;
  };
  emulator.memory.words.fill(1);
  assert.equal([reset(0, 0, 1), reset(23, 0, 1)], ['unknown-table', 'unknown-table']);
  for (const [base, buckets] of [
    [65536, 1],
    [65535, 2],
    [-1, 2],
    [0, 65537],
    [0.5, 1],
    [0, -1],
  ] as const) {
    assert.is(reset(1, base, buckets), 'out-of-range', `${base}, ${buckets}`);
  }
  assert.ok(emulator.memory.words.every((word) => word === 1));
  assert.is(reset(2, 65534, 2), undefined);
  assert.is(emulator.memory.words.indexOf(0), 2 * 65536 - 2);
  assert.is(emulator.memory.words.lastIndexOf(0), 2 * 65536 - 1);
  emulator.memory.words.fill(0);
});

test('the count of an unknown table', () => {
  assert.throws(
    () => testSwitch.emulator.entryCount('SwitchIngress.rpb99.tb_operation'),
    (error: unknown) => error instanceof TargetError && error.code === 'unknown-table',
  );
});

test('as a target: operations before a refused one have been made, those behind it have not', async () => {
  const target = new InProcessTarget(new Switch(plane));
  const insert = (entry: TableEntry) => ({ kind: 'insertEntry', entry }) as const;
  const list = [insert(rpb), insert({ ...rpb, table: 'nowhere' }), insert(filter)];
  let reason: string | undefined;
  await target.apply(list).catch((error: unknown) => {
    if (error instanceof TargetError) reason = error.code;
  });
  assert.is(reason, 'unknown-table');
  assert.equal([await target.entryCount(rpb.table), await target.entryCount(filter.table)], [1, 0]);
  await target.writeMemory(3, 10, [5, 6]);
  const [read] = await target.readMemory(3, 9, 4);
  read?.fill(0);
  assert.equal(await target.readMemory(3, 9, 4), [Uint32Array.of(0, 5, 6, 0)], 'what is read is a copy');
  assert.equal(target.dataPlane.hash, plane.hash);
});

test('after all of this the switch forwards as before', () => {
  testSwitch.clear();
  assert.equal([testSwitch.send(frame()).port, testSwitch.send(frame(), 2).port], [EGRESS_PORT, undefined]);
});

test.run();
