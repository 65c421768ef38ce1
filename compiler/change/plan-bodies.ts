/** Placement of the bodies of added cases. */

import type { DataPlane } from '../data-plane/data-plane.js';
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Program } from '../language/program.js';
import { DoesNotFit } from '../link/does-not-fit.js';
import { linkGroups } from '../steps/memory-links.js';
import { type ActionStep, type BranchStep, isMemoryAccess, type Step, type StepTree } from '../steps/steps.js';
import { Behaviour, type CaseBody, type Finder, type Vocabulary } from './behaviour.js';
import { type DecodedProgram, targetOf } from './decoded-program.js';
import type { Below } from './find-changes.js';
import { NotIncremental } from './not-incremental.js';
import { BodyPlacer, type BodyRoom, type NewBranch, type NewRule } from './place-body.js';
import { PlaceLog } from './place-log.js';
import type { RankedChange, RankedRule } from './ranked-change.js';

export interface BodyProblem {
  readonly program: Program;
  readonly tree: StepTree;
  readonly below: Below;
  readonly changes: readonly RankedChange[];
  readonly running: DecodedProgram;
  readonly words: Vocabulary;
  /** The last logical RPB that may be used. */
  readonly limit: number;
  /** Free entries by RPB index. */
  readonly free: ArrayLike<number>;
  /** Passes of the running program. */
  readonly passes: number;
}

export interface Bodies {
  /** The rule of each added case. */
  readonly rules: ReadonlyMap<RankedRule, NewRule>;
  /** A branch comes before those with rules that lead to it. */
  readonly branches: readonly NewBranch[];
  readonly log: PlaceLog;
}

/** RPB indices of the steps whose RPB is fixed. */
type Homes = ReadonlyMap<Step, number>;

/** @throws {NotIncremental} {@link DoesNotFit} */
export function planBodies(problem: BodyProblem): Bodies {
  const { changes, running, words } = problem;
  const isChanging = (id: number, x: number): boolean =>
    changes.some(({ change }) => change.id === id && change.x === x);
  const log = new PlaceLog();
  const finder: Finder = { step: (step, id = 0, x) => log.note(step, id, x), branch: log.note };
  locateKept(new Behaviour(running, words), problem.below, problem.tree, 0, 0, finder);
  const { homes, open } = homesOf(problem, log.places);
  const placerFor = (chosen: Homes): BodyPlacer => {
    const isPlace = (step: ActionStep, x: number): boolean => isHome(step, x, chosen, running.dataPlane, words);
    const behaviour = new Behaviour(running, words, isChanging, isPlace);
    return new BodyPlacer(behaviour, roomOf(problem, isPlace));
  };
  const placer = placerFor(chooseHomes(homes, open, (chosen) => costOf(problem, placerFor(chosen)), running.dataPlane));
  const rules = new Map<RankedRule, NewRule>();
  for (const { change, rules: ranked, isRestSame } of changes) {
    const { id, x, continuation } = change;
    for (const rule of ranked) {
      if (rule.kind !== 'added') continue;
      if (placer.costOf(rule.from, x, continuation.rest, isRestSame) === Number.POSITIVE_INFINITY) {
        throw noRoom(problem, rule.from);
      }
      const { from, priority } = rule;
      rules.set(rule, placer.build(from, priority, x, id, continuation.rest, isRestSame, log.note));
    }
  }
  return { rules, branches: placer.branches, log };
}

/** Reports the logical RPBs of all kept steps. */
function locateKept(behaviour: Behaviour, below: Below, tree: StepTree, id: number, x: number, finder: Finder): void {
  if (below.kind === 'same') return behaviour.locate(id, x, tree, finder);
  if (below.kind === 'impossible') return;
  const { change, steps, rest } = below;
  for (const { step, x: at } of steps) finder.step(step, id, at);
  finder.branch(change.branch, id, change.x);
  for (const rule of change.rules) {
    if (rule.kind !== 'kept') continue;
    const { from } = rule;
    if ('instruction' in from) {
      finder.step(from, id, change.x);
      continue;
    }
    const to = targetOf(rule.rule);
    if (to !== undefined) {
      locateKept(behaviour, rule.below, from.body, to, change.x, finder);
      continue;
    }
    const [first] = from.body.steps;
    if (first?.kind === 'action') finder.step(first, id, change.x);
    locateKept(behaviour, { kind: 'same' }, behaviour.words.withoutFirst(from.body), id, change.x, finder);
  }
  locateKept(behaviour, rest, change.continuation.rest, id, change.x, finder);
}

