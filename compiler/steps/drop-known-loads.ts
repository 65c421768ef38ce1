/**
 * Removes loads of a value that the register has already: registers are 0 when a packet enters, and in the body of a
 * case registers compared in full are known. So a MOVE into an unused register takes one step.
 */
import type { Place } from '../data-plane/instructions/instruction.js';
import { effectsOf } from '../data-plane/instructions/table.js';
import type { Condition } from '../language/program.js';
import type { ActionStep, CaseStep, Step, StepTree } from './steps.js';

type Known = Readonly<Partial<Record<Place, number>>>;

const FULL_MASK = 0xffffffff;

export function dropKnownLoads(tree: StepTree): StepTree {
  return drop(tree, { har: 0, sar: 0, mar: 0 });
}

function drop(tree: StepTree, before: Known): StepTree {
  let state = before;
  const steps: Step[] = [];
  for (const step of tree.steps) {
    if (step.kind === 'action') {
      if (isKnownLoad(step, state)) continue;
      state = follow(step, state);
    }
    steps.push(step);
  }
  const { branch } = tree;
  if (branch === undefined) return { steps, branch };
  const cases = branch.cases.map((item): CaseStep => {
    if (item.kind === 'inline') return item;
    return { ...item, body: drop(item.body, { ...state, ...compared(item.conditions) }) };
  });
  return { steps, branch: { ...branch, cases, otherwise: drop(branch.otherwise, state) } };
}

function isKnownLoad({ effect, parameters: [value] }: ActionStep, known: Known): boolean {
  const { loads } = effectsOf(effect);
  return loads !== undefined && value?.kind === 'constant' && known[loads] === value.value;
}

const compared = (conditions: readonly Condition[]): Known =>
  Object.fromEntries(
    conditions.filter(({ mask }) => mask === FULL_MASK).map(({ register, value }) => [register, value]),
  );

/** The known values of registers and their copies after a step. */
function follow({ effect, parameters: [value] }: ActionStep, before: Known): Known {
  const { writes, changes, copies, loads } = effectsOf(effect);
  const after: Partial<Record<Place, number>> = { ...before };
  const set = (place: Place, known: number | undefined): void => {
    if (known === undefined) delete after[place];
    else after[place] = known;
  };
  for (const place of [...writes, ...changes]) set(place, undefined);
  for (const [from, to] of copies) set(to, before[from]);
  if (loads !== undefined && value?.kind === 'constant') set(loads, value.value);
  return after;
}
