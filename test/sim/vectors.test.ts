/** Vectors of packets give what one packet after another gives: state, output, counters and verdicts. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BUILT_IN_DATA_PLANES,
  type DataPlane,
  defaultForwardEntry,
  installOperations,
  type MulticastGroup,
  must,
  type Operation,
  revokeOperations,
  SwitchState,
} from '../../compiler/index.js';
import { VECTOR_SIZE } from '../../sim/blocks/packet-vector.js';
import { Switch } from '../../sim/index.js';
import type { PacketDriver } from '../../sim/pipeline/drivers/packet-driver.js';
import { RunToEndDriver } from '../../sim/pipeline/drivers/run-to-end-driver.js';
import { PacketGenerator, type Translation } from '../../sim/validation/index.js';
import { isSame } from '../../sim/validation/memory-difference.js';
import { appendPacketBytes, createPacketBatch, type PacketBatch, packetBytes } from '../../traces/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { cases } from '../tiers.js';
import { frame } from './frames.js';
import { dataPlane, filterEntry, rpbEntry } from './test-switch.js';
import { compileIfFits } from './translations.js';

const PORTS = [1, 2, 3, 4];
const GROUPS: readonly MulticastGroup[] = [1, 2, 3, 5].map((id) => {
  return {
    id,
    nodes: [3, 9, 12].slice(0, id).map((port, i) => ({ id: 10 * id + i, replicationId: i, ports: [port] })),
  };
});
const MAX_PACKETS = 3 * VECTOR_SIZE;
const ODD = 0.1;
const RUNS = cases(6);

interface Packet {
  readonly bytes: Uint8Array;
  readonly port: number;
  /** Bytes on the wire, and time of arrival in nanoseconds, where they matter. */
  readonly wireLength?: number;
  readonly timestamp?: number;
}

function processAlone(emulator: Switch, alone: PacketDriver, batch: PacketBatch, from = 0, to = batch.count): void {
  emulator.noteArrivals(batch, from, to, emulator.arrivals);
  emulator.arrivals += to - from;
  alone.process(batch, from, to);
}

/** Two equal switches, of which one takes packets one by one. */
class Pair {
  readonly vectors: Switch;
  readonly single: Switch;
  private readonly sides: readonly (readonly [Switch, PacketDriver])[];

  constructor(plane: DataPlane) {
    this.vectors = new Switch(plane);
    this.single = new Switch(plane);
    const alone = new RunToEndDriver(this.single.pipeline);
    this.sides = [
      [this.vectors, this.vectors],
      [this.single, { process: (batch, from, to) => processAlone(this.single, alone, batch, from, to) }],
    ];
    const entries = PORTS.map((port) => defaultForwardEntry(plane, port, port + 4));
    this.apply(entries.map((entry) => ({ kind: 'insertEntry', entry })));
    if (plane.description.replication === undefined) return;
    this.apply(GROUPS.map((group) => ({ kind: 'insertGroup', group })));
  }

  apply(operations: readonly Operation[]): void {
    for (const [emulator] of this.sides) for (const operation of operations) emulator.apply(operation);
  }

  /** @param cuts places where a call of `process` ends and the next begins */
  compare(packets: readonly Packet[], cuts: readonly number[] = []): void {
    const [together, alone] = this.sides.map(([emulator, driver]) => {
      const batch = createPacketBatch(packets.length, packets.length * 2048);
      packets.forEach(({ bytes, port, wireLength = bytes.length, timestamp = 0 }, i) => {
        appendPacketBytes(batch, bytes, port);
        batch.originalLength[i] = wireLength;
        batch.timeNanoseconds[i] = timestamp;
      });
      const ends = [...cuts, packets.length];
      ends.forEach((end, i) => {
        driver.process(batch, ends[i - 1] ?? 0, end);
      });
      return { ...resultsOf(batch), counters: { ...emulator.counters } };
    });
    together?.packets.forEach((packet, i) => {
      assert.equal(packet, alone?.packets[i], `packet ${i}`);
    });
    assert.equal(together, alone);
    assert.ok(isSame(this.vectors.memory.words, this.single.memory.words), 'memory is equal');
  }
}

function resultsOf(batch: PacketBatch): { readonly packets: unknown[] } {
  const { copies } = batch;
  if (copies === undefined) return verdictsOf(batch);
  const { packets } = verdictsOf(copies.batch);
  return { packets: [...verdictsOf(batch).packets, ...packets.map((packet, i) => [packet, copies.origin[i]])] };
}

function verdictsOf(batch: PacketBatch): { readonly packets: unknown[] } {
  return {
    packets: Array.from({ length: batch.count }, (_, i) => ({
      port: batch.egressPort[i],
      program: batch.programId[i],
      recirculations: batch.recirculations[i],
      bytes: Buffer.from(packetBytes(batch, i)).toString('hex'),
    })),
  };
}

/** Packets that are cut, have options or another version of IP, or that nothing is known of. */
function odd(bytes: Uint8Array, random: () => number): Uint8Array {
  const changed = bytes.slice();
  const kind = random();
  if (kind < 0.4) return changed.slice(0, Math.floor(random() * changed.length));
  const at = kind < 0.8 ? 14 : Math.floor(random() * changed.length);
  if (at < changed.length) changed[at] = kind < 0.6 ? 0x46 : Math.floor(random() * 256);
  return changed;
}