/** The steps whose RPB is fixed by running steps and memories, and the groups of other steps that need a common RPB. */
function homesOf({ program, tree, words, running }: BodyProblem, places: ReadonlyMap<Step, number>) {
  const homes = new Map<Step, number>();
  const open: (readonly Step[])[] = [];
  const { rpbCount } = running.dataPlane;
  const indexOf = (x: number): number => rpbIndexOf(x, rpbCount);
  for (const [step, x] of places) homes.set(step, indexOf(x));
  for (const { steps } of linkGroups(tree)) {
    const known = new Set(
      steps.flatMap((step) => {
        const block = step.kind === 'action' && isMemoryAccess(step) ? words.block(step.memory) : undefined;
        return homes.get(step) ?? (block === undefined ? [] : block.rpb - 1);
      }),
    );
    const [home, ...others] = known;
    if (others.length > 0) {
      const step = must(steps.find((step) => !places.has(step)) ?? steps[0], 'step of a group');
      throw new NotIncremental(program.name, { kind: 'hash-functions', line: lineOf(step) });
    }
    if (home === undefined) open.push(steps);
    else for (const step of steps) homes.set(step, home);
  }
  return { homes, open };
}

/** Tries all RPBs for each group of new steps that need a common RPB. */
function chooseHomes(
  homes: Homes,
  open: readonly (readonly Step[])[],
  costOf: (homes: Homes) => number,
  { rpbCount }: DataPlane,
): Homes {
  let chosen = homes;
  for (const steps of open) {
    if (steps.some((step) => chosen.has(step))) {
      const home = steps.map((step) => chosen.get(step)).find((index) => index !== undefined);
      if (home !== undefined) chosen = new Map([...chosen, ...steps.map((step) => [step, home] as const)]);
      continue;
    }
    let best = chosen;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < rpbCount; index++) {
      const tried = new Map([...chosen, ...steps.map((step) => [step, index] as const)]);
      const cost = costOf(tried);
      if (cost < least) [best, least] = [tried, cost];
    }
    chosen = best;
  }
  return chosen;
}

const costOf = ({ changes }: BodyProblem, placer: BodyPlacer): number =>
  changes.reduce(
    (sum, { change, rules, isRestSame }) =>
      rules.reduce(
        (all, rule) =>
          rule.kind === 'added' ? all + placer.costOf(rule.from, change.x, change.continuation.rest, isRestSame) : all,
        sum,
      ),
    0,
  );

/**
 * Whether a step may be in a logical RPB: an access in the RPB of its block, a hash in that of the other hashes for the
 * memory.
 */
function isHome(step: ActionStep, x: number, homes: Homes, { rpbCount }: DataPlane, words: Vocabulary): boolean {
  const index = rpbIndexOf(x, rpbCount);
  if (isMemoryAccess(step) && words.block(step.memory)?.rpb !== index + 1) return false;
  const home = homes.get(step);
  return home === undefined || home === index;
}

function roomOf({ running, free, limit, passes }: BodyProblem, isPlace: BodyRoom['isPlace']): BodyRoom {
  const { dataPlane } = running;
  return { dataPlane, free, limit, usual: passes * dataPlane.rpbCount, isPlace };
}

function noRoom({ program, limit, running }: BodyProblem, { body }: CaseBody): DoesNotFit {
  const line = lineOf(must(body.steps[0] ?? body.branch, 'first step of a case without room'));
  const passes = limit / running.dataPlane.rpbCount;
  const within = passes === 1 ? 'one pass' : `${passes} passes`;
  const text = `the case in line ${line}: no sequence of RPBs after its BRANCH has room for its steps within ${within}`;
  return new DoesNotFit(program.name, { kind: 'placement', shortage: { row: -1, cause: 'entries' }, text });
}

const lineOf = ({ spans }: Step | BranchStep): number => must(spans[0], 'span of a step').line;
