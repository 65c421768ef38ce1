/** Emulated switches in a row. */
import { readFileSync } from 'node:fs';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane } from '../../compiler/data-plane/extend.js';
import { tableOfMember } from '../../compiler/data-plane/member-table.js';
import { must } from '../../compiler/data-plane/must.js';
import {
  ALLOCATORS,
  type CompiledProgram,
  chainOf,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  defaultDataPlane,
  FIXED_NAMES,
  installOperations,
  type Program,
  SwitchState,
} from '../../compiler/index.js';
import { recirculationEntries } from '../../compiler/link/emit.js';
import { type Emulator, ENGINES, newEmulator, Switch, SwitchChain, TargetError } from '../../sim/index.js';
import { PacketGenerator } from '../../sim/validation/random-packet.js';
import { appendPacketBytes, createPacketBatch, DROPPED, type PacketBatch } from '../../traces/packets/packet-batch.js';
import { packageFile } from '../../traces/system/package-root.js';
import { checkedProgram, inProgram, linkProgram, sampleSource } from '../compiler/support.js';
import { cases } from '../tiers.js';
import { validateAlone, validateCrowded } from './random-validation.js';

const PLANE = defaultDataPlane();
const TWO = chainOf(PLANE, 2);
const EXTENDED = must(builtInDataPlane('extended'), 'data plane extended');
const ALLOCATED = (['price', 'f1', 'f2', 'f3', 'hierarchical'] as const).map((name) => ALLOCATORS[name].make({}));

for (const { plane, switches, programs } of [
  { plane: PLANE, switches: 2, programs: 10 },
  { plane: PLANE, switches: 3, programs: 6 },
  { plane: EXTENDED, switches: 2, programs: 6 },
]) {
  test(`random programs over ${switches} switches of ${plane.name} do what their text means`, () => {
    const chain = chainOf(plane, switches);
    const options = { seed: 20_260_801, programs: cases(programs), packets: 40, allocators: ALLOCATED };
    for (const { failures, programs: validated, ran } of [
      validateAlone(options, chain),
      validateCrowded(options, chain),
    ]) {
      assert.equal(failures, []);
      assert.ok(validated > 0 && ran > 0);
    }
  });
}

/** The same placement in one switch: what the switches of a chain have is what its passes have. */
function asPasses(chained: CompiledProgram, chain: DataPlane, plane: DataPlane): CompiledProgram {
  const own = (rpb: number): number => ((rpb - 1) % plane.rpbCount) + 1;
  const rest = chained.entries.filter(({ table }) => !chain.recirculationTables.includes(table));
  const entries = rest.map((entry) => ({ ...entry, table: tableOfMember(entry.table).table }));
  return {
    ...chained,
    memories: chained.memories.map((block) => ({ ...block, rpb: own(block.rpb) })),
    entries: [...recirculationEntries(chained.programId, chained.passes, plane), ...entries],
  };
}

const PACKETS = 120;

function randomPackets(program: Program, plane: DataPlane): PacketBatch {
  const batch = createPacketBatch(PACKETS, PACKETS * 2048);
  const generator = new PacketGenerator(program, plane, seedrandom.alea(program.name));
  for (let i = 0; i < PACKETS; i++) {
    const { bytes, ingressPort } = generator.next();
    appendPacketBytes(batch, bytes, ingressPort);
  }
  return batch;
}

/** What packets of a batch became: port, and bytes of those that left; the same of their copies. */
function outcomes(batch: PacketBatch): string[] {
  const of = ({ bytes, offset, capturedLength, egressPort, count }: PacketBatch): string[] =>
    Array.from({ length: count }, (_, i) => {
      const port = egressPort[i] as number;
      if (port === DROPPED) return 'dropped';
      const start = offset[i] as number;
      return `${port} ${Buffer.from(bytes.subarray(start, start + (capturedLength[i] as number))).toString('hex')}`;
    });
  return [...of(batch), ...(batch.copies === undefined ? [] : of(batch.copies.batch))];
}

function run(emulator: Emulator, compiled: CompiledProgram, batch: PacketBatch): string[] {
  const { description } = emulator.dataPlane;
  if (description.replication !== undefined)
    emulator.apply({ kind: 'insertGroup', group: { id: 1, nodes: [{ id: 1, replicationId: 3, ports: [4, 5] }] } });
  for (const operation of installOperations(compiled)) emulator.apply(operation);
  emulator.process(batch);
  return outcomes(batch);
}

const sourceOf = (name: string): string =>
  readFileSync(packageFile('bench', 'programs', 'extended', `${name}.p4runpro`), 'utf8');

for (const { name, plane, source } of [
  ...['hh', 'nc'].map((name) => ({ name, plane: PLANE, source: sampleSource(name) })),
  ...['beaucoup', 'conquest', 'hh6', 'netlock', 'switchml'].map((name) => ({
    name,
    plane: EXTENDED,
    source: sourceOf(name),
  })),
]) {
  test(`${name}: two switches do what one does in two passes, packets and memory, by both engines`, () => {
    const chain = chainOf(plane, 2);
    const program = checkedProgram(source, chain);
    const compiled = linkProgram(program, new SwitchState(chain), DEFAULT_LINK_OPTIONS, 0);
    assert.ok(compiled.placement.some(({ pass }) => pass === 1));
    const single = asPasses(compiled, chain, plane);
    for (const engine of ENGINES) {
      const [one, two] = [new Switch(plane, { engine }), newEmulator(chain, { engine })];
      const [first, second] = [randomPackets(program, plane), randomPackets(program, plane)];
      assert.equal(run(two, compiled, second), run(one, single, first));
      for (const [i, { rpb, base, buckets }] of compiled.memories.entries()) {
        const block = must(single.memories[i], 'memory');
        assert.equal(two.memory.range(rpb, base, buckets), one.memory.range(block.rpb, block.base, block.buckets));
      }
      const { recirculations, ...counters } = two.counters;
      assert.is(recirculations, 0);
      assert.equal({ ...counters, recirculations: one.counters.recirculations }, one.counters);
    }
  });
}