function packetsFor(running: readonly Translation[], plane: DataPlane, count: number, random: () => number): Packet[] {
  const generators = running.map(({ program }) => new PacketGenerator(program, plane, random));
  return Array.from({ length: count }, () => {
    const packet = must(generators[Math.floor(random() * generators.length)], 'generator').next();
    const { bytes, wireLength, timestamp } = packet;
    const port = must(PORTS[Math.floor(random() * PORTS.length)], 'port');
    return { bytes: random() < ODD ? odd(bytes, random) : bytes, port, wireLength, timestamp };
  });
}

/** Programs with all that a data plane has. */
const script = (dataPlane: DataPlane) =>
  fc.record({
    programs: fc.array(wholePrograms({ dataPlane }), { minLength: 2, maxLength: 6 }),
    seed: fc.nat(),
    recirculations: fc.integer({ min: 0, max: 3 }),
  });

for (const name of BUILT_IN_DATA_PLANES) {
  const plane = dataPlane(name);
  test(`${name}: vectors and single packets give equal results while programs come and go`, () => {
    let ran = 0;
    // One pair for all cases, as a switch has megabytes of memory; a new one behind a case that fails.
    let kept: Pair | undefined;
    fc.assert(
      fc.property(script(plane), ({ programs, seed, recirculations }) => {
        const random = seedrandom.alea(String(seed));
        const pair = kept ?? new Pair(plane);
        kept = undefined;
        const state = new SwitchState(plane);
        const running: Translation[] = [];
        for (const [i, text] of programs.entries()) {
          const translation = compileIfFits(text, state, { name: `p${i}`, filterPriority: i, recirculations });
          if (translation === undefined) continue;
          state.commit(translation.compiled);
          running.push(translation);
          ran++;
          pair.apply(installOperations(translation.compiled));
          const count = 1 + Math.floor(random() * random() * MAX_PACKETS);
          pair.compare(packetsFor(running, plane, count, random), [Math.floor(random() * count)]);
          if (running.length > 2 && random() < 0.5) {
            const [gone] = running.splice(Math.floor(random() * running.length), 1);
            const { compiled } = must(gone, 'running program');
            pair.apply(revokeOperations(compiled));
            state.beginRevoke(compiled.program);
            state.release(compiled.program);
          }
        }
        for (const { compiled } of running) pair.apply(revokeOperations(compiled));
        kept = pair;
      }),
      { seed: 20_261_129, numRuns: RUNS, endOnFailure: true },
    );
    assert.ok(ran > RUNS / 2, `${ran} programs ran`);
  });
}

/** Programs 1 and 2 count in one word and write the count into their packets. */
const shared = (plane: DataPlane): Operation[] =>
  [1, 2].flatMap((program) =>
    [
      filterEntry(plane, 'L4', program, { 'hdr.l4_port.src_port': [program, 0xffff] }),
      rpbEntry(plane, 1, 'loadi_sar', [program], { program }),
      rpbEntry(plane, 2, 'address_translation_offset', [10, 0], { program }),
      rpbEntry(plane, 3, 'salu_add_sub', [], { program }),
      rpbEntry(plane, 4, 'modify_hdrl5key3_sar', [], { program }),
      // Of another shape, so that vectors would part them.
      ...(program === 1 ? [rpbEntry(plane, 5, 'report', [], { program })] : []),
    ].map((entry) => ({ kind: 'insertEntry' as const, entry })),
  );
const ofPrograms = (count: number): Packet[] =>
  Array.from({ length: count }, (_, i) => ({
    bytes: frame({ udp: { src: 1 + ((i * 7 + (i >> 2)) % 3) }, l5: [i, 0, 0, 0] }),
    port: 1,
  }));

test('packets of programs that share memory keep their order: no blocks are declared', () => {
  const plane = dataPlane('default');
  const pair = new Pair(plane);
  pair.apply(shared(plane));
  pair.compare(ofPrograms(600));
});

test('packets of programs whose declared blocks overlap keep their order, and others share a vector with them', () => {
  const plane = dataPlane('default');
  const pair = new Pair(plane);
  pair.apply(shared(plane));
  const declare = (programId: number, base: number): Operation => ({
    kind: 'declareMemory',
    programId,
    blocks: [{ name: 'm', rpb: 3, base, buckets: 8 }],
  });
  pair.apply([declare(1, 8), declare(2, 4)]);
  pair.compare(ofPrograms(600));
  pair.apply([declare(2, 100)]);
  pair.compare(ofPrograms(600));
});

test('hundreds of programs of different shapes, all built before the first packet', () => {
  const plane = dataPlane('default');
  const pair = new Pair(plane);
  const BITS = 8;
  for (let program = 1; program < 2 ** BITS; program++) {
    const entries = [
      filterEntry(plane, 'L4', program, { 'hdr.l4_port.src_port': [program, 0xffff] }),
      rpbEntry(plane, 1, 'loadi_mar', [1000 * program], { program }),
      ...Array.from({ length: BITS }, (_, bit) =>
        rpbEntry(plane, 2 + bit, (program >> bit) & 1 ? 'xor_sar_mar' : 'add_sar_mar', [], { program }),
      ),
      rpbEntry(plane, 2 + BITS, 'modify_hdrl5key3_sar', [], { program }),
    ];
    pair.apply(entries.map((entry) => ({ kind: 'insertEntry', entry })));
  }
  pair.vectors.prepare();
  const packets = Array.from({ length: 2 * VECTOR_SIZE }, (_, i) => ({
    bytes: frame({ udp: { src: 1 + ((i * 7) % (2 ** BITS - 1)) }, l5: [i, 0, 0, 0] }),
    port: 1,
  }));
  pair.compare(packets);
});

test.run();
