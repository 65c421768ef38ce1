/** Packets by the entry that they hit: as the trace of each packet says, and without any effect on packets. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  defaultDataPlane,
  defaultForwardEntry,
  entryIdentity,
  FIXED_NAMES,
  installOperations,
  revokeOperations,
  SwitchState,
  type TableEntry,
} from '../../compiler/index.js';
import { PacketTracer, Switch } from '../../sim/index.js';
import { PacketGenerator } from '../../sim/validation/index.js';
import { isSame } from '../../sim/validation/memory-difference.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, packetBytes } from '../../traces/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { cases } from '../tiers.js';
import { compileIfFits } from './translations.js';

const plane = defaultDataPlane();
const PORTS = [1, 2, 3, 4];
const PACKETS = 40;

const script = fc.record({
  programs: fc.array(wholePrograms(), { minLength: 1, maxLength: 4 }),
  seed: fc.nat(),
  recirculations: fc.integer({ min: 0, max: 2 }),
});

/** Without default forwarding and the recirculation block, which traces do not show. */
const isTraced = ({ table }: Pick<TableEntry, 'table'>): boolean =>
  table !== FIXED_NAMES.forwardTable && table !== FIXED_NAMES.recirculationTable;

const nonZero = (counts: Iterable<readonly [string, number]>): Map<string, number> =>
  new Map([...counts].filter(([, count]) => count > 0).sort());

test('hits are those of the traces, and packets, memory and ports are as without counting', () => {
  let hits = 0;
  fc.assert(
    fc.property(script, ({ programs, seed, recirculations }) => {
      const random = seedrandom.alea(String(seed));
      const counting = new Switch(plane, { countsHits: true });
      const traced = new Switch(plane);
      const tracer = new PacketTracer(traced, () => undefined);
      const state = new SwitchState(plane);
      const apply = (operations: Parameters<PacketTracer['apply']>[0]): void => {
        for (const operation of operations) {
          counting.apply(operation);
          traced.apply(operation);
        }
        tracer.apply(operations);
      };
      apply(PORTS.map((port) => ({ kind: 'insertEntry', entry: defaultForwardEntry(plane, port, port + 4) })));
      const running = programs.flatMap((text, i) => {
        const translation = compileIfFits(text, state, { name: `p${i}`, filterPriority: i, recirculations });
        if (translation === undefined) return [];
        state.commit(translation.compiled);
        apply(installOperations(translation.compiled));
        return [translation];
      });
      if (running.length === 0) return;
      const generators = running.map(({ program }) => new PacketGenerator(program, plane, random));
      const batches = [createPacketBatch(1, 2 ** 16), createPacketBatch(1, 2 ** 16)] as const;
      const expected = new Map<string, number>();
      const add = (entry: Parameters<typeof entryIdentity>[0]): void => {
        const identity = entryIdentity(entry);
        expected.set(identity, (expected.get(identity) ?? 0) + 1);
      };
      for (let i = 0; i < PACKETS; i++) {
        const packet = generators[i % generators.length]?.next();
        if (packet === undefined) throw new Error('no generator');
        const port = PORTS[i % PORTS.length] ?? 1;
        for (const batch of batches) {
          clearPacketBatch(batch);
          appendPacketBytes(batch, packet.bytes, port);
        }
        counting.process(batches[0]);
        const { filter, steps } = tracer.trace(batches[1], 0, i + 1);
        if (filter !== null) add(filter);
        for (const { entry } of steps) add(entry);
        assert.equal([...packetBytes(batches[0], 0)], [...packetBytes(batches[1], 0)]);
        assert.is(batches[0].egressPort[0], batches[1].egressPort[0]);
      }
      assert.ok(isSame(counting.memory.words, traced.memory.words), 'memory is equal');
      const counted = counting
        .entries()
        .filter(isTraced)
        .map((entry) => [entryIdentity(entry), counting.hits?.of(entry) ?? 0] as const);
      hits += counted.reduce((sum, [, count]) => sum + count, 0);
      assert.equal(nonZero(counted), nonZero(expected));
      for (const { compiled } of running) apply(revokeOperations(compiled));
    }),
    { seed: 20_261_129, numRuns: cases(24) },
  );
  assert.ok(hits > 500, `${hits}`);
});

test('default forwarding counts by port; a replaced entry keeps its count, one that is inserted anew does not', () => {
  const emulator = new Switch(plane, { countsHits: true });
  const entry = defaultForwardEntry(plane, 1, 2);
  emulator.apply({ kind: 'insertEntry', entry });
  const batch = createPacketBatch(8, 4096);
  const send = (port: number, packets: number): void => {
    clearPacketBatch(batch);
    for (let i = 0; i < packets; i++) appendPacketBytes(batch, new Uint8Array(60), port);
    emulator.process(batch);
  };
  const hits = (): number | undefined => {
    const held = emulator.entryLike(entry);
    return held && emulator.hits?.of(held);
  };
  send(1, 3);
  send(2, 2);
  assert.is(hits(), 3);
  const other = defaultForwardEntry(plane, 1, 7);
  emulator.apply({ kind: 'replaceEntry', before: entry, entry: other });
  send(1, 2);
  assert.is(hits(), 5);
  assert.is(batch.egressPort[0], 7);
  emulator.apply({ kind: 'deleteEntry', entry: other });
  emulator.apply({ kind: 'insertEntry', entry });
  assert.is(hits(), 0);
});

test('the recirculation block counts once a pass', () => {
  const emulator = new Switch(plane, { countsHits: true, pipes: 2 });
  const state = new SwitchState(plane);
  const lines = Array.from({ length: 30 }, (_, i) => `LOADI(har, ${i}); HASH_5_TUPLE;`).join('\n');
  const text = `program long(<hdr.ipv4.dst, 10.0.0.1, 0xffffffff>) {\n${lines}\nFORWARD(3);\n}`;
  const translation = compileIfFits(text, state, { name: 'long', filterPriority: 0, recirculations: 3 });
  assert.ok(translation !== undefined && translation.compiled.passes > 1);
  for (const operation of installOperations(translation.compiled)) emulator.apply(operation);
  const random = seedrandom.alea('1');
  const generator = new PacketGenerator(translation.program, plane, random);
  const batch = createPacketBatch(20, 2 ** 16);
  for (let i = 0; i < 20; i++) appendPacketBytes(batch, generator.next().bytes, 1);
  emulator.process(batch);
  const passes = emulator
    .entries()
    .filter(({ table }) => table === FIXED_NAMES.recirculationTable)
    .map((entry) => emulator.hits?.of(entry));
  const matched = [...batch.programId].slice(0, 20).filter((id) => id !== 0).length;
  assert.ok(matched > 0);
  assert.equal(
    passes,
    passes.map(() => matched),
  );
  assert.is(passes.length, translation.compiled.passes);
});

test.run();
