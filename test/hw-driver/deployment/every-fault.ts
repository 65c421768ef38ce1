/** Every change of an attempt fails, in every way or in one after the other, and its controller is killed at every record of its journal. */
import * as assert from 'uvu/assert';
import type { CompiledProgram } from '../../../compiler/index.js';
import { itemAt } from '../../item-at.js';
import { isNightly } from '../../tiers.js';
import { thrownBy } from '../failing-target.js';
import { FAULT_KINDS, type FaultRig } from './fault-rig.js';
import { type FaultKind, Killed } from './faulty-target.js';

export const newTally = () => ({ faults: 0, before: 0, after: 0, looks: 0, told: 0 });
export type Tally = ReturnType<typeof newTally>;

export interface Scenario {
  readonly rig: FaultRig;
  /** The switch as it is before each attempt. */
  readonly attempt: () => Promise<unknown>;
  /** After a success: back to the state before. */
  readonly back: () => Promise<unknown>;
  /** Programs whose memory counts. */
  readonly kept: readonly CompiledProgram[];
  readonly fill: () => void;
  /** Whether every change fails in every way, which is so at night if it is left out. */
  readonly everyWay?: boolean;
}

/** How the switch ended, which must be one of the two ways. */
function outcomeOf({ rig, kept }: Scenario, before: unknown, after: unknown): 'before' | 'after' {
  const now = rig.state(kept);
  if (now === before) return 'before';
  assert.is(now, after);
  return 'after';
}

/**
 * Ways in which a change fails. Unless it is every way, those in the middle, of which there are most, fail in one way each, another one from
 * change to change and from program to program.
 */
function kindsAt(k: number, changes: number, name: string, everyWay: boolean): readonly FaultKind[] {
  // Before a change is after the one before.
  const kinds = k === 0 ? FAULT_KINDS : FAULT_KINDS.filter((kind) => !kind.endsWith('before'));
  const isAtAnEnd = k <= 1 || k >= changes - 2;
  return everyWay || isAtAnEnd ? kinds : [itemAt(kinds, (k + name.length) % kinds.length)];
}

/** Faults of an attempt, at each of its changes; {@link FaultRig}. */
export async function everyFault(tally: Tally, name: string, scenario: Scenario): Promise<void> {
  const { rig, attempt, back, fill, kept, everyWay = isNightly } = scenario;
  const look = (): string => rig.state(kept);
  const base = async (outcome: 'before' | 'after'): Promise<void> => {
    rig.faults.heal();
    if (outcome === 'after') await back();
    fill();
    assert.is(look(), before, `${name}: back where it began`);
  };
  fill();
  const before = look();
  rig.faults.heal();
  await attempt();
  const changes = rig.faults.made;
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
    for (const kind of kindsAt(k, changes, name, everyWay)) {
      const point = `${name}: ${kind}, change ${k + 1} of ${changes}`;
      rig.faults.failAt(k, kind);
      const error = await thrownBy(attempt());
      assert.ok(error !== undefined, point);
      // A line that comes back, with the controller still there; otherwise another one starts.
      if (kind.startsWith('line')) {
        rig.faults.heal();
        await rig.controller.recover();
      }
      if (kind === 'refused') assert.match(String(error), /refused on purpose/);
      await settle(point);
    }
  }
  for (let record = 0; ; record++) {
    let died = false;
    for (const bytes of ['none', 'half', 'all'] as const) {
      rig.journal.killAt(record, bytes, rig.faults);
      died = (await thrownBy(attempt())) instanceof Killed;
      await settle(`${name}: killed at record ${record + 1}, ${bytes} of it written`);
    }
    if (!died) break;
  }
  // Recovery is cut off too, at each of its own changes, and comes again.
  for (const k of [1, Math.floor(changes / 2), changes - 1]) {
    for (let j = 0; ; j++) {
      rig.faults.failAt(k, 'killed-after');
      await thrownBy(attempt());
      rig.restart();
      rig.faults.failAt(j, j % 2 === 0 ? 'killed-after' : 'killed-before');
      const died = (await thrownBy(rig.controller.recover())) instanceof Killed;
      await settle(`${name}: killed after change ${k + 1}, then at change ${j + 1} of the recovery`);
      if (!died) break;
    }
  }
  tally.looks += rig.looks;
}
