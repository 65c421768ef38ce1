/**
 * Random programs together in one switch, and packets with times and lengths of their own: whatever takes them through
 * the switch, everything that can be seen of it is equal. Used by ways-to-run.test.ts and, for long runs, by
 * validate-many.ts.
 */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import * as assert from 'uvu/assert';
import {
  type Allocator,
  type DataPlane,
  defaultForwardEntry,
  installOperations,
  type MulticastGroup,
  type Operation,
  SwitchState,
} from '../../compiler/index.js';
import type { Counters } from '../../sim/blocks/counters.js';
import { digestPackets } from '../../sim/blocks/digest.js';
import {
  createPacketProcessor,
  EMPTY_QUEUE,
  type EngineName,
  OutputDigest,
  QueuedDriver,
  Switch,
  type SwitchOptions,
} from '../../sim/index.js';
import { RunToEndDriver } from '../../sim/pipeline/drivers/run-to-end-driver.js';
import { readSnapshot, restoreSnapshot, takeSnapshot } from '../../sim/snapshot/snapshot.js';
import { PacketGenerator, type TestPacket, type Translation } from '../../sim/validation/index.js';
import { isSame } from '../../sim/validation/memory-difference.js';
import {
  allocatePacketBatchMemory,
  appendPacketBytes,
  createPacketBatch,
  PACKET_MARKS,
  type PacketBatch,
  packetBatchOver,
  packetBytes,
} from '../../traces/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { itemAt } from '../item-at.js';
import { compileIfFits } from './translations.js';

/** With an entry of default forwarding; packets come in on another one too. */
const PORTS = [1, 2, 3];
const PORT_DISTANCE = 16;
const MAX_PROGRAMS = 5;
/** Scenarios that are generated at once. */
const CHUNK = 100;
const RECIRCULATIONS = 3;
/** One packet in so many has no time. */
const UNTIMED = 10;
const SPACE = 2 ** 18;

/** Groups 1 to 8, of 0 to 3 nodes; 9 is one that programs copy to and that is not there. */
const GROUPS = Array.from({ length: 8 }, (_, i): MulticastGroup => {
  const nodes = Array.from({ length: i % 4 }, (_, place) => {
    return { id: 10 * i + place, replicationId: 3 * i + place, ports: [place + 3, 192, 40 - i].slice(0, 1 + (i % 3)) };
  });
  return { id: i + 1, nodes };
});

export interface Scenario {
  readonly plane: DataPlane;
  /** Their texts, for failures to be read. */
  readonly texts: readonly string[];
  readonly operations: readonly Operation[];
  readonly packets: readonly TestPacket[];
  /** Of random numbers. */
  readonly seed: number;
  /** How many programs run. */
  readonly programs: number;
  /** Where a call of `process` ends and another begins, and snapshots are taken. */
  readonly cut: number;
  /** What the register arrays of its switches lie in, one switch after another: memory that is new costs more. */
  readonly memory: SharedArrayBuffer;
}

/** Programs that fit the switch one after another, and packets for all of them; undefined where none fits. */
function scenarioOf(
  plane: DataPlane,
  texts: readonly string[],
  seed: number,
  options: WaysOptions,
  memory: SharedArrayBuffer,
): Scenario | undefined {
  const random = seedrandom.alea(String(seed));
  const state = new SwitchState(plane);
  const running = texts.flatMap((text, i): Translation[] => {
    const name = `p${i}`;
    const allocator = options.allocators?.[(seed + i) % options.allocators.length];
    const made = compileIfFits(text, state, {
      name,
      filterPriority: i,
      recirculations: Math.floor(random() * (RECIRCULATIONS + 1)),
      allocator,
    });
    if (made === undefined) return [];
    state.commit(made.compiled);
    return [made];
  });
  if (running.length === 0) return undefined;
  const generators = running.map(({ program }) => new PacketGenerator(program, plane, random));
  return {
    plane,
    texts,
    programs: running.length,
    operations: [
      ...(plane.description.replication === undefined ? [] : GROUPS).map(
        (group) => ({ kind: 'insertGroup', group }) as const,
      ),
      ...PORTS.map((port) => {
        return { kind: 'insertEntry', entry: defaultForwardEntry(plane, port, port + PORT_DISTANCE) } as const;
      }),
      ...running.flatMap(({ compiled }) => installOperations(compiled)),
    ],
    packets: Array.from({ length: options.packets }, () =>
      itemAt(generators, Math.floor(random() * generators.length)).next(),
    ),
    seed: Math.floor(random() * 2 ** 32),
    cut: Math.floor(random() * options.packets),
    memory,
  };
}

