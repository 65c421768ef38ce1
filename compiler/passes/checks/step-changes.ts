/**
 * Invariants of passes from steps to steps: steps that a pass may not change are the same before and after, in order.
 */
import { branchParts, isDrop, type Step, type StepTree } from '../../steps/steps.js';
import type { Form, PassName } from '../forms.js';
import { linesText, stepText } from '../print/words.js';

/** Whether a pass may remove, move or add a step; passes that are not listed may change all. */
const MAY_CHANGE: Partial<Record<PassName, (step: Step) => boolean>> = {
  'defer-drops': isDrop,
  'drop-known-loads': (step) => step.kind === 'action' && step.instruction.effects.loads !== undefined,
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
  return `${stepText(changed)} of ${linesText(changed.spans)} was moved, added or removed, which this pass must not do`;
}

/** All steps of lists, from the root down, without those in the RPB of a branch. */
function stepsOf(tree: StepTree): Step[] {
  const steps: Step[] = [];
  const open = [tree];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    steps.push(...next.steps);
    open.push(...[...branchParts(next)].reverse());
  }
  return steps;
}
