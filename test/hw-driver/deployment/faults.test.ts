/**
 * Every change of every kind of transaction fails, at night in each of five ways, and the controller is killed at every record of its
 * journal, with traffic running. Afterwards the switch, the books and the journal are those of before or of after.
 */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { branchTexts, insertCase } from '../../../compiler/change/edit-cases.js';
import { analyse, type CompiledProgram, lower } from '../../../compiler/index.js';
import { itemAt } from '../../item-at.js';
import { COUNTS } from '../counts-program.js';
import { fifteenPrograms, type PreparedProgram, plane } from '../fifteen.js';
import { everyFault, newTally } from './every-fault.js';
import { FaultRig } from './fault-rig.js';

const programs = await fifteenPrograms();
const tally = newTally();

/** A neighbour, so that there is something to damage. */
async function neighbourOf(rig: FaultRig, { arrival }: PreparedProgram): Promise<CompiledProgram> {
  const neighbour = await rig.deploy(itemAt(programs, (arrival.number + 1) % programs.length));
  rig.fill([neighbour], 7);
  return neighbour;
}

for (const program of programs) {
  const { name } = program.arrival;
  test(`${name}: deploy and revoke`, async () => {
    const rig = new FaultRig(program);
    const neighbour = await neighbourOf(rig, program);
    const probe = await rig.deploy(program);
    await rig.controller.revoke(name);
    rig.allow([probe]);
    tally.told += rig.ways - 1;
    await everyFault(tally, `deploy ${name}`, {
      rig,
      attempt: () => rig.deploy(program),
      back: () => rig.controller.revoke(name),
      kept: [neighbour, probe],
      fill: () => undefined,
    });
    await rig.deploy(program);
    await everyFault(tally, `revoke ${name}`, {
      rig,
      attempt: () => rig.controller.revoke(name),
      back: () => rig.deploy(program),
      kept: [neighbour, probe],
      fill: () => rig.fill([probe], 9),
    });
  });
}

/** The program with other ports. */
function otherVersion({ arrival }: PreparedProgram) {
  const source = arrival.source.replaceAll(/FORWARD\((\d+)\)/g, (_, port) => `FORWARD(${Number(port) ^ 4})`);
  const { programs: checked, sourceHash } = analyse(source, plane);
  return { isOther: source !== arrival.source, lowered: lower(itemAt(checked, 0), plane, 1), sourceHash };
}

for (const program of programs) {
  const next = otherVersion(program);
  if (!next.isOther) continue;
  const { name } = program.arrival;
  test(`${name}: replace`, async () => {
    const rig = new FaultRig(program);
    const neighbour = await neighbourOf(rig, program);
    const old = await rig.deploy(program);
    const priority = { filterPriority: program.arrival.number };
    const there = () => rig.controller.replace(next.lowered, next.sourceHash, priority);
    const back = async () => {
      await rig.controller.revoke(name);
      await rig.controller.install(old);
    };
    const version = await there();
    await back();
    assert.equal(version.memories, old.memories, 'memories stay where they are');
    rig.allow([old, version]);
    await everyFault(tally, `replace ${name}`, {
      rig,
      attempt: there,
      back,
      kept: [neighbour, old],
      fill: () => rig.fill([old], 9),
    });
  });
}

const ONE_MORE = 'case(<har, 0, 0>) { HASH_5_TUPLE_MEM(count); MEMREAD(count); FORWARD(2); MODIFY(hdr.l5.key2, har); }';

function analysed(source: string) {
  const { programs: checked, sourceHash } = analyse(source, plane);
  return { program: itemAt(checked, 0), sourceHash };
}

test('counts: cases', async () => {
  const rig = new FaultRig(itemAt(programs, 0));
  const first = analysed(COUNTS);
  const next = analysed(insertCase(COUNTS, itemAt(branchTexts(COUNTS, 'counts'), 0), ONE_MORE, plane).source);
  const neighbour = await rig.deploy(itemAt(programs, 1));
  const old = await rig.controller.deploy(lower(first.program, plane, 1), first.sourceHash);
  const there = () => rig.controller.changeCases(next.program, next.sourceHash, { recirculations: 1 });
  const { compiled } = await there();
  rig.allow([old, compiled]);
  tally.told += rig.ways - 2;
  const back = async () => {
    await rig.controller.revoke('counts');
    await rig.controller.install(old);
  };
  await back();
  const fill = () => rig.fill([old], 9);
  await everyFault(tally, 'cases counts', { rig, attempt: there, back, kept: [neighbour, old], fill });
});

test('no fault is lost', () => {
  console.log(
    `${tally.faults} fault points: ${tally.before} ended as before, ${tally.after} as after, ` +
      `0 otherwise; traffic looked at ${tally.looks} times`,
  );
  assert.ok(tally.faults >= 500);
  assert.is(tally.before + tally.after, tally.faults);
  assert.ok(tally.before > 0 && tally.after > 0);
  assert.ok(tally.told >= 10, `packets tell ${tally.told} of 15 programs from none`);
});

test.run();