function fill(batch: PacketBatch, packets: readonly TestPacket[]): PacketBatch {
  for (const { bytes, ingressPort, wireLength, timestamp } of packets) {
    const at = batch.count;
    appendPacketBytes(batch, bytes, ingressPort, Math.floor(timestamp / 1e3));
    batch.originalLength[at] = wireLength;
    batch.timeNanoseconds[at] = timestamp % 1e9;
    if (timestamp % UNTIMED === 0) batch.marks[at] = PACKET_MARKS.untimed;
  }
  return batch;
}

/** All that can be seen of a run. */
interface Outcome {
  readonly packets: readonly unknown[];
  readonly copies: readonly unknown[];
  readonly output: string;
  readonly counters: Counters;
  /** The register arrays, compared word by word. */
  readonly words: Uint32Array;
  readonly arrivals: number;
}

const seenOf = (batch: PacketBatch): unknown[] =>
  Array.from({ length: batch.count }, (_, i) => ({
    port: batch.egressPort[i],
    program: batch.programId[i],
    recirculations: batch.recirculations[i],
    bytes: Buffer.from(packetBytes(batch, i)).toString('hex'),
  }));

function outcomeOf(batch: PacketBatch, emulator: Switch): Outcome {
  digestPackets(batch, 0, batch.count, 0, 1);
  return digestedOutcome(batch, emulator, emulator);
}

/** @param account of the packets */
function digestedOutcome(
  batch: PacketBatch,
  { memory }: Switch,
  { counters, arrivals }: Pick<Outcome, 'counters' | 'arrivals'>,
): Outcome {
  const { copies } = batch;
  const output = new OutputDigest();
  output.update(batch);
  return {
    packets: seenOf(batch),
    copies:
      copies === undefined
        ? []
        : seenOf(copies.batch).map((seen, i) => ({ seen, of: copies.origin[i], number: copies.number[i] })),
    output: output.finish(),
    counters: { ...counters },
    words: memory.words,
    arrivals,
  };
}

/** A switch with all programs, whose memory is 0; the one before it in the same memory is done. */
function switchOf(
  { plane, operations, seed, memory }: Scenario,
  engine: EngineName,
  options: SwitchOptions = {},
): Switch {
  const emulator = new Switch(plane, { engine, seed, memory, ...options });
  emulator.memory.words.fill(0);
  for (const operation of operations) emulator.apply(operation);
  return emulator;
}

type Way = (scenario: Scenario) => Outcome;

const newBatch = ({ packets }: Scenario): PacketBatch => fill(createPacketBatch(packets.length, SPACE), packets);

const inTwoCalls =
  (engine: EngineName): Way =>
  (scenario) => {
    const emulator = switchOf(scenario, engine);
    const batch = newBatch(scenario);
    emulator.process(batch, 0, scenario.cut);
    emulator.process(batch, scenario.cut);
    return outcomeOf(batch, emulator);
  };

/** Some of the packets in one switch, the others in one that is restored from a snapshot of it. */
const withSnapshot =
  (first: EngineName, second: EngineName): Way =>
  (scenario) => {
    const emulator = switchOf(scenario, first);
    const batch = newBatch(scenario);
    emulator.process(batch, 0, scenario.cut);
    const bytes = takeSnapshot(emulator, [], emulator.counters, null);
    const restored = new Switch(scenario.plane, { engine: second, memory: scenario.memory });
    restored.memory.words.fill(0);
    restoreSnapshot(restored, readSnapshot(bytes, scenario.plane));
    restored.process(batch, scenario.cut);
    return outcomeOf(batch, restored);
  };

/** Each way, and what of it the test is for. */
const WAYS: Readonly<Record<string, Way>> = {
  'the interpreted engine': inTwoCalls('interpreted'),
  'the compiled engine without vectors': (scenario) => {
    const emulator = switchOf(scenario, 'compiled');
    const batch = newBatch(scenario);
    emulator.noteArrivals(batch, 0, batch.count, 0);
    emulator.arrivals = batch.count;
    new RunToEndDriver(emulator.pipeline).process(batch, 0, batch.count);
    return outcomeOf(batch, emulator);
  },
  'an empty queue': (scenario) => {
    const emulator = switchOf(scenario, 'compiled');
    const batch = newBatch(scenario);
    new QueuedDriver(emulator, EMPTY_QUEUE).process(batch);
    return outcomeOf(batch, emulator);
  },
  'counters of entries': (scenario) => {
    const emulator = switchOf(scenario, 'interpreted', { countsHits: true });
    const batch = newBatch(scenario);
    emulator.process(batch);
    return outcomeOf(batch, emulator);
  },
};

