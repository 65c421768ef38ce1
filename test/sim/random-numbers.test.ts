/** Random numbers: the function, its statistics, and the same numbers on any engine, driver, order and number of workers. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry, type Operation, SwitchState, type TableEntry } from '../../compiler/index.js';
import {
  createPacketProcessor,
  PacketTracer,
  randomSite,
  randomWord,
  Switch,
  type SwitchOptions,
  seedOfText,
} from '../../sim/index.js';
import { readSnapshot, restoreSnapshot, takeSnapshot } from '../../sim/snapshot/snapshot.js';
import { validateTranslation } from '../../sim/validation/index.js';
import {
  allocatePacketBatchMemory,
  appendPacketBytes,
  type PacketBatch,
  type PacketBatchMemory,
  packetBatchOver,
  packetBytes,
} from '../../traces/index.js';
import { frame } from './frames.js';
import { dataPlane, filterEntry, recirculationEntry, rpbEntry } from './test-switch.js';
import { timedRun } from './timed-run.js';
import { compileText } from './translations.js';

/** By the package murmurhash3js of npm: its hash32 of the bytes of two words, least significant byte first. */
const KNOWN: readonly (readonly [seed: number, arrival: number, site: number, hash: number])[] = [
  [0, 0, 0, 0x63852afc],
  [1, 0, 0, 0xea95647d],
  [0, 1, 0, 0x53075d44],
  [0, 0, 1, 0x3ad85688],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xc6fd26e5],
  [0x12345678, 0x9abcdef0, 0x00010203, 0xcfb241d6],
  [7, 1000, 0x215, 0x6f6a473b],
];

for (const [seed, arrival, site, hash] of KNOWN) {
  test(`MurmurHash3 of ${arrival} and ${site} with seed ${seed}`, () => {
    assert.is(randomWord(seed, arrival, site) >>> 0, hash);
  });
}

test('the site has copy, pass and RPB', () => {
  assert.is(randomSite(2, 21), 0x215);
  assert.is(randomSite(2, 21, 5), 0x50215);
});

test('seeds of texts differ', () => {
  const texts = ['', '0', '1', '10', '01', 'seven', 'sevem'];
  assert.is(new Set(texts.map(seedOfText)).size, texts.length);
  assert.ok(texts.every((text) => Number.isInteger(seedOfText(text)) && seedOfText(text) >= 0));
});

const SEED = 20_240_804;
const DRAWS = 65_536;
/** Quantiles of chi-square with 255 degrees of freedom: 0.1 % of samples are below, 0.1 % above. */
const CHI_SQUARE = { low: 190.9, high: 330.5 };

