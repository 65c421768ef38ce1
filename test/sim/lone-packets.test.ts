/** Packets that go through the switch with time in vectors, as each is alone in it, give what single packets give. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BUILT_IN_DATA_PLANES,
  type DataPlane,
  defaultForwardEntry,
  installOperations,
  must,
  type Operation,
  SwitchState,
} from '../../compiler/index.js';
import { type Departures, holdBatch, Switch, TimedDriver, timedSwitchOptions } from '../../sim/index.js';
import { PacketGenerator, type Translation } from '../../sim/validation/index.js';
import { isSame } from '../../sim/validation/memory-difference.js';
import { appendPacketBytes, createPacketBatch, packetBytes } from '../../traces/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { itemAt } from '../item-at.js';
import { cases } from '../tiers.js';
import { frame } from './frames.js';
import { dataPlane } from './test-switch.js';
import { compileIfFits } from './translations.js';

const PORTS = [1, 2, 3, 4];
const TICK_PS = 3_000_000;
const RUNS = cases(4);
const MAX_PACKETS = 400;

interface Coming {
  readonly bytes: Uint8Array;
  readonly port: number;
  readonly atPs: number;
}

interface Setting {
  readonly plane: DataPlane;
  readonly operations: readonly Operation[];
  readonly queueBytes?: number;
}

/** Takes packets through a switch, and tells all that can be seen of it, in order. */
function outcomeOf({ plane, operations, ...limits }: Setting, packets: readonly Coming[], together: boolean) {
  const batch = createPacketBatch(
    packets.length + 1,
    8 + packets.reduce((sum, { bytes }) => sum + bytes.length + 8, 0),
  );
  const held = holdBatch(batch);
  for (const { bytes, port } of packets) appendPacketBytes(batch, bytes, port);
  const emulator = new Switch(plane);
  for (const port of PORTS) {
    emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, port, port + 4) });
  }
  for (const operation of operations) emulator.apply(operation);
  const seen: unknown[] = [];
  const observer = {
    nextTickPs: TICK_PS,
    tick(nowPs: number) {
      const queues = driver.trafficManager.ports.map((queue) => [queue.port, queue.takeMostCells(), queue.cells]);
      seen.push({ nowPs, arrived: { ...driver.arrived }, queues, cells: driver.trafficManager.takeMostCells() });
      observer.nextTickPs = (Math.floor(nowPs / TICK_PS) + 1) * TICK_PS;
    },
    left({ count, index, arrivalPs, departurePs }: Departures) {
      for (let place = 0; place < count; place++) {
        seen.push({ i: index[place], arrivalPs: arrivalPs[place], departurePs: departurePs[place] });
      }
    },
    lost(_held: unknown, i: number, reason: string) {
      seen.push({ i, reason });
    },
  };
  const driver = new TimedDriver(emulator, { ...timedSwitchOptions(plane), ...limits }, observer);
  if (together)
    driver.arriveAll(
      held,
      Float64Array.from(packets, ({ atPs }) => atPs),
    );
  else for (const [i, { atPs }] of packets.entries()) driver.arrive(held, i, atPs);
  driver.runToEnd();
  assert.is(held.inFlight, 0);
  return {
    seen,
    packets: packets.map((_, i) => ({
      port: batch.egressPort[i],
      program: batch.programId[i],
      recirculations: batch.recirculations[i],
      bytes: Buffer.from(packetBytes(batch, i)).toString('hex'),
    })),
    counters: emulator.counters,
    ports: driver.trafficManager.ports.map(({ port, counters, free, lineFree }) => ({
      port,
      counters,
      free,
      lineFree,
    })),
    most: driver.packets.most,
    words: emulator.memory.words,
  };
}

function compare(setting: Setting, packets: readonly Coming[]): void {
  const [{ words, ...together }, { words: wanted, ...single }] = [
    outcomeOf(setting, packets, true),
    outcomeOf(setting, packets, false),
  ];
  together.seen.forEach((event, i) => {
    assert.equal(event, single.seen[i], `event ${i}`);
  });
  assert.equal(together, single);
  assert.ok(isSame(words, wanted), 'memory is equal');
}

