/** The controller: what it takes it gives back, in any order, and what other programs notice of it: nothing. */

import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Controller, NoSuchProgram } from '../../hw-driver/index.js';
import { InProcessTarget, Switch } from '../../sim/index.js';
import { createPacketBatch, createTrafficGenerator, packetBytes } from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import { fifteenPrograms, instanceOf, plane, Rig } from './fifteen.js';

const SEED = 'controller-1';
const programs = await fifteenPrograms();

test(`a thousand deployments and revocations in random order (seed ${SEED}) leave nothing behind`, async () => {
  const random = seedrandom.alea(SEED);
  const rig = new Rig();
  const before = rig.lookClosely();
  const running = new Set<string>();
  for (let n = 0; n < 1000; n++) {
    const program = itemAt(programs, Math.floor(random() * programs.length));
    const { name } = program.arrival;
    if (running.delete(name)) await rig.controller.revoke(name);
    else {
      const compiled = await rig.deploy(program);
      running.add(name);
      for (const [memory, words] of Object.entries(await rig.memories(compiled))) {
        assert.not(
          words.some((word) => word !== 0),
          `${name} gets ${memory} empty`,
        );
      }
      await rig.fill(compiled, n + 1);
    }
    assert.is(rig.controller.state.programs.size, running.size);
  }
  assert.ok(running.size > 0);
  const rest = [...running].sort((a, b) => (a.length === b.length ? (a < b ? 1 : -1) : a.length - b.length));
  for (const name of rest) await rig.controller.revoke(name);
  assert.equal(rig.lookClosely(), before);
});

test('the same programs get the same places again', async () => {
  const rig = new Rig();
  const first = [];
  for (const program of programs) first.push(await rig.deploy(program));
  for (const { program } of first) await rig.controller.revoke(program);
  for (const [i, program] of programs.entries()) assert.equal(await rig.deploy(program), first[i]);
});

/** Packets of the programs with these numbers, for all fifteen. */
function stream(count: number) {
  const batch = createPacketBatch(count, 2 ** 20);
  const targets = programs.map(({ arrival }) => arrival.traffic);
  const generator = createTrafficGenerator({ targets, seed: SEED, packetsPerSecond: 1e6 });
  assert.is(generator.generateInto(batch, 0, count), count);
  return batch;
}

test('programs that come and go between packets change no packet of the others', async () => {
  const PACKETS = 3000;
  const outcome = async (churn: boolean) => {
    const rig = new Rig();
    for (const program of programs) await rig.deploy(program);
    const names = programs.map(({ arrival }) => arrival.name);
    // More instances: their filters match no packet of the stream.
    const visitors = await Promise.all(programs.map(({ arrival }, n) => instanceOf(arrival.key as 'lb', 100 + n)));
    const random = seedrandom.alea(SEED);
    const batch = stream(PACKETS);
    for (let i = 0; i < PACKETS; i++) {
      if (churn && i % 3 === 0) {
        const visitor = itemAt(visitors, Math.floor(random() * visitors.length));
        const { name } = visitor.arrival;
        if (rig.controller.state.programs.has(name)) await rig.controller.revoke(name);
        else await rig.deploy(visitor);
      }
      rig.emulator.process(batch, i, i + 1);
    }
    const memory: Record<string, Record<string, number[]>> = {};
    for (const name of names) {
      const running = rig.controller.state.programs.get(name);
      if (running !== undefined) memory[name] = await rig.memories(running.compiled);
    }
    const packets = Array.from({ length: PACKETS }, (_, i) => {
      const bytes = Buffer.from(packetBytes(batch, i)).toString('hex');
      return `${batch.egressPort[i]} ${batch.programId[i]} ${batch.recirculations[i]} ${bytes}`;
    });
    return { packets, memory, counters: { ...rig.emulator.counters } };
  };
  const alone = await outcome(false);
  assert.is(alone.counters.unmatched, 0);
  assert.equal(await outcome(true), alone);
});

test('a program that is not there', async () => {
  const { controller } = new Rig();
  for (const attempt of [
    () => controller.revoke('ghost'),
    () => controller.readMemory('ghost', 'm'),
    () => controller.writeMemory('ghost', 'm', [1]),
  ]) {
    const error = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.instance(error, NoSuchProgram);
    assert.match(String(error), /there is no program ghost/);
  }
});

test('a memory that is not there, and one too small', async () => {
  const rig = new Rig();
  await rig.deploy(itemAt(programs, 0));
  const { name } = itemAt(programs, 0).arrival;
  const refused = async (attempt: Promise<unknown>, message: RegExp): Promise<void> => {
    const error = await attempt.then(
      () => 'no error',
      (thrown: unknown) => String(thrown),
    );
    assert.match(error, message);
  };
  const before = rig.lookClosely();
  await refused(rig.controller.readMemory(name, 'ghost'), /there is no memory ghost in program cache_0/);
  await refused(rig.controller.writeMemory(name, 'value', new Uint32Array(257)), /256 buckets, not 257/);
  assert.equal(rig.lookClosely(), before);
});

test('a name that runs already, and a filter that overlaps, are refused', async () => {
  const rig = new Rig();
  await rig.deploy(itemAt(programs, 1));
  const before = rig.lookClosely();
  const refused = async (filterPriority: number, changed: (typeof programs)[number]): Promise<string> =>
    rig.controller.deploy(changed.lowered, changed.sourceHash, { filterPriority }).then(
      () => 'no error',
      (thrown: unknown) => String(thrown),
    );
  assert.match(await refused(7, itemAt(programs, 1)), /a program named \S+ is running already/);
  const program = itemAt(programs, 1);
  const { lowered } = program;
  const renamed = { ...program, lowered: { ...lowered, program: { ...lowered.program, name: 'other' } } };
  assert.match(await refused(1, renamed), /the filter of program \S+ overlaps that of program lb_1/);
  assert.equal(rig.lookClosely(), before);
  assert.is(await refused(2, renamed), 'no error');
});

test('a switch of another data plane is refused', () => {
  const target = new InProcessTarget(new Switch(plane));
  const foreign = { ...plane, name: 'foreign', hash: 'another' };
  const other = Object.create(target, { dataPlane: { value: foreign } }) as InProcessTarget;
  assert.throws(() => new Controller(plane, other), /the switch runs data plane 'foreign', not 'default'/);
});

test.run();
