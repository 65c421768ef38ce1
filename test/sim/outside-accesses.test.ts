/** Accesses outside a program's blocks are counted where its entries are not proven to make none. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  addressFault,
  type CompiledProgram,
  defaultForwardEntry,
  documentFault,
  installOperations,
  type MemoryBlock,
  revokeOperations,
  SwitchState,
  type TableEntry,
} from '../../compiler/index.js';
import { ENGINES, type EngineName, formatPacketTrace, PacketTracer, Switch } from '../../sim/index.js';
import { PacketGenerator } from '../../sim/validation/index.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch } from '../../traces/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { cases } from '../tiers.js';
import { compileIfFits, compileText, plane } from './translations.js';

/** @param looksAtAll whether accesses of proven programs are looked at too */
function switchWith(engine: EngineName, compiled?: CompiledProgram, looksAtAll = false): Switch {
  const emulator = new Switch(plane, { engine });
  emulator.tables.rpbs.keepsBranchIds = looksAtAll;
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  for (const operation of compiled === undefined ? [] : installOperations(compiled)) emulator.apply(operation);
  return emulator;
}

const looksAt = (emulator: Switch, { programId }: CompiledProgram): boolean =>
  emulator.tables.rpbs.isGuarded(programId);

const batch = createPacketBatch(64, 2 ** 16);

function send(emulator: Switch, packets: readonly Uint8Array[]): void {
  clearPacketBatch(batch);
  for (const bytes of packets) appendPacketBytes(batch, bytes, 1);
  emulator.process(batch);
}

type Parameter = TableEntry['parameters'][number];

const withParameters = (
  compiled: CompiledProgram,
  change: (each: Parameter, entry: TableEntry) => Parameter,
): CompiledProgram => ({
  ...compiled,
  entries: compiled.entries.map((entry) => ({
    ...entry,
    parameters: entry.parameters.map((each) => change(each, entry)),
  })),
});

const state = new SwitchState(plane);
const MINE =
  '@mine 16\nprogram p(<hdr.udp.dst_port, 7777, 0xffff>) { LOADI(sar, 0xdead); LOADI(mar, 15); MEMWRITE(mine); }';
const { program, compiled } = compileText(MINE, state);
/** The word behind the end: the next program's. */
const attack = withParameters(compiled, (each) => (each.value === 15 ? { ...each, value: 16 } : each));
const [block] = compiled.memories as readonly [MemoryBlock];
const generator = new PacketGenerator(program, plane, seedrandom.alea('1'));
const packets: Uint8Array[] = [];
const probe = switchWith('compiled', compiled);
while (packets.length < 20) {
  const { bytes } = generator.next();
  send(probe, [bytes]);
  if (batch.programId[0] === compiled.programId) packets.push(bytes);
}

for (const engine of ENGINES) {
  test(`${engine}: each access outside is counted, and happens`, () => {
    const emulator = switchWith(engine, attack);
    send(emulator, packets);
    assert.is(emulator.counters.outsideAccesses, packets.length);
    assert.is(emulator.memory.range(block.rpb, block.base + 16, 1)[0], 0xdead);
  });

  test(`${engine}: a proven program is not looked at, from when its entries are`, () => {
    const emulator = switchWith(engine, compiled);
    assert.not(looksAt(emulator, compiled));
    send(emulator, packets);
    assert.is(emulator.counters.outsideAccesses, 0);
    const at = compiled.entries.findIndex(
      (entry, i) => entry.parameters[0]?.value !== attack.entries[i]?.parameters[0]?.value,
    );
    const [right, wrong] = [compiled.entries[at], attack.entries[at]];
    if (right === undefined || wrong === undefined) throw new Error('one entry differs');
    emulator.apply({ kind: 'replaceEntry', before: right, entry: wrong });
    assert.ok(looksAt(emulator, compiled));
    send(emulator, packets);
    assert.is(emulator.counters.outsideAccesses, packets.length);
    emulator.apply({ kind: 'replaceEntry', before: wrong, entry: right });
    send(emulator, packets);
    assert.is(emulator.counters.outsideAccesses, packets.length);
  });

  test(`${engine}: of entries that came without a word on memory, nothing is counted`, () => {
    const emulator = switchWith(engine);
    for (const entry of attack.entries) emulator.apply({ kind: 'insertEntry', entry });
    send(emulator, packets);
    assert.is(emulator.counters.outsideAccesses, 0);
    // Told later, it counts from then on.
    emulator.apply({ kind: 'declareMemory', programId: attack.programId, blocks: attack.memories });
    send(emulator, packets);
    assert.is(emulator.counters.outsideAccesses, packets.length);
  });
}

