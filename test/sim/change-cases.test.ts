/**
 * Running programs get and lose cases: the result does what its text says, and on the way there each packet is treated
 * as by the old program or as by the new one, be it between two changes or in the pipe while they are made.
 */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CaseChange, changeCases } from '../../compiler/change/change-cases.js';
import { NotIncremental } from '../../compiler/change/not-incremental.js';
import {
  analyse,
  type CompiledProgram,
  DoesNotFit,
  defaultDataPlane,
  link,
  lower,
  SwitchState,
} from '../../compiler/index.js';
import { Switch } from '../../sim/index.js';
import { formatFailure, type Random, validateTranslation } from '../../sim/validation/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { PROPERTY } from '../compiler/support.js';
import { itemAt } from '../item-at.js';
import { cases as atNight } from '../tiers.js';
import { casesOf, installedAfter, packetsFor, ThreeSwitches, type Variant, variant } from './program-variants.js';
import { type Fields, outcome, slowOutcome, states } from './slow-packets.js';

const plane = defaultDataPlane();
const RECIRCULATIONS = 3;
const PROGRAMS = atNight(24);
const STEPS = 4;
/** One with many packets that old and new programs treat differently. */
const SEED = 300;

/** Programs in a row, each with other cases of one random program than the one before. */
interface Walk {
  readonly where: string;
  readonly old: Variant;
  readonly next: Variant;
  readonly before: CompiledProgram;
  readonly change: CaseChange;
  readonly state: SwitchState;
  readonly random: Random;
}

const seen = { changed: 0, refused: 0, unfit: 0, entries: 0, freshEntries: 0 };

/** @param most cases that come or go at a time */
function* walks(seed: number, programs: number, most: number): Generator<Walk> {
  const random = seedrandom.alea(String(seed));
  const below = (limit: number): number => Math.floor(random() * limit);
  for (const [number, text] of fc.sample(wholePrograms({ dataPlane: plane }), { seed, numRuns: programs }).entries()) {
    const [full] = analyse(text, plane).programs;
    const cases = casesOf(full?.body ?? []);
    if (full === undefined || cases.length < 2) continue;
    const state = new SwitchState(plane);
    let dropped = new Set(cases.filter(() => random() < 0.3));
    let old = variant(full, dropped, plane);
    if (old === undefined) {
      dropped = new Set();
      old = variant(full, dropped, plane);
    }
    const fresh = old && freshOf(old);
    if (old === undefined || fresh === undefined) continue;
    state.commit(fresh);
    let before = fresh;
    for (let step = 0; step < STEPS; step++) {
      const toggled = new Set(dropped);
      for (let n = 1 + below(most); n > 0; n--) {
        const item = cases[below(cases.length)];
        if (item !== undefined && !toggled.delete(item)) toggled.add(item);
      }
      const next = variant(full, toggled, plane);
      if (next === undefined) continue;
      const change = changeIfPossible(before, next, state);
      if (change === undefined) continue;
      yield { where: `seed ${seed}, program ${number}, step ${step}`, old, next, before, change, state, random };
      state.exchange(change.compiled, 'running');
      [old, before, dropped] = [next, change.compiled, toggled];
    }
  }
}

function freshOf({ program, sourceHash }: Variant): CompiledProgram | undefined {
  try {
    return link(lower(program, plane, RECIRCULATIONS), new SwitchState(plane), sourceHash);
  } catch (error) {
    if (error instanceof DoesNotFit) return undefined;
    throw error;
  }
}

function changeIfPossible(before: CompiledProgram, next: Variant, state: SwitchState): CaseChange | undefined {
  const books = state.snapshot();
  try {
    return changeCases(before, next.program, state, next.sourceHash, { recirculations: RECIRCULATIONS });
  } catch (error) {
    if (error instanceof NotIncremental) seen.refused++;
    else if (error instanceof DoesNotFit) seen.unfit++;
    else throw error;
    assert.equal(state.snapshot(), books);
    return undefined;
  }
}

/** For one program after another, each of which validation takes out again. */
const shared = new Switch(plane, { engine: 'interpreted' });