/** Distances of packets in picoseconds: none, less than a pass, about a pass of an idle switch, more. */
function gap(random: () => number): number {
  const kind = random();
  if (kind < 0.1) return 0;
  if (kind < 0.2) return Math.floor(random() * 100_000);
  if (kind < 0.5) return 515_000 + Math.floor(random() * 20_000);
  return 600_000 + Math.floor(random() * 2_000_000);
}

const at = (packets: readonly Omit<Coming, 'atPs'>[], next: () => number): Coming[] => {
  let atPs = 0;
  return packets.map((packet) => {
    atPs += next();
    return { ...packet, atPs };
  });
};

/** Programs with all that a data plane has. */
const script = (dataPlane: DataPlane) =>
  fc.record({
    programs: fc.array(wholePrograms({ dataPlane }), { minLength: 1, maxLength: 5 }),
    seed: fc.nat(),
    recirculations: fc.integer({ min: 0, max: 2 }),
    queueBytes: fc.constantFrom(undefined, 240),
  });

for (const name of BUILT_IN_DATA_PLANES) {
  const plane = dataPlane(name);
  test(`${name}: packets that arrive together or one by one give equal results`, () => {
    let ran = 0;
    fc.assert(
      fc.property(script(plane), ({ programs, seed, recirculations, queueBytes }) => {
        const random = seedrandom.alea(String(seed));
        const state = new SwitchState(plane);
        const running: Translation[] = [];
        for (const [i, text] of programs.entries()) {
          const translation = compileIfFits(text, state, { name: `p${i}`, filterPriority: i, recirculations });
          if (translation === undefined) continue;
          state.commit(translation.compiled);
          running.push(translation);
          ran++;
        }
        if (running.length === 0) return;
        const generators = running.map(({ program }) => new PacketGenerator(program, plane, random));
        const packets = Array.from({ length: 1 + Math.floor(random() * MAX_PACKETS) }, () => ({
          bytes: itemAt(generators, Math.floor(random() * generators.length)).next().bytes,
          port: random() < 0.05 ? 60 : must(PORTS[Math.floor(random() * PORTS.length)], 'port'),
        }));
        const operations = running.flatMap(({ compiled }) => installOperations(compiled));
        const limits = queueBytes === undefined ? {} : { queueBytes };
        compare(
          { plane, operations, ...limits },
          at(packets, () => gap(random)),
        );
      }),
      { seed: 20_261_129, numRuns: RUNS, endOnFailure: true },
    );
    assert.ok(ran > 1, `${ran} programs ran`);
  });
}

const plane = dataPlane('default');
const sized = (bytes: number, port = 1) => ({
  bytes: frame({ udp: { src: 1, dst: 2 }, payload: new Array(bytes - 42).fill(7) }),
  port,
});
const IDLE_PS = must(
  outcomeOf(
    { plane, operations: [] },
    at([sized(60)], () => 0),
    false,
  ).seen.find(
    (event): event is { departurePs: number } => typeof event === 'object' && event !== null && 'departurePs' in event,
  ),
  'departure of a packet',
).departurePs;

for (const [what, distance] of [
  ['as the one before leaves', IDLE_PS],
  ['just before that', IDLE_PS - 1],
  ['just after', IDLE_PS + 1],
] as const) {
  test(`packets that come ${what}`, () => {
    compare(
      { plane, operations: [] },
      at(new Array(20).fill(sized(60)), () => distance),
    );
  });
}

test('a long packet whose line is still busy when the next one comes to the queue', () => {
  const packets = Array.from({ length: 40 }, (_, i) => sized(i % 2 === 0 ? 1514 : 60, 1 + (i % 3)));
  for (const distance of [520_000, 560_000, 640_000, 700_000])
    compare(
      { plane, operations: [] },
      at(packets, () => distance),
    );
});

test.run();