/** @param cell of 256 @returns chi-square of 65,536 draws */
function chiSquare(cell: (arrival: number) => number): number {
  const counts = new Float64Array(256);
  for (let arrival = 0; arrival < DRAWS; arrival++) {
    const at = cell(arrival);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const mean = DRAWS / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}

const FIRST = randomSite(0, 3);
const high = (word: number, bits: number): number => word >>> (32 - bits);
const UNIFORM: Readonly<Record<string, (arrival: number) => number>> = {
  'the lowest byte': (arrival) => randomWord(SEED, arrival, FIRST) & 0xff,
  'the second byte': (arrival) => (randomWord(SEED, arrival, FIRST) >>> 8) & 0xff,
  'the third byte': (arrival) => (randomWord(SEED, arrival, FIRST) >>> 16) & 0xff,
  'the highest byte': (arrival) => high(randomWord(SEED, arrival, FIRST), 8),
  'pairs of one packet and the next': (arrival) =>
    high(randomWord(SEED, arrival, FIRST), 4) * 16 + high(randomWord(SEED, arrival + 1, FIRST), 4),
  'pairs of two RPBs': (arrival) =>
    high(randomWord(SEED, arrival, FIRST), 4) * 16 + high(randomWord(SEED, arrival, randomSite(0, 4)), 4),
  'pairs of two passes': (arrival) =>
    (randomWord(SEED, arrival, FIRST) & 15) * 16 + (randomWord(SEED, arrival, randomSite(1, 3)) & 15),
  'pairs of two copies': (arrival) =>
    (randomWord(SEED, arrival, FIRST) & 15) * 16 + (randomWord(SEED, arrival, randomSite(0, 3, 1)) & 15),
  'pairs of two seeds': (arrival) =>
    (randomWord(SEED, arrival, FIRST) & 15) * 16 + (randomWord(SEED + 1, arrival, FIRST) & 15),
};

for (const [name, cell] of Object.entries(UNIFORM)) {
  test(`uniform by a chi-square test: ${name}`, () => {
    const statistic = chiSquare(cell);
    assert.ok(statistic > CHI_SQUARE.low && statistic < CHI_SQUARE.high, String(statistic));
  });
}

test('the chi-square test finds numbers that are not uniform', () => {
  assert.ok(chiSquare((arrival) => Math.imul(arrival, 3) & 0xff) < CHI_SQUARE.low, 'too even');
  assert.ok(chiSquare((arrival) => randomWord(SEED, arrival, FIRST) & 0x7f) > CHI_SQUARE.high, 'too uneven');
});

const plane = dataPlane('extended');
const PROGRAMS = [1, 2, 3, 4, 7];
const PACKETS = 300;
const BUCKETS = 16;
/** RPBs, from 1. */
const RPB = { address: 2, shown: 7, later: 15 } as const;

/** Each program counts at a random bucket, writes a random number into its packets, and another one on the second pass. */
function entriesOf(program: number, i: number): TableEntry[] {
  const second = { program, pass: 1 };
  return [
    rpbEntry(plane, RPB.address, 'random_mar', [], { program }),
    rpbEntry(plane, 3, 'address_translation_mask', [BUCKETS - 1], { program }),
    rpbEntry(plane, 4, 'address_translation_offset', [i * BUCKETS, 0], { program }),
    rpbEntry(plane, 5, 'loadi_sar', [1], { program }),
    rpbEntry(plane, 6, 'salu_add_sub', [], { program }),
    rpbEntry(plane, RPB.shown, 'random_sar', [], { program }),
    rpbEntry(plane, 8, 'modify_hdrl5key3_sar', [], { program }),
    recirculationEntry('first', program, 0),
    rpbEntry(plane, RPB.later, 'random_sar', [], second),
    rpbEntry(plane, 16, 'modify_hdripv4dst_sar', [], second),
    filterEntry(plane, 'L4', program, { 'hdr.l4_port.src_port': [program, 0xffff] }),
  ];
}

const operationsOf = (programs: readonly number[]): Operation[] =>
  [
    defaultForwardEntry(plane, 1, 2),
    ...programs.flatMap((program) => entriesOf(program, PROGRAMS.indexOf(program))),
  ].map((entry) => ({ kind: 'insertEntry', entry }));

function switchWith(options: SwitchOptions = {}, programs: readonly number[] = PROGRAMS): Switch {
  const emulator = new Switch(plane, { seed: SEED, ...options });
  for (const operation of operationsOf(programs)) emulator.apply(operation);
  return emulator;
}

const programOf = (i: number): number => PROGRAMS[(Math.imul(i + 1, 0x9e3779b1) >>> 16) % (PROGRAMS.length + 1)] ?? 9;
const packet = (i: number): Uint8Array => frame({ udp: { src: programOf(i) }, l5: [i, 0, 0, 0] });

function traffic(shares = 1): { batch: PacketBatch; memory: PacketBatchMemory } {
  const memory = allocatePacketBatchMemory(PACKETS, PACKETS * 192, shares);
  const batch = packetBatchOver(memory);
  for (let i = 0; i < PACKETS; i++) appendPacketBytes(batch, packet(i), 1);
  return { batch, memory };
}

/** Offsets in a frame without VLAN and options. */
const DESTINATION = 30;
const KEY3 = 54;
const wordAt = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);
const drawn = (bytes: Uint8Array) => ({ key3: wordAt(bytes, KEY3), destination: wordAt(bytes, DESTINATION) });

function expected(i: number, seed = SEED) {
  if (!PROGRAMS.includes(programOf(i))) return drawn(packet(i));
  return {
    key3: randomWord(seed, i, randomSite(0, RPB.shown - 1)) >>> 0,
    destination: randomWord(seed, i, randomSite(1, RPB.later - 1)) >>> 0,
  };
}

const all = Array.from({ length: PACKETS }, (_, i) => i);

function assertDrawn(batch: PacketBatch, seed = SEED): void {
  for (const i of all) assert.equal(drawn(packetBytes(batch, i)), expected(i, seed), `packet ${i}`);
}

/** Counts in the register array that all programs share. */
const counts = ({ memory }: Switch): number[] => [...memory.range(6, 0, BUCKETS * PROGRAMS.length)];
const expectedCounts = ((): number[] => {
  const words = new Array<number>(BUCKETS * PROGRAMS.length).fill(0);
  for (const i of all) {
    const place = PROGRAMS.indexOf(programOf(i));
    if (place < 0) continue;
    const at = place * BUCKETS + (randomWord(SEED, i, randomSite(0, RPB.address - 1)) & (BUCKETS - 1));
    words[at] = (words[at] ?? 0) + 1;
  }
  return words;
})();

const DRIVERS: Readonly<Record<string, SwitchOptions>> = {
  'in vectors': {},
  'one by one, compiled': { pipes: 2 },
  interpreted: { engine: 'interpreted' },
  'counting hits': { countsHits: true },
};

