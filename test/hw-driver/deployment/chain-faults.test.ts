/**
 * As faults.test.ts, of programs over several switches: every change of every switch fails, and takes back what the others
 * have made; no packet sees half a program.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, type CompiledProgram, chainOf, type DataPlane, lower } from '../../../compiler/index.js';
import { itemAt } from '../../item-at.js';
import { fifteenPrograms, type PreparedProgram, plane } from '../fifteen.js';
import { everyFault, newTally } from './every-fault.js';
import { FaultRig } from './fault-rig.js';

const programs = await fifteenPrograms();
const tally = newTally();

function inChain(name: string, chain: DataPlane, ports = 0): PreparedProgram {
  const found = itemAt(
    programs,
    programs.findIndex(({ arrival }) => arrival.key === name),
  );
  const source = found.arrival.source.replaceAll(/FORWARD\((\d+)\)/g, (_, port) => `FORWARD(${Number(port) ^ ports})`);
  const { programs: checked, sourceHash } = analyse(source, chain);
  return { ...found, lowered: lower(itemAt(checked, 0), chain, 0), sourceHash };
}

/** The switches on which a program has entries besides those that send its packets on. */
const switchesOf = (compiled: CompiledProgram): number => new Set(compiled.placement.map(({ pass }) => pass)).size;

for (const { name, switches, revokes } of [
  { name: 'hh', switches: 2, revokes: false },
  { name: 'hh', switches: 3, revokes: true },
]) {
  test(`${name} over ${switches} switches: deploy${revokes ? ' and revoke' : ''}`, async () => {
    const chain = chainOf(plane, switches);
    const program = inChain(name, chain);
    const rig = new FaultRig(program, chain);
    const neighbour = await rig.deploy(inChain('cms', chain));
    rig.fill([neighbour], 7);
    const probe = await rig.deploy(program);
    assert.ok(switchesOf(probe) > 1);
    await rig.controller.revoke(program.arrival.name);
    rig.allow([probe]);
    await everyFault(tally, `deploy ${name}`, {
      rig,
      attempt: () => rig.deploy(program),
      back: () => rig.controller.revoke(program.arrival.name),
      kept: [neighbour, probe],
      everyWay: true,
      fill: () => undefined,
    });
    if (!revokes) return;
    await rig.deploy(program);
    await everyFault(tally, `revoke ${name}`, {
      rig,
      attempt: () => rig.controller.revoke(program.arrival.name),
      back: () => rig.deploy(program),
      kept: [neighbour, probe],
      everyWay: true,
      fill: () => rig.fill([probe], 9),
    });
  });
}

test('lb over two switches: replace', async () => {
  const chain = chainOf(plane, 2);
  const program = inChain('lb', chain);
  const next = inChain('lb', chain, 4);
  const rig = new FaultRig(program, chain);
  const old = await rig.deploy(program);
  const { name, number } = program.arrival;
  const there = () => rig.controller.replace(next.lowered, next.sourceHash, { filterPriority: number });
  const back = async () => {
    await rig.controller.revoke(name);
    await rig.controller.install(old);
  };
  const version = await there();
  await back();
  assert.equal(version.memories, old.memories, 'memories stay where they are');
  rig.allow([old, version]);
  await everyFault(tally, 'replace lb', {
    rig,
    attempt: there,
    back,
    kept: [old],
    everyWay: true,
    fill: () => rig.fill([old], 9),
  });
});

test('no fault is lost', () => {
  console.log(
    `${tally.faults} fault points: ${tally.before} ended as before, ${tally.after} as after, ` +
      `0 otherwise; traffic looked at ${tally.looks} times`,
  );
  assert.ok(tally.faults >= 500);
  assert.is(tally.before + tally.after, tally.faults);
  assert.ok(tally.before > 0 && tally.after > 0);
});

test.run();
