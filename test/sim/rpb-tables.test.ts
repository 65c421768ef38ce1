import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RPB_KEYS, type TableEntry } from '../../compiler/index.js';
import { frame } from './frames.js';
import {
  dataPlane,
  filterEntry,
  property,
  recirculationEntry,
  rpbEntry,
  TestSwitch,
  type Where,
} from './test-switch.js';

const plane = dataPlane('default');
const testSwitch = new TestSwitch(plane);

const UDP = frame({ udp: {}, l5: [1, 2, 3, 4] });
/** RPBs that the random entries go to: two of the ingress and two of the egress. */
const RPBS = [5, 8, 11, 20];
const registerValues = fc.constantFrom(0, 1, 2, 3, 0x80000000, 0xffffffff);
const matches = fc.tuple(registerValues, fc.constantFrom(0, 1, 3, 0x80000000, 0xffffffff));
const branchIds = fc.constantFrom(0, 1, 2, 3, 5, 0x800, 0xfff);
const places: fc.Arbitrary<Where> = fc.record(
  {
    program: fc.constantFrom(1, 2),
    branch: branchIds,
    branchMask: fc.constantFrom(0, 1, 3, 0xfff, 0x800),
    pass: fc.constantFrom(0, 0, 1, 2),
    priority: fc.nat(3),
    registers: fc.record({ har: matches, sar: matches, mar: matches }, { requiredKeys: [] }),
  },
  { requiredKeys: ['program', 'priority', 'pass'] },
);
const actions = fc.oneof(
  fc.tuple(fc.constantFrom('loadi_har', 'loadi_sar', 'loadi_mar'), registerValues),
  fc.tuple(fc.constant('set_branch_id'), branchIds),
);
const entries = fc
  .tuple(fc.constantFrom(...RPBS), actions, places)
  .map(([rpb, [action, parameter], where]) => rpbEntry(plane, rpb, action, [parameter], where));

interface Start {
  readonly program: number;
  readonly passes: number;
  readonly registers: readonly [har: number, sar: number, mar: number];
  readonly branch: number;
}
const starts: fc.Arbitrary<Start> = fc.record({
  program: fc.constantFrom(1, 2),
  passes: fc.integer({ min: 1, max: 3 }),
  registers: fc.tuple(registerValues, registerValues, registerValues),
  branch: branchIds,
});

type State = Record<'har' | 'sar' | 'mar' | 'branch', number>;

const keyMatches = (entry: TableEntry, values: Readonly<Record<string, number>>): boolean =>
  entry.key.every((field) => {
    const mask = field.match === 'ternary' ? field.mask : 0xffffffff;
    return (((values[field.name] ?? 0) ^ field.value) & mask) === 0;
  });

/** What a pipe of these entries does to registers and branch id, by scanning every table in every pass. */
function scan(list: readonly TableEntry[], start: Start): State {
  const [har, sar, mar] = start.registers;
  const state: State = { har, sar, mar, branch: start.branch };
  for (let pass = 0; pass < start.passes; pass++) {
    for (const rpb of RPBS) {
      const values = {
        [RPB_KEYS.program]: start.program,
        [RPB_KEYS.recirculation]: pass,
        [RPB_KEYS.branch]: state.branch,
        [RPB_KEYS.har]: state.har,
        [RPB_KEYS.sar]: state.sar,
        [RPB_KEYS.mar]: state.mar,
      };
      const candidates = list.filter(({ table }) => table === plane.rpb(rpb).table);
      const matching = candidates.filter((entry) => keyMatches(entry, values));
      const best = Math.min(...matching.map(({ priority }) => priority));
      const hit = matching.find(({ priority }) => priority === best);
      if (hit === undefined) continue;
      const place = /loadi_(har|sar|mar)$/.exec(hit.action)?.[1] ?? 'branch';
      state[place as keyof State] = hit.parameters[0]?.value ?? 0;
    }
  }
  return state;
}

/** Entries that bring packets to a start and, in RPB 22 of the last pass, drop those that end in a state. */
function harness({ program, passes, registers: [har, sar, mar], branch }: Start, end: State): TableEntry[] {
  const all = 0xffffffff;
  const where = { program, priority: 9 };
  return [
    filterEntry(plane, 'L4', program),
    rpbEntry(plane, 1, 'loadi_har', [har], where),
    rpbEntry(plane, 2, 'loadi_sar', [sar], where),
    rpbEntry(plane, 3, 'loadi_mar', [mar], where),
    rpbEntry(plane, 4, 'set_branch_id', [branch], where),
    ...Array.from({ length: passes - 1 }, (_, pass) => recirculationEntry('first', program, pass)),
    rpbEntry(plane, 22, 'drop', [], {
      ...where,
      branch: end.branch,
      pass: passes - 1,
      registers: { har: [end.har, all], sar: [end.sar, all], mar: [end.mar, all] },
    }),
  ];
}

