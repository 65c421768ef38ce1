/** Programs come and go between any two packets: each packet sees the switch as it was or as it will be. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  type CompiledProgram,
  defaultForwardEntry,
  installOperations,
  link,
  lower,
  type Operation,
  revokeOperations,
  SwitchState,
} from '../../compiler/index.js';
import { Switch } from '../../sim/index.js';
import { appendPacketBytes, createPacketBatch, type PacketBatch, packetBytes } from '../../traces/index.js';
import { frame } from './frames.js';
import { dataPlane } from './test-switch.js';
import { MARKS_IN_TWO_PASSES } from './two-passes.js';

const plane = dataPlane('default');

/** Two passes, memory, branches, headers and a verdict: half of it would show. */
const SOURCE = `
@count 256
program marks(<hdr.udp.dst_port, 7777, 0xffff>) {
  EXTRACT(hdr.l5.op, har);
  BRANCH:
    case(<har, 1, 0xffffffff>) {
      FORWARD(11);
      ${MARKS_IN_TWO_PASSES}
      REPORT;
    }
    case(<har, 2, 0xffffffff>) {
      FORWARD(21);
      LOADI(sar, 1);
      HASH_5_TUPLE_MEM(count);
      MEMADD(count);
      MODIFY(hdr.l5.key3, sar);
    };
  DROP;
}
`;

function compiled(): CompiledProgram {
  const { programs, sourceHash, diagnostics } = analyse(SOURCE, plane);
  const [program] = programs;
  if (program === undefined) throw new Error(JSON.stringify(diagnostics));
  return link(lower(program, plane, 1), new SwitchState(plane), sourceHash);
}

const program = compiled();
const KINDS = [
  frame({ udp: {}, l5: [1, 2, 3, 4] }),
  frame({ udp: {}, l5: [2, 2, 3, 4] }),
  frame({ udp: {}, l5: [3, 2, 3, 4] }),
  frame({ udp: { dst: 53 }, l5: [1, 2, 3, 4] }),
  frame({ tcp: {} }),
];

/** One packet of every kind, with the verdicts as text. */
function outcomes(emulator: Switch): string[] {
  const batch = createPacketBatch(KINDS.length, 4096);
  for (const packet of KINDS) appendPacketBytes(batch, packet, 1);
  emulator.process(batch);
  return KINDS.map((_, i) => outcome(batch, i));
}
const outcome = (batch: PacketBatch, i: number): string =>
  [batch.egressPort[i], batch.recirculations[i], Buffer.from(packetBytes(batch, i)).toString('hex')].join(' ');

function newSwitch(operations: readonly Operation[] = []): Switch {
  const emulator = new Switch(plane);
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  for (const operation of operations) emulator.apply(operation);
  return emulator;
}

/** As the counter goes up, the second kind's new outcome is that of a fresh program every time. */
function clearCounters(emulator: Switch): void {
  for (const { rpb, base, buckets } of program.memories) emulator.memory.range(rpb, base, buckets).fill(0);
}

const oldOutcomes = outcomes(newSwitch());
const newOutcomes = outcomes(newSwitch(installOperations(program)));

/** Applies operations one by one with packets between; where, and for which kinds, a packet was neither old nor new. */
function halves(emulator: Switch, operations: readonly Operation[]): string[] {
  const found: string[] = [];
  operations.forEach((operation, step) => {
    emulator.apply(operation);
    clearCounters(emulator);
    outcomes(emulator).forEach((text, kind) => {
      if (text !== oldOutcomes[kind] && text !== newOutcomes[kind]) found.push(`step ${step}, kind ${kind}`);
    });
  });
  return found;
}

test('the program has two passes, and changes what happens to its packets only', () => {
  assert.is(program.passes, 2);
  assert.equal(
    KINDS.map((_, i) => oldOutcomes[i] === newOutcomes[i]),
    [false, false, false, true, true],
  );
});

test('in the order of installation every packet is old or new', () => {
  const emulator = newSwitch();
  assert.equal(halves(emulator, installOperations(program)), []);
  clearCounters(emulator);
  assert.equal(outcomes(emulator), newOutcomes);
});

test('all packets are old before the last operation', () => {
  const emulator = newSwitch();
  for (const operation of installOperations(program)) {
    assert.equal(outcomes(emulator), oldOutcomes);
    emulator.apply(operation);
  }
});

test('in the order of revocation too, and nothing is left', () => {
  const emulator = newSwitch(installOperations(program));
  outcomes(emulator);
  assert.equal(halves(emulator, revokeOperations(program)), []);
  assert.equal(outcomes(emulator), oldOutcomes);
  assert.equal(
    program.entries.map(({ table }) => emulator.entryCount(table)),
    program.entries.map(() => 0),
  );
  assert.ok(emulator.memory.words.every((word) => word === 0));
});

test('installing filters first is found: some packets run half a program', () => {
  const [filter, ...rest] = installOperations(program).reverse();
  if (filter === undefined) throw new Error('no operations');
  assert.ok(halves(newSwitch(), [filter, ...rest]).length > 0);
});

test('removing RPB entries before filters is found', () => {
  const backwards = revokeOperations(program).filter(({ kind }) => kind === 'deleteEntry');
  assert.ok(halves(newSwitch(installOperations(program)), backwards.reverse()).length > 0);
});

test('a program deployed and revoked at any packet of a stream leaves its memory 0 and other memory unchanged', () => {
  for (let k = 0; k <= KINDS.length; k++) {
    const emulator = newSwitch();
    const batch = createPacketBatch(KINDS.length, 4096);
    for (const packet of KINDS) appendPacketBytes(batch, packet, 1);
    emulator.process(batch, 0, k);
    for (const operation of installOperations(program)) emulator.apply(operation);
    emulator.process(batch, k, KINDS.length);
    KINDS.forEach((_, i) => {
      assert.is(outcome(batch, i), (i < k ? oldOutcomes : newOutcomes)[i], `update before packet ${k}, packet ${i}`);
    });
    for (const operation of revokeOperations(program)) emulator.apply(operation);
    assert.equal(outcomes(emulator), oldOutcomes);
    assert.ok(emulator.memory.words.every((word) => word === 0));
  }
});

test.run();