function checkResult({ where, next, before, change, random }: Walk): void {
  const { compiled, operations } = change;
  seen.changed++;
  assert.equal(
    installedAfter(before, operations),
    compiled.entries.map((entry) => JSON.stringify(entry)).sort(),
    where,
  );
  assert.equal(compiled.memories, before.memories);
  const result = validateTranslation({ program: next.program, compiled }, plane, {
    packets: 40,
    random,
    makeSwitch: () => shared,
  });
  if (result.kind === 'failed') assert.unreachable(`${where}\n${formatFailure(result.failure, plane)}`);
  const fresh = freshOf(next);
  if (fresh === undefined) return;
  seen.entries += compiled.entries.length;
  seen.freshEntries += fresh.entries.length;
}

/** The engine that generates code does so for each state of the entries, which takes longest: one change in four. */
const ENGINE_TURNS = [
  new ThreeSwitches(plane, 'compiled'),
  ...new Array<ThreeSwitches>(3).fill(new ThreeSwitches(plane, 'interpreted')),
];

/** Packets between every two operations. */
function checkBetween({ where, old, next, before, change, random }: Walk): { differ: number } {
  const three = itemAt(ENGINE_TURNS, seen.changed % ENGINE_TURNS.length);
  three.begin(before, change);
  const nextPacket = packetsFor([old.program, next.program], plane, random);
  let differ = 0;
  for (const [i, operation] of change.operations.entries()) {
    three.apply(operation);
    for (let n = 0; n < 3; n++) {
      const is = three.send(nextPacket(), n);
      if (is.old !== is.next) differ++;
      if (is.now !== is.old && is.now !== is.next) {
        assert.unreachable(`${where}, after operation ${i}: ${is.now}\nis neither ${is.old}\nnor ${is.next}`);
      }
    }
  }
  return { differ };
}

/** Field values that are small more often than not, so that cases match. */
function randomFields(random: Random): Fields {
  const salt = Math.floor(random() * 2 ** 32);
  return (name) => {
    let hash = salt;
    for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x9e3779b1) >>> 0;
    return hash >>> 28 < 10 ? (hash >>> 8) % 3 : hash >>> 28 < 12 ? hash & 0xff : hash;
  };
}

/** What a packet that leaves its memory does is of no account: undefined. */
const outcomeIfDefined = (program: CompiledProgram, fields: Fields): string | undefined => {
  try {
    return outcome(program, plane, fields);
  } catch {
    return undefined;
  }
};

/** Packets in the pipe while entries change. @returns those that were treated by half of the change */
function halves({ before, change, random }: Walk, order = change): string[] {
  const all = states(before, order.operations);
  const found: string[] = [];
  for (let n = 0; n < 25; n++) {
    const fields = randomFields(random);
    const old = outcomeIfDefined(before, fields);
    const next = outcomeIfDefined(change.compiled, fields);
    if (old === undefined || next === undefined) continue;
    for (let again = 0; again < 3; again++) {
      const from = Math.floor(random() * (order.operations.length + 1));
      let now: string;
      try {
        now = slowOutcome(order, all, from, plane, fields, random);
      } catch (error) {
        now = String(error);
      }
      if (now !== old && now !== next) found.push(`${now}\nis neither ${old}\nnor ${next}`);
    }
  }
  return found;
}

for (const [most, what] of [
  [1, 'one case comes or goes'],
  [4, 'some cases come and go at once'],
] as const) {
  const seed = SEED + most;
  test(`${what}: packets meet the old program or the new one, and then the new one (seed ${seed})`, () => {
    const before = { ...seen };
    let differ = 0;
    for (const walk of walks(seed, PROGRAMS, most)) {
      checkResult(walk);
      differ += checkBetween(walk).differ;
      assert.equal(halves(walk), [], walk.where);
    }
    assert.ok(seen.changed - before.changed >= 20, `${seen.changed - before.changed} changes`);
    assert.ok(differ > 15, `${differ} packets that tell`);
    assert.ok(seen.refused + seen.unfit <= seen.changed / 10, 'few changes are refused');
    assert.ok(seen.entries <= seen.freshEntries * 1.05, `${seen.entries} entries, ${seen.freshEntries} if fresh`);
  });
}

test('operations in another order are found to mix programs', () => {
  const seed = PROPERTY.seed + 1;
  let caught = 0;
  for (const walk of walks(seed, PROGRAMS, 1)) {
    const operations = [...walk.change.operations].reverse().filter(({ kind }) => kind !== 'drain');
    if (operations.some(({ kind }) => kind === 'replaceEntry')) continue;
    if (halves(walk, { ...walk.change, operations }).length > 0) caught++;
    if (caught === 3) return;
  }
  assert.unreachable(`${caught} caught`);
});

test.run();