test('the trace of a packet names an access outside', () => {
  const emulator = switchWith('compiled');
  const wordsOf = (document: CompiledProgram | undefined, entries: readonly TableEntry[] = []): string => {
    const tracer = new PacketTracer(emulator, () => undefined);
    if (document !== undefined) tracer.apply(installOperations(document));
    tracer.apply(entries.map((entry) => ({ kind: 'insertEntry', entry })));
    clearPacketBatch(batch);
    appendPacketBytes(batch, packets[0] ?? new Uint8Array(), 1);
    const trace = tracer.trace(batch, 0, 1);
    const own = trace.steps.flatMap(({ memory }) => (memory === null ? [] : [memory.isOwn]));
    return `${own.join()} ${formatPacketTrace(trace).includes("(outside the program's memory)")}`;
  };
  assert.is(wordsOf(compiled), 'true false');
  assert.is(wordsOf(attack), 'false true');
  assert.is(wordsOf(undefined, attack.entries), ' false');
});

/** One parameter of one entry of an address: a mask, a base, a constant. */
function mutant(original: CompiledProgram, random: () => number): CompiledProgram {
  const addressing = original.entries.filter(({ action }) => /address_translation|loadi_/.test(action));
  const victim = addressing[Math.floor(random() * addressing.length)];
  const change = [1, 2, 16, 255, 65535][Math.floor(random() * 5)] ?? 1;
  return withParameters(original, (each, entry) => {
    if (entry !== victim || each.name === 'flag') return each;
    return { ...each, value: random() < 0.5 ? (each.value + change) % 2 ** 32 : (each.value ^ change) >>> 0 };
  });
}

/** Switches for one document after another. */
const counting = ENGINES.map((engine) => switchWith(engine, undefined, true));
const proving = switchWith('compiled');

/** Has a switch run a document, and empties it again: also where the document writes outside its blocks. */
function withDocument<Result>(emulator: Switch, document: CompiledProgram, use: () => Result): Result {
  for (const operation of installOperations(document)) emulator.apply(operation);
  try {
    return use();
  } finally {
    for (const operation of revokeOperations(document)) emulator.apply(operation);
    emulator.memory.words.fill(0);
  }
}

test('compiled programs make none; changed documents that the proof passes make none; those that make some are refused', () => {
  const seen = { refused: 0, passed: 0, caught: 0 };
  fc.assert(
    fc.property(wholePrograms(), fc.nat(), (text, seed) => {
      const random = seedrandom.alea(String(seed));
      const translation = compileIfFits(text, new SwitchState(plane), { recirculations: 2 });
      if (translation === undefined || translation.compiled.memories.length === 0) return;
      const next = new PacketGenerator(translation.program, plane, random);
      const some = Array.from({ length: 30 }, () => next.next().bytes);
      const documents = [
        translation.compiled,
        mutant(translation.compiled, random),
        mutant(translation.compiled, random),
      ];
      for (const document of documents) {
        const fault = documentFault(document, plane);
        const counts = counting.map((emulator) =>
          withDocument(emulator, document, () => {
            const before = emulator.counters.outsideAccesses;
            send(emulator, some);
            return emulator.counters.outsideAccesses - before;
          }),
        );
        assert.is(counts[0], counts[1], 'both engines count the same');
        if (fault === undefined) assert.is(counts[0], 0, 'proven and yet outside');
        const isSafe = addressFault(document.entries, document.memories, plane) === undefined;
        const isLookedAt = withDocument(proving, document, () => looksAt(proving, document));
        assert.is(isLookedAt, !isSafe, 'the switch proves what it decoded');
        if (document === translation.compiled) assert.is(fault, undefined);
        if (fault === undefined) seen.passed++;
        else seen.refused++;
        if (counts[0] !== 0) seen.caught++;
      }
    }),
    { seed: 20_261_129, numRuns: cases(60) },
  );
  assert.ok(seen.refused > 12 && seen.passed > 36 && seen.caught > 3, JSON.stringify(seen));
});

test.run();