/** Every third scenario takes one of them, as a snapshot takes as long as all the rest. */
const SNAPSHOTS: readonly (readonly [EngineName, EngineName])[] = [
  ['compiled', 'interpreted'],
  ['interpreted', 'compiled'],
  ['compiled', 'compiled'],
];

async function withWorkers(scenario: Scenario, workers: number): Promise<Outcome> {
  const emulator = switchOf(scenario, 'compiled');
  const processor = await createPacketProcessor(emulator, workers, emulator.operations());
  try {
    const memory = allocatePacketBatchMemory(scenario.packets.length, SPACE, workers);
    const batch = fill(packetBatchOver(memory), scenario.packets);
    await processor.process(batch, memory, 0, scenario.cut);
    await processor.process(batch, memory, scenario.cut, batch.count);
    return digestedOutcome(batch, emulator, processor);
  } finally {
    await processor.close();
  }
}

/** @throws {assert.Assertion} with the programs, for a way whose outcome differs */
function assertSame(scenario: Scenario, way: string, found: Outcome, wanted: Outcome): void {
  const where = `${way}, on ${scenario.plane.name}:\n${scenario.texts.join('\n')}\n`;
  wanted.packets.forEach((packet, i) => {
    assert.equal(found.packets[i], packet, `packet ${i} by ${where}`);
  });
  wanted.copies.forEach((copy, i) => {
    assert.equal(found.copies[i], copy, `copy ${i} by ${where}`);
  });
  const rest = ({ packets, copies, words: _words, ...others }: Outcome) => {
    return { ...others, all: packets.length + copies.length };
  };
  assert.equal(rest(found), rest(wanted), where);
  assert.ok(isSame(found.words, wanted.words), `register arrays by ${where}`);
}

export interface WaysOptions {
  readonly seed: number;
  readonly scenarios: number;
  /** Packets of each scenario. */
  readonly packets: number;
  /** One scenario in so many also runs with 1 to 3 workers. */
  readonly workersEvery: number;
  /** The programs take them in turn; one if left out. */
  readonly allocators?: readonly Allocator[];
}

/** What was run. */
export interface WaysTotals {
  scenarios: number;
  programs: number;
  packets: number;
  copies: number;
  recirculations: number;
  /** Scenarios with a snapshot, and with workers. */
  withSnapshot: number;
  withWorkers: number;
}

const newMemory = ({ rpbs }: DataPlane): SharedArrayBuffer =>
  new SharedArrayBuffer(rpbs.reduce((sum, { buckets, words }) => sum + buckets * words, 0) * 4);

/** Texts of the programs of each scenario. */
function* textsOf(dataPlane: DataPlane, { seed, scenarios }: WaysOptions): Generator<readonly string[]> {
  const texts = fc.array(wholePrograms({ dataPlane }), { minLength: 2, maxLength: MAX_PROGRAMS, size: 'max' });
  for (let from = 0; from < scenarios; from += CHUNK) {
    yield* fc.sample(texts, { seed: seed + from, numRuns: Math.min(CHUNK, scenarios - from) });
  }
}

/** @throws {assert.Assertion} at the first difference */
export async function compareWays(plane: DataPlane, options: WaysOptions): Promise<WaysTotals> {
  const totals: WaysTotals = {
    scenarios: 0,
    programs: 0,
    packets: 0,
    copies: 0,
    recirculations: 0,
    withSnapshot: 0,
    withWorkers: 0,
  };
  const [memory, wantedMemory] = [newMemory(plane), newMemory(plane)];
  let i = -1;
  for (const texts of textsOf(plane, options)) {
    i++;
    const scenario = scenarioOf(plane, texts, options.seed + i, options, memory);
    if (scenario === undefined) continue;
    const wanted = inTwoCalls('compiled')({ ...scenario, memory: wantedMemory });
    for (const [name, way] of Object.entries(WAYS)) assertSame(scenario, name, way(scenario), wanted);
    const snapshot = i % 3 === 0 ? SNAPSHOTS[(i / 3) % SNAPSHOTS.length] : undefined;
    if (snapshot !== undefined) {
      const [first, second] = snapshot;
      totals.withSnapshot++;
      assertSame(scenario, `a snapshot from ${first} to ${second}`, withSnapshot(first, second)(scenario), wanted);
    }
    if (i % options.workersEvery === 0) {
      totals.withWorkers++;
      for (const workers of [1, 2, 3]) {
        assertSame(scenario, `${workers} workers`, await withWorkers(scenario, workers), wanted);
      }
    }
    totals.scenarios++;
    totals.programs += scenario.programs;
    totals.packets += scenario.packets.length;
    totals.copies += wanted.counters.copies;
    totals.recirculations += wanted.counters.recirculations;
  }
  return totals;
}