const LONG = inProgram(
  `LOADI(har, 1); LOADI(sar, 2); ${'ADD(har, sar); '.repeat(PLANE.rpbCount)} MODIFY(hdr.ipv4.dst, sar); FORWARD(3);`,
);

function longRun(change: (emulator: SwitchChain, compiled: CompiledProgram) => void = () => undefined): string[] {
  const emulator = new SwitchChain(TWO);
  const program = checkedProgram(LONG, TWO);
  const compiled = linkProgram(program, new SwitchState(TWO), DEFAULT_LINK_OPTIONS, 0);
  for (const operation of installOperations(compiled)) emulator.apply(operation);
  change(emulator, compiled);
  const batch = randomPackets(program, PLANE);
  emulator.process(batch);
  return outcomes(batch).filter((_, i) => batch.programId[i] !== 0);
}

test('a branch id of one switch is known in the next as soon as it is set, also by an entry that comes later', () => {
  const source = inProgram(
    `BRANCH: case(<har, 0, 1>) { ${'LOADI(sar, 1); LOADI(sar, 2); '.repeat(PLANE.rpbCount)} FORWARD(2); };`,
  );
  for (const engine of ENGINES) {
    const chain = chainOf(PLANE, 3);
    const emulator = new SwitchChain(chain, { engine });
    const program = checkedProgram(source, chain);
    const compiled = linkProgram(program, new SwitchState(chain), DEFAULT_LINK_OPTIONS, 0);
    const operations = installOperations(compiled);
    const isBranch = (operation: (typeof operations)[number]): boolean =>
      operation.kind === 'insertEntry' && operation.entry.action.endsWith('.set_branch_id');
    for (const operation of operations.filter((each) => !isBranch(each))) emulator.apply(operation);
    const before = randomPackets(program, PLANE);
    emulator.process(before);
    for (const operation of operations.filter(isBranch)) emulator.apply(operation);
    const after = randomPackets(program, PLANE);
    emulator.process(after);
    const ours = outcomes(after).filter((_, i) => after.programId[i] !== 0);
    assert.ok(ours.length > 0 && ours.every((outcome) => outcome.startsWith('2 ')));
    assert.ok(outcomes(before).every((outcome, i) => before.programId[i] === 0 || outcome === 'dropped'));
  }
});

test('packets leave by the last switch; behind it is nothing', () => {
  const left = longRun();
  assert.ok(left.length > 0 && left.every((outcome) => outcome.startsWith('3 ')));
  const lost = longRun((emulator, { entries }) => {
    const last = must(
      entries.find(({ action }) => action === FIXED_NAMES.lastRecirculate),
      'last entry',
    );
    const entry = { ...last, action: FIXED_NAMES.middleRecirculate };
    emulator.apply({ kind: 'replaceEntry', before: last, entry });
  });
  assert.equal(new Set(lost), new Set(['dropped']));
});

test('tables and RPBs that no switch of the chain has are refused', () => {
  const emulator = new SwitchChain(TWO);
  const compiled = linkProgram(checkedProgram(LONG, TWO), new SwitchState(TWO), DEFAULT_LINK_OPTIONS, 0);
  const entry = { ...must(compiled.entries[0], 'entry'), table: `switch3.${PLANE.rpb(1).table}` };
  for (const refused of [
    () => emulator.apply({ kind: 'insertEntry', entry }),
    () => emulator.apply({ kind: 'resetMemory', rpb: TWO.rpbCount + 1, base: 0, buckets: 1 }),
    () => emulator.entryCount(entry.table),
  ]) {
    assert.throws(refused, (error: unknown) => error instanceof TargetError && error.code === 'unknown-table');
  }
  assert.throws(() => new Switch(TWO), /a SwitchChain emulates switches in a row/);
  assert.equal(emulator.entries(), []);
});

test('accesses outside of the blocks of a later switch are counted', () => {
  const source = inProgram(
    `${'LOADI(sar, 1); LOADI(sar, 2); '.repeat(PLANE.rpbCount / 2)} LOADI(mar, 3); MEMADD(m);`,
    '@m 4',
  );
  const program = checkedProgram(source, TWO);
  const compiled = linkProgram(program, new SwitchState(TWO), DEFAULT_LINK_OPTIONS, 0);
  const [block] = compiled.memories;
  assert.ok(must(block, 'block').rpb > PLANE.rpbCount);
  for (const { buckets, expected } of [
    { buckets: 4, expected: 0 },
    { buckets: 2, expected: 1 },
  ]) {
    const emulator = new SwitchChain(TWO);
    const memories = compiled.memories.map((each) => ({ ...each, buckets }));
    for (const operation of installOperations({ ...compiled, memories })) emulator.apply(operation);
    const batch = randomPackets(program, PLANE);
    emulator.process(batch);
    const ours = batch.programId.subarray(0, batch.count).filter((id) => id !== 0).length;
    assert.is(emulator.counters.outsideAccesses, expected * ours);
  }
});

test.run();