function endsIn(start: Start, end: State): boolean {
  const entriesOfHarness = harness(start, end);
  testSwitch.insert(...entriesOfHarness);
  const { port, recirculations } = testSwitch.send(UDP);
  testSwitch.delete(...entriesOfHarness);
  assert.is(recirculations, start.passes - 1);
  return port === undefined;
}

type Command =
  | { readonly kind: 'insert'; readonly entry: TableEntry }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'look up'; readonly start: Start };
const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('insert' as const), entry: entries }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat(1000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('look up' as const), start: starts }) },
);

test('look-up against a scan of all entries', () => {
  fc.assert(
    fc.property(fc.array(commands, { minLength: 20, maxLength: 80 }), (list) => {
      testSwitch.clear();
      const installed: TableEntry[] = [];
      for (const command of list) {
        if (command.kind === 'insert') {
          if (testSwitch.refusal('insertEntry', command.entry) === undefined) installed.push(command.entry);
        } else if (command.kind === 'delete') {
          const [entry] = installed.splice(command.which % Math.max(1, installed.length), 1);
          if (entry !== undefined) testSwitch.delete(entry);
        } else {
          const end = scan(installed, command.start);
          assert.ok(endsIn(command.start, end), `not ${JSON.stringify(end)}`);
          assert.not.ok(endsIn(command.start, { ...end, sar: (end.sar ^ 4) >>> 0 }));
        }
      }
      for (const rpb of RPBS) {
        const { table } = plane.rpb(rpb);
        assert.is(testSwitch.emulator.entryCount(table), installed.filter((entry) => entry.table === table).length);
      }
    }),
    property(200),
  );
});

test('equal priorities: the entry that came first', () => {
  const first = rpbEntry(plane, 4, 'forward', [10], { registers: { har: [0, 1] } });
  const second = rpbEntry(plane, 4, 'forward', [11], { registers: { sar: [0, 1] } });
  testSwitch.clear().insert(filterEntry(plane, 'L4', 1), first, second);
  assert.is(testSwitch.send(UDP).port, 10);
  testSwitch.delete(first);
  assert.is(testSwitch.send(UDP).port, 11, 'a deletion counts at once');
  testSwitch.insert(first);
  assert.is(testSwitch.send(UDP).port, 11);
});

test('an exact register key is one with all its bits, and keys of registers may be left out', () => {
  const entry = rpbEntry(plane, 4, 'forward', [10]);
  const key = entry.key.filter(({ name }) => !name.startsWith('hdr.meta.reg'));
  testSwitch.clear().insert(filterEntry(plane, 'L4', 1), { ...entry, key });
  assert.is(testSwitch.send(UDP).port, 10);
  const exact = rpbEntry(plane, 5, 'forward', [11]);
  testSwitch.insert({ ...exact, key: [...key, { name: RPB_KEYS.sar, match: 'exact', value: 0 }] });
  assert.is(testSwitch.send(UDP).port, 11);
  testSwitch.insert(rpbEntry(plane, 1, 'loadi_sar', [0x80000000]));
  assert.is(testSwitch.send(UDP).port, 10);
});

test('a full table of one program: every entry is found', () => {
  testSwitch.clear().insert(filterEntry(plane, 'L4', 1), rpbEntry(plane, 1, 'extract_hdrl5key1_har'));
  for (let i = 0; i < 2048; i++) {
    testSwitch.insert(rpbEntry(plane, 2, 'forward', [i % 512], { registers: { har: [i, 0xffffffff] }, priority: i }));
  }
  for (const i of [0, 1, 511, 1024, 2047]) {
    assert.is(testSwitch.send(frame({ udp: {}, l5: [0, i, 0, 0] })).port, i % 512);
  }
  assert.is(testSwitch.send(frame({ udp: {}, l5: [0, 2048, 0, 0] })).port, 2);
  assert.is(testSwitch.refusal('insertEntry', rpbEntry(plane, 2, 'drop', [], { priority: 5000 })), 'no-space');
  assert.is(testSwitch.refusal('insertEntry', rpbEntry(plane, 3, 'drop', [], { branch: 9 })), undefined);
});

test.run();
