/**
 * The lowerings of a program: with all optimisations, then with fewer. Each optimisation puts steps of several branches
 * into one row, or moves them; where their actions are in different RPBs, or links and order conflict, the row
 * has no place, although the program without the optimisation has one.
 */

import type { DataPlane } from '../data-plane/data-plane.js';
import type { Program } from '../language/program.js';
import type { Placeable } from '../link/allocate.js';
import { placementProblem } from '../place/problem.js';
import { branchesOf } from '../rows/branches.js';
import { rowsOf } from '../rows/rows.js';
import { align } from '../steps/align.js';
import { deferDrops } from '../steps/defer-drops.js';
import { dropKnownLoads } from '../steps/drop-known-loads.js';
import { expand } from '../steps/expand.js';
import { inlineCases } from '../steps/inline-cases.js';
import { joinEnds } from '../steps/join-ends.js';
import { linkGroups } from '../steps/memory-links.js';
import { EMPTY_TREE } from '../steps/steps.js';
import { fitsEmptySwitch } from './empty-switch.js';
import { afterPass, type PassName, type PassObserver, type StepsForm } from './forms.js';

/** The optional passes of the compiler, without which the program has the same effect. */
interface Optimisations {
  /** Cases of one step run in the RPB of their BRANCH. */
  readonly inline: boolean;
  /** Equal ends of paths get one depth. */
  readonly join: boolean;
  /** Branches with the same step at one depth share entries; equal case bodies are one branch. */
  readonly share: boolean;
  /** Accesses of one memory in exclusive branches get one depth. */
  readonly align: boolean;
}

const ALL: Optimisations = { inline: true, join: true, share: true, align: true };

/** In the order of trying: optimisations that save few entries are left out first. */
const CHOICES: readonly Optimisations[] = [
  ALL,
  { ...ALL, join: false },
  { ...ALL, inline: false },
  { ...ALL, inline: false, join: false },
  { ...ALL, join: false, share: false },
  { ...ALL, inline: false, join: false, share: false },
  { ...ALL, join: false, share: false, align: false },
  { inline: false, join: false, share: false, align: false },
];

/** The input of passes beside their form. */
interface StepTarget {
  readonly dataPlane: DataPlane;
  /** Maximum depth of a step. */
  readonly maxDepth: number;
}

/** A pass from steps to steps. */
interface StepPass {
  readonly name: PassName;
  /** The optimisation by which it can be left out; undefined for a pass that always runs. */
  readonly optimisation?: keyof Optimisations;
  run(form: StepsForm, target: StepTarget): Pick<StepsForm, 'tree'> & Partial<StepsForm>;
}

/** The passes that all lowerings share. */
const FIRST_PASSES: readonly StepPass[] = [
  { name: 'expand', run: ({ program }, { dataPlane }) => ({ tree: expand(program.body, dataPlane) }) },
  { name: 'defer-drops', run: ({ tree }) => ({ tree: deferDrops(tree) }) },
  { name: 'drop-known-loads', run: ({ tree }) => ({ tree: dropKnownLoads(tree) }) },
];

const LATER_PASSES: readonly StepPass[] = [
  { name: 'inline-cases', optimisation: 'inline', run: ({ tree }) => ({ tree: inlineCases(tree) }) },
  { name: 'link-steps', run: ({ tree }) => ({ tree, links: linkGroups(tree) }) },
  { name: 'align', optimisation: 'align', run: ({ tree, links }, { maxDepth }) => align(tree, links, maxDepth) },
  { name: 'join-ends', optimisation: 'join', run: ({ tree }, { maxDepth }) => ({ tree: joinEnds(tree, maxDepth) }) },
];

function runStepPasses(
  passes: readonly StepPass[],
  start: StepsForm,
  choice: Optimisations,
  target: StepTarget,
  observe: PassObserver | undefined,
): StepsForm {
  let form = start;
  for (const { name, optimisation, run } of passes) {
    if (optimisation !== undefined && !choice[optimisation]) observe?.(name, undefined);
    else form = afterPass(name, changed(form, run(form, target)), observe, form);
  }
  return form;
}

const changed = (form: StepsForm, { tree, links, aligned }: ReturnType<StepPass['run']>): StepsForm => ({
  kind: 'steps',
  program: form.program,
  tree,
  links: links ?? form.links,
  aligned: aligned ?? form.aligned,
});

/**
 * Generates the lowerings one by one. The last has no optional pass.
 * @param observe receives the forms of all of them, and those of shared passes once
 */
export function* lowerings(
  program: Program,
  dataPlane: DataPlane,
  recirculations: number,
  observe?: PassObserver,
): Generator<Placeable> {
  const target = { dataPlane, maxDepth: dataPlane.rpbCount * (recirculations + 1) };
  const start: StepsForm = { kind: 'steps', program, tree: EMPTY_TREE, links: [], aligned: [] };
  const plain = runStepPasses(FIRST_PASSES, start, ALL, target, observe);
  for (const choice of CHOICES) {
    const { tree, links } = runStepPasses(LATER_PASSES, plain, choice, target, observe);
    const branches = branchesOf(tree, choice.share);
    afterPass('branches', { kind: 'branches', program, branches }, observe);
    const rows = rowsOf(branches, links, dataPlane.description.state, choice.share);
    const problem = placementProblem(rows, branches, links, program.memories, dataPlane, recirculations);
    const lowered = { program, dataPlane, rows, problem };
    afterPass('rows', { kind: 'rows', lowered, branches }, observe);
    yield lowered;
  }
}

/**
 * Whether a complete search has proven that no lowering of the program fits an empty switch.
 */
export function isProvenUnplaceable(program: Program, dataPlane: DataPlane, recirculations: number): boolean {
  for (const lowered of lowerings(program, dataPlane, recirculations)) {
    if (fitsEmptySwitch(lowered, lowered.problem.tree) !== 'none') return false;
  }
  return true;
}