for (const [name, options] of Object.entries(DRIVERS)) {
  test(`a packet's numbers depend on its arrival number, pass and RPB: ${name}`, () => {
    const emulator = switchWith(options);
    const { batch } = traffic();
    for (let from = 0; from < PACKETS; from += 77) emulator.process(batch, from, Math.min(PACKETS, from + 77));
    assertDrawn(batch);
    assert.equal(counts(emulator), expectedCounts);
  });
}

test('another seed gives other numbers; 0 is the seed if none is given', () => {
  const emulator = switchWith({ seed: 0 });
  const { batch } = traffic();
  emulator.process(batch);
  assertDrawn(batch, 0);
  assert.is(new Switch(plane).seed, 0);
});

test('the order in which programs were installed does not matter, nor which others there are', () => {
  const { batch } = traffic();
  switchWith({}, [...PROGRAMS].reverse()).process(batch);
  assertDrawn(batch);
  const [only = 0] = PROGRAMS;
  const { batch: alone } = traffic();
  switchWith({}, [only]).process(alone);
  for (const i of all) if (programOf(i) === only) assert.equal(drawn(packetBytes(alone, i)), expected(i));
});

for (const workers of [1, 2, 3]) {
  test(`${workers} workers, in two parts, and again after they forgot`, async () => {
    const emulator = switchWith();
    const processor = await createPacketProcessor(emulator, workers, operationsOf(PROGRAMS));
    try {
      for (const round of [1, 2]) {
        const { batch, memory } = traffic(workers);
        await processor.process(batch, memory, 0, 120);
        await processor.process(batch, memory, 120);
        assertDrawn(batch);
        assert.equal(
          counts(emulator),
          expectedCounts.map((count) => count * round),
        );
        await processor.forget();
      }
    } finally {
      await processor.close();
    }
  });
}

test('a restored switch goes on with the next arrival number and the seed', () => {
  const { batch } = traffic();
  const first = switchWith();
  first.process(batch, 0, 130);
  const snapshot = readSnapshot(takeSnapshot(first, [], first.counters, null), plane);
  const second = new Switch(plane, { engine: 'interpreted' });
  restoreSnapshot(second, snapshot);
  second.process(batch, 130);
  assertDrawn(batch);
  assert.equal(counts(second), expectedCounts);
});

test('a traced packet gets the numbers that it would get', () => {
  const emulator = switchWith();
  const { batch } = traffic();
  emulator.process(batch, 0, 10);
  const tracer = new PacketTracer(emulator, () => undefined);
  tracer.apply(operationsOf(PROGRAMS));
  batch.arrival[10] = emulator.arrivals++;
  const { steps } = tracer.trace(batch, 10, 11);
  assert.ok(steps.some(({ action, after }) => action === 'random_sar' && after.sar === expected(10).key3));
  emulator.process(batch, 11);
  assertDrawn(batch);
});

test('with virtual time packets are numbered in order of arrival, whatever overtakes what', () => {
  const packets = all.map((i) => ({ bytes: packet(i), atPs: i * 20_000 }));
  const entries = operationsOf(PROGRAMS).flatMap((operation) => ('entry' in operation ? [operation.entry] : []));
  for (const engine of ['compiled', 'interpreted'] as const) {
    const { bytes, lost } = timedRun(plane, packets, {
      engine,
      entries: entries.slice(1),
      prepare: (emulator) => {
        emulator.seed = SEED;
      },
    });
    assert.equal(lost, []);
    for (const i of all) assert.equal(drawn(bytes[i] ?? new Uint8Array()), expected(i), `packet ${i}`);
  }
});

test('a mask by a constant is not taken for one by the size of a memory, whatever the number of the memory is', () => {
  // The first memory that a step names has number 0, the second 1: the masks by these numbers are other ones.
  for (const mask of [0, 1]) {
    const text = `@m0 256\n@m1 256\nprogram p(<hdr.ipv4.dst, 10.0.0.0, 0xff000000>) {
      EXTRACT(hdr.ipv4.dst, sar);
      BRANCH:
      case(<sar, 0, 1>) { RANDOM(mar, ${mask}); MEMADD(m0); }
      case(<sar, 1, 3>) { HASH_5_TUPLE_MEM(m0); MEMADD(m0); }
      case(<sar, 3, 3>) { HASH_5_TUPLE_MEM(m1); MEMADD(m1); };
    }`;
    const extended = dataPlane('extended');
    const translation = compileText(text, new SwitchState(extended));
    const result = validateTranslation(translation, extended, {
      packets: 200,
      random: seedrandom.alea('masks'),
      makeSwitch: () => new Switch(extended, { engine: 'interpreted' }),
    });
    assert.is(result.kind, 'verified', `mask ${mask}`);
  }
});

test.run();
