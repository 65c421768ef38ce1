/**
 * Every change of every kind of transaction fails, in five ways, and the controller is killed at every record of its
 * journal, with traffic running. Afterwards the switch, the books and the journal are those of before or of after.
 */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { branchTexts, insertCase } from '../../../compiler/change/edit-cases.js';
import { analyse, type CompiledProgram, lower } from '../../../compiler/index.js';
import { itemAt } from '../../item-at.js';
import { COUNTS } from '../counts-program.js';
import { thrownBy } from '../failing-target.js';
import { fifteenPrograms, type PreparedProgram, plane } from '../fifteen.js';
import { FAULT_KINDS, FaultRig } from './fault-rig.js';
import { Killed } from './faulty-target.js';

const programs = await fifteenPrograms();
const tally = { faults: 0, before: 0, after: 0, looks: 0, told: 0 };

interface Scenario {
  readonly rig: FaultRig;
  /** The switch as it is before each attempt. */
  readonly attempt: () => Promise<unknown>;
  /** After a success: back to the state before. */
  readonly back: () => Promise<unknown>;
  /** Programs whose memory counts. */
  readonly kept: readonly CompiledProgram[];
  readonly fill: () => void;
}

/** How the switch ended, which must be one of the two ways. */
function outcomeOf({ rig, kept }: Scenario, before: unknown, after: unknown): 'before' | 'after' {
  const now = rig.state(kept);
  if (now === before) return 'before';
  assert.is(now, after);
  return 'after';
}

async function everyFault(name: string, scenario: Scenario): Promise<void> {
  const { rig, attempt, back, fill, kept } = scenario;
  const look = (): string => rig.state(kept);
  const base = async (outcome: 'before' | 'after'): Promise<void> => {
    rig.target.heal();
    if (outcome === 'after') await back();
    fill();
    assert.is(look(), before, `${name}: back where it began`);
  };
  fill();
  const before = look();
  rig.target.heal();
  await attempt();
  const changes = rig.target.made;
  const after = look();
  await base('after');

  const settle = async (point: string): Promise<void> => {
    tally.faults++;
    rig.restart();
    await rig.controller.recover();
    const outcome = outcomeOf(scenario, before, after);
    tally[outcome]++;
    assert.equal(await rig.controller.drift(), [], point);
    // The journal says the same to the next one.
    rig.shortenJournal();
    assert.equal(rig.controller.interrupted, [], point);
    assert.is(outcomeOf(scenario, before, after), outcome, point);
    await base(outcome);
  };
  for (let k = 0; k < changes; k++) {
    for (const kind of FAULT_KINDS) {
      // Before a change is after the one before.
      if (k > 0 && kind.endsWith('before')) continue;
      const point = `${name}: ${kind}, change ${k + 1} of ${changes}`;
      rig.target.failAt(k, kind);
      const error = await thrownBy(attempt());
      assert.ok(error !== undefined, point);
      // A line that comes back, with the controller still there; otherwise another one starts.
      if (kind.startsWith('line')) {
        rig.target.heal();
        await rig.controller.recover();
      }
      if (kind === 'refused') assert.match(String(error), /refused on purpose/);
      await settle(point);
    }
  }
  for (let record = 0; ; record++) {
    let died = false;
    for (const bytes of ['none', 'half', 'all'] as const) {
      rig.journal.killAt(record, bytes, rig.target);
      died = (await thrownBy(attempt())) instanceof Killed;
      await settle(`${name}: killed at record ${record + 1}, ${bytes} of it written`);
    }
    if (!died) break;
  }
  // Recovery is cut off too, at each of its own changes, and comes again.
  for (const k of [1, Math.floor(changes / 2), changes - 1]) {
    for (let j = 0; ; j++) {
      rig.target.failAt(k, 'killed-after');
      await thrownBy(attempt());
      rig.restart();
      rig.target.failAt(j, j % 2 === 0 ? 'killed-after' : 'killed-before');
      const died = (await thrownBy(rig.controller.recover())) instanceof Killed;
      await settle(`${name}: killed after change ${k + 1}, then at change ${j + 1} of the recovery`);
      if (!died) break;
    }
  }
  tally.looks += rig.looks;
}

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
    await everyFault(`deploy ${name}`, {
      rig,
      attempt: () => rig.deploy(program),
      back: () => rig.controller.revoke(name),
      kept: [neighbour, probe],
      fill: () => undefined,
    });
    await rig.deploy(program);
    await everyFault(`revoke ${name}`, {
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
    await everyFault(`replace ${name}`, {
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
  await everyFault('cases counts', { rig, attempt: there, back, kept: [neighbour, old], fill });
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
