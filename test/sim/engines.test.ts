/** Two engines, one meaning: random programs and packets, updates in between; all that can be seen is equal. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CompiledProgram,
  DataPlane,
  defaultDataPlane,
  defaultForwardEntry,
  installOperations,
  type Operation,
  revokeOperations,
  SwitchState,
} from '../../compiler/index.js';
import { type EngineName, Switch } from '../../sim/index.js';
import { PacketGenerator, type Translation } from '../../sim/validation/index.js';
import { isSame } from '../../sim/validation/memory-difference.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, packetBytes } from '../../traces/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { cases } from '../tiers.js';
import { compileIfFits } from './translations.js';

const plane = defaultDataPlane();
/** Every other RPB has a register array that is smaller than an address can say. */
const small = new DataPlane({
  ...plane.description,
  name: 'small arrays',
  rpbs: Object.fromEntries(
    Object.entries(plane.description.rpbs).map(([number, rpb]) => [
      number,
      Number(number) % 2 === 0 ? rpb : { ...rpb, buckets: 4096 },
    ]),
  ),
});
const PORTS = [1, 2, 3, 4];
const PACKETS = 40;

class Side {
  readonly emulator: Switch;
  private readonly batch = createPacketBatch(PACKETS, 2 ** 18);

  constructor(dataPlane: DataPlane, engine: EngineName) {
    this.emulator = new Switch(dataPlane, { engine });
    assert.is(this.emulator.engineName, engine);
    for (const port of PORTS) {
      this.emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(dataPlane, port, port + 4) });
    }
  }

  apply(operations: readonly Operation[]): void {
    for (const operation of operations) this.emulator.apply(operation);
  }

  /** All that can be seen of what it did to the packets, memory aside. */
  run(packets: readonly { readonly bytes: Uint8Array; readonly ingressPort: number }[]): unknown {
    const { batch, emulator } = this;
    clearPacketBatch(batch);
    for (const { bytes, ingressPort } of packets) appendPacketBytes(batch, bytes, ingressPort);
    emulator.process(batch);
    return {
      packets: packets.map((_, i) => ({
        port: batch.egressPort[i],
        program: batch.programId[i],
        recirculations: batch.recirculations[i],
        bytes: Buffer.from(packetBytes(batch, i)).toString('hex'),
      })),
      counters: { ...emulator.counters },
    };
  }
}

const script = fc.record({
  programs: fc.array(wholePrograms(), { minLength: 1, maxLength: 6 }),
  seed: fc.nat(),
  recirculations: fc.integer({ min: 0, max: 3 }),
});

for (const [dataPlane, runs] of [
  [plane, 50],
  [small, 25],
] as const) {
  test(`${dataPlane.name}: packets, ports, memory and counters are equal while programs come and go`, () => {
    let ran = 0;
    const numRuns = cases(runs);
    // One pair for all cases, as a switch has megabytes of memory; a new one behind a case that fails.
    let pair: Sides | undefined;
    fc.assert(
      fc.property(script, ({ programs, seed, recirculations }) => {
        const random = seedrandom.alea(String(seed));
        const sides: Sides = pair ?? [new Side(dataPlane, 'compiled'), new Side(dataPlane, 'interpreted')];
        pair = undefined;
        const state = new SwitchState(dataPlane);
        const running: Translation[] = [];
        for (const [i, text] of programs.entries()) {
          const translation = compileIfFits(text, state, { name: `p${i}`, filterPriority: i, recirculations });
          if (translation === undefined) continue;
          state.commit(translation.compiled);
          running.push(translation);
          for (const side of sides) side.apply(installOperations(translation.compiled));
          compare(sides, running, random, dataPlane);
          ran++;
          if (random() < 0.3) {
            compareMemory(sides);
            const [gone] = running.splice(Math.floor(random() * running.length), 1);
            revoke(gone?.compiled, sides, state);
            compare(sides, running, random, dataPlane);
          }
        }
        compareMemory(sides);
        for (const { compiled } of running) revoke(compiled, sides, state);
        compareMemory(sides);
        pair = sides;
      }),
      { seed: 20_261_123, numRuns },
    );
    assert.ok(ran > numRuns / 2, `${ran} programs ran`);
  });
}

type Sides = readonly [Side, Side];

function compareMemory([compiled, interpreted]: Sides): void {
  assert.ok(isSame(compiled.emulator.memory.words, interpreted.emulator.memory.words), 'memory is equal');
}

function compare(sides: Sides, running: readonly Translation[], random: () => number, dataPlane: DataPlane): void {
  if (running.length === 0) return;
  const generators = running.map(({ program }) => new PacketGenerator(program, dataPlane, random));
  const packets = Array.from({ length: PACKETS }, (_, i) => {
    const packet = (generators[i % generators.length] as PacketGenerator).next();
    return { bytes: packet.bytes, ingressPort: PORTS[i % PORTS.length] ?? 1 };
  });
  const [compiled, interpreted] = sides.map((side) => side.run(packets));
  assert.equal(compiled, interpreted);
}

function revoke(compiled: CompiledProgram | undefined, sides: Sides, state: SwitchState): void {
  if (compiled === undefined) return;
  for (const side of sides) side.apply(revokeOperations(compiled));
  state.beginRevoke(compiled.program);
  state.release(compiled.program);
}

test.run();
