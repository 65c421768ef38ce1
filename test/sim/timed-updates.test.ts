/** Updates while packets are in the pipe: what each packet finds where, and mixtures of two programs, which are caught. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeCases } from '../../compiler/change/change-cases.js';
import {
  analyse,
  type CompiledProgram,
  defaultForwardEntry,
  installOperations,
  link,
  lower,
  type Operation,
  type Program,
  revokeOperations,
  SwitchState,
} from '../../compiler/index.js';
import { type EngineName, lineBytes, type PlayedUpdate, type TimedUpdate, UpdatePlayer } from '../../sim/index.js';
import { itemAt } from '../item-at.js';
import { frame } from './frames.js';
import { anyPacket, dataPlane, EGRESS_PORT, INGRESS_PORT, rpbEntry } from './test-switch.js';
import { type Coming, type TimedOutcome, type TimedRunOptions, timedRun } from './timed-run.js';
import { MARKS_IN_TWO_PASSES } from './two-passes.js';

const plane = dataPlane('default');
const NS = 1000;
const CYCLE_PS = 1e12 / plane.description.timing.clockHz;
const FORWARDING: Operation = {
  kind: 'insertEntry',
  entry: defaultForwardEntry(plane, INGRESS_PORT, EGRESS_PORT),
};

interface Played extends TimedOutcome {
  readonly updates: readonly PlayedUpdate[];
}

interface PlayOptions extends TimedRunOptions {
  /** In the switch before the first packet, beside default forwarding. */
  readonly before?: readonly Operation[];
  readonly psPerOperation?: number;
}

function play(packets: readonly Coming[], updates: readonly TimedUpdate[], options: PlayOptions = {}): Played {
  const { before = [], psPerOperation = 0, ...rest } = options;
  let player: UpdatePlayer | undefined;
  const outcome = timedRun(plane, packets, {
    ...rest,
    prepare(emulator, driver) {
      for (const operation of before) emulator.apply(operation);
      player = new UpdatePlayer(emulator, [FORWARDING, ...before], updates, psPerOperation);
      driver.playUpdates(player);
    },
  });
  return { ...outcome, updates: player?.played ?? [] };
}

const update = (operations: readonly Operation[], atPs = 0): TimedUpdate => ({
  name: 'u',
  atPs,
  memory: [],
  operations,
});

/** Two passes and branches; which program ran, and whether all of it, shows in port and bytes. */
const source = (first: number, more: string): string => `
program p(<hdr.udp.dst_port, 7777, 0xffff>) {
  EXTRACT(hdr.l5.op, har);
  BRANCH:
    case(<har, 1, 0xffffffff>) {
      FORWARD(${first});
      ${MARKS_IN_TWO_PASSES}
      FORWARD(16);
      RETURN;
      FORWARD(${first});
    }${more};
  DROP;
}
`;
const MORE = `
    case(<har, 2, 0xffffffff>) {
      FORWARD(31);
      LOADI(sar, 0x2222);
      MODIFY(hdr.l5.key3, sar);
    }`;

function programOf(text: string): { program: Program; sourceHash: string } {
  const { programs, sourceHash, diagnostics } = analyse(text, plane);
  const [program] = programs;
  if (program === undefined) throw new Error(JSON.stringify(diagnostics));
  return { program, sourceHash };
}

function compiled(text: string): CompiledProgram {
  const { program, sourceHash } = programOf(text);
  return link(lower(program, plane, 2), new SwitchState(plane), sourceHash);
}

const small = compiled(source(11, ''));
const request = (op: number): Uint8Array => frame({ udp: {}, l5: [op, 5, 6, 7] });

test('the program of these tests has several passes', () => {
  assert.ok(small.passes > 1, String(small.passes));
});

/** Packets of both kinds at 7 ns, nearly the speed of the line; those that recirculate meet those that come. */
const STREAM: readonly Coming[] = Array.from({ length: 400 }, (_, i) => ({
  bytes: request(1 + (i % 2)),
  atPs: i * 12 * NS,
}));

/** What becomes of a packet in a switch that does not change. */
function atRest(operations: readonly Operation[]): readonly string[] {
  const { gone, bytes } = timedRun(
    plane,
    STREAM.slice(0, 2).map(({ bytes: packet }, i) => ({ bytes: packet, atPs: i * 1e6 })),
    {
      prepare(emulator) {
        for (const operation of operations) emulator.apply(operation);
      },
    },
  );
  return bytes.map((packet, i) => fate(gone.find((left) => left.i === i)?.port, packet));
}

const fate = (port: number | undefined, bytes: Uint8Array): string =>
  port === undefined ? 'lost' : `${port} ${Buffer.from(bytes).toString('hex')}`;

