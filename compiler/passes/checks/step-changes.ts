/** What a pass from steps to steps may change: the others are those that were there before, in their order. */
import { branchParts, type Step, type StepTree } from '../../steps/steps.js';
import type { Form, PassName } from '../forms.js';
import { linesText, stepText } from '../print/words.js';

/** Whether a pass may take a step away, move it or add one; a pass that is not named may change all. */
const MAY_CHANGE: Partial<Record<PassName, (step: Step) => boolean>> = {
  'defer-drops': (step) => step.kind === 'action' && step.effect.kind === 'drop',
  'drop-known-loads': (step) => step.kind === 'action' && step.effect.kind === 'loadImmediate',
  'link-steps': () => false,
  align: (step) => step.kind === 'nop',
  'join-ends': (step) => step.kind === 'nop',
};

export function changeFault(pass: PassName, before: Form, form: Form): string | undefined {
  const mayChange = MAY_CHANGE[pass];
  if (before.kind !== 'steps' || form.kind !== 'steps' || mayChange === undefined) return undefined;
  const kept = (tree: StepTree): Step[] => stepsOf(tree).filter((step) => !mayChange(step));
  const [old, now] = [kept(before.tree), kept(form.tree)];
  const at = old.findIndex((step, i) => step !== now[i]);
  const changed = at < 0 ? now[old.length] : old[at];
  if (changed === undefined) return undefined;
  return `${stepText(changed)} of ${linesText(changed.spans)} is not where it was, and the pass must leave it`;
}

/** All steps of lists, from the root down; those in the RPB of a branch are not among them. */
function stepsOf(tree: StepTree): Step[] {
  const steps: Step[] = [];
  const open = [tree];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    steps.push(...next.steps);
    open.push(...[...branchParts(next)].reverse());
  }
  return steps;
}