/** Packets whose fate is neither the old nor the new program's. */
function strange(played: Played, before: readonly Operation[], after: readonly Operation[]): number {
  const [old, now] = [atRest(before), atRest(after)];
  const ports = new Map(played.gone.map(({ i, port }) => [i, port]));
  return played.bytes.filter((packet, i) => {
    const seen = fate(ports.get(i), packet);
    return seen !== old[i % 2] && seen !== now[i % 2];
  }).length;
}

const TIMES = [0, 1, 117, 333, 700, 900, 1234, 2222, 3000, 4700].map((ns) => ns * NS);
const SPEEDS = [0, 3, 820, 20 * NS, 150 * NS];
const ENGINES: readonly EngineName[] = ['compiled', 'interpreted'];

/** Plays an update at several times and speeds. */
function* everyWay(operations: readonly Operation[], before: readonly Operation[]): Generator<Played> {
  for (const [t, atPs] of TIMES.entries()) {
    const psPerOperation = itemAt(SPEEDS, t % SPEEDS.length);
    const engine = itemAt(ENGINES, t % ENGINES.length);
    yield play(STREAM, [update(operations, atPs)], { before, psPerOperation, engine });
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const install = installOperations(small);
const revoke = revokeOperations(small).filter(({ kind }) => kind !== 'resetMemory');
const withoutDrain = revoke.filter(({ kind }) => kind !== 'drain');

for (const [what, operations, before, after] of [
  ['deploying', install, [], install],
  ['revoking', revoke, install, []],
] as const) {
  test(`${what}: no packet sees a mixture, and each leaves as by the old or the new switch`, () => {
    let both = 0;
    for (const played of everyWay(operations, before)) {
      const { mixed, before: old, after: now } = itemAt(played.updates, 0);
      assert.equal([mixed, strange(played, before, after)], [0, 0]);
      if (old > 0 && now > 0) both++;
    }
    assert.ok(both > 0, 'packets of both kinds were seen');
  });
}

for (const [what, operations, before, after] of [
  ['deploying with the filter first', [...install].reverse(), [], install],
  ['revoking with the filter last', [...withoutDrain].reverse(), install, []],
  ['revoking without waiting for packets in the pipe', withoutDrain, install, []],
] as const) {
  test(`${what} is caught`, () => {
    const played = [...everyWay(operations, before)];
    const mixed = sum(played.map(({ updates }) => itemAt(updates, 0).mixed));
    const odd = sum(played.map((each) => strange(each, before, after)));
    assert.ok(mixed > 0 && odd > 0, `${mixed} mixtures, ${odd} packets with a fate of their own`);
    // What left in a way that neither program has, has seen a mixture.
    for (const each of played) assert.ok(itemAt(each.updates, 0).mixed >= strange(each, before, after));
    assert.match(
      played.find(({ updates }) => itemAt(updates, 0).mixed > 0)?.updates[0]?.firstMixture ?? '',
      /found something else at/,
    );
  });
}

test('cases that come to a running program: no mixture; in the wrong order they are one', () => {
  const state = new SwitchState(plane);
  state.commit(small);
  const { program, sourceHash } = programOf(source(11, MORE));
  const { operations, compiled: next } = changeCases(small, program, state, sourceHash, { recirculations: 2 });
  const after = installOperations(next);
  for (const played of everyWay(operations, install)) {
    assert.equal([itemAt(played.updates, 0).mixed, strange(played, install, after)], [0, 0]);
  }
  const reversed = [...operations].reverse();
  assert.ok(sum([...everyWay(reversed, install)].map(({ updates }) => itemAt(updates, 0).mixed)) > 0);
});

test('several updates in a row, each with its own account', () => {
  const updates = [update(install, 1000 * NS), update(revoke, 1000 * NS), update(install, 4000 * NS)];
  const played = play(STREAM, updates, { psPerOperation: 5 * NS });
  assert.equal(
    played.updates.map(({ mixed }) => mixed),
    [0, 0, 0],
  );
  assert.ok(played.updates.every(({ startPs, endPs, drainedPs }) => startPs <= endPs && endPs <= drainedPs));
  assert.ok((played.updates[1]?.startPs ?? 0) >= (played.updates[0]?.drainedPs ?? 0), 'one waits for the other');
  assert.is(played.updates[2]?.startPs, 4000 * NS);
  assert.ok(played.updates.every(({ before }) => before > 0));
  assert.is(strange(played, [], install), 0);
});

test('an update later than the last packet is done too', () => {
  const played = play(STREAM.slice(0, 3), [update(install, 1e9), update(revoke, 2e9)], { psPerOperation: 1000 });
  assert.equal(
    played.updates.map(({ startPs }) => startPs),
    [1e9, 2e9],
  );
  assert.is(played.emulator.entryCount('SwitchIngress.rpb1.tb_operation'), 0);
  for (const operation of install) played.emulator.apply(operation);
});

/** An entry of an RPB that adds to a word of its own, so that it is seen how often it was met. */
const counting = (rpb: number, immediate: number): readonly [Operation, Operation] => {
  const entry = rpbEntry(plane, rpb, 'loadi_har', [immediate]);
  const other = rpbEntry(plane, rpb, 'loadi_har', [immediate + 1]);
  return [
    { kind: 'insertEntry', entry },
    { kind: 'replaceEntry', before: entry, entry: other },
  ];
};

for (const [rpb, cycles] of [
  [1, 22],
  [2, 48],
  [6, 22 + 5 * 26],
] as const) {
  test(`a change takes effect when the packet comes to RPB ${rpb}, ${cycles} cycles into the ingress`, () => {
    const [insert, replace] = counting(rpb, 1);
    const before: Operation[] = [
      { kind: 'insertEntry', entry: anyPacket(plane) },
      insert,
      // Behind it: har goes to memory.
      ...(
        [
          [rpb + 1, 'xor_sar_har', []],
          [rpb + 2, 'address_translation_offset', [0, 1]],
          [rpb + 3, 'salu_read_write', []],
        ] as const
      ).map(
        ([at, action, parameters]): Operation => ({
          kind: 'insertEntry',
          entry: rpbEntry(plane, at, action, parameters),
        }),
      ),
    ];
    const packet: Coming = { bytes: request(1), atPs: 0 };
    const received = (lineBytes(packet.bytes.length) - 12) * 80;
    const entry = Math.ceil(received / CYCLE_PS);
    const there = Math.round(entry * CYCLE_PS) + Math.round(cycles * CYCLE_PS);
    const seen = (atPs: number): number | undefined => {
      const { emulator } = play([packet], [update([replace], atPs)], { before });
      return emulator.memory.range(rpb + 3, 0, 1)[0];
    };
    assert.equal([seen(there - 2), seen(there + 2)], [2, 1]);
  });
}

test('two RPBs that change at once: a packet between them sees one before and one after', () => {
  const [insertEarly, replaceEarly] = counting(1, 10);
  const [insertLate, replaceLate] = counting(9, 20);
  const before: Operation[] = [{ kind: 'insertEntry', entry: anyPacket(plane) }, insertEarly, insertLate];
  const mixed: number[] = [];
  for (let atPs = 0; atPs < 400 * NS; atPs += 50 * NS) {
    const { updates } = play([{ bytes: request(1), atPs: 0 }], [update([replaceEarly, replaceLate], atPs)], { before });
    mixed.push(itemAt(updates, 0).mixed);
  }
  // The packet comes to RPB 1 after 29 ns and to RPB 9 after 199 ns.
  assert.equal(mixed, [0, 1, 1, 1, 0, 0, 0, 0]);
});

for (const engine of ENGINES) {
  test(`a branch id outlives the entry that set it, in a packet in the pipe (${engine})`, () => {
    const sets = rpbEntry(plane, 1, 'set_branch_id', [9]);
    const before: Operation[] = [
      { kind: 'insertEntry', entry: anyPacket(plane) },
      { kind: 'insertEntry', entry: sets },
      { kind: 'insertEntry', entry: rpbEntry(plane, 20, 'drop', [], { branch: 9 }) },
    ];
    // The packet is on its way from RPB 1, which it has met after 29 ns, to RPB 20.
    const { lost, updates } = play(
      [{ bytes: request(1), atPs: 0 }],
      [update([{ kind: 'deleteEntry', entry: sets }], 150 * NS)],
      { before, engine },
    );
    assert.equal(lost, [{ i: 0, reason: 'egress' }]);
    assert.equal([itemAt(updates, 0).before, itemAt(updates, 0).mixed], [1, 0]);
  });
}

test('memory is written before the first change, and reset when the control plane comes to it', () => {
  const write: TimedUpdate = {
    name: 'w',
    atPs: 100 * NS,
    memory: [{ rpb: 3, base: 5, values: Uint32Array.of(7, 8) }],
    operations: [{ kind: 'resetMemory', rpb: 3, base: 6, buckets: 1 }],
  };
  const { emulator } = play(STREAM.slice(0, 50), [write], { psPerOperation: 10 * NS });
  assert.equal([...emulator.memory.range(3, 4, 4)], [0, 7, 0, 0]);
});

test.run();
