/**
 * Cases that differ from the steps after the BRANCH in one step only: that step moves into the RPB of the BRANCH, and
 * the entry that matches the case executes the step instead of setting a branch id. That saves a depth, an entry for
 * each case, and the entries of the steps that the case and the rest have in common. (Compilers call this
 * if-conversion.)
 */
import { familyOf } from '../data-plane/instructions/table.js';
import { type ActionStep, type BranchStep, type CaseStep, mergeSpans, type Step, type StepTree } from './steps.js';
import { TreeIdentities } from './tree-identity.js';

export function inlineCases(tree: StepTree): StepTree {
  return inline(tree, new TreeIdentities());
}

/** Steps that can share an RPB with a branch. */
export const canInline = (step: Step | undefined): step is ActionStep =>
  step?.kind === 'action' && familyOf(step.effect).inlines;

function inline(tree: StepTree, identities: TreeIdentities): StepTree {
  const { branch } = tree;
  if (branch === undefined) return tree;
  const otherwise = inline(branch.otherwise, identities);
  const cases = branch.cases.map(
    (item): CaseStep => (item.kind === 'enter' ? { ...item, body: inline(item.body, identities) } : item),
  );
  const whole = { ...branch, cases, otherwise };
  const choices = [inlineBefore(whole, undefined, otherwise, identities)];
  const first = otherwise.steps[0];
  if (canInline(first)) choices.push(inlineBefore(whole, first, withoutFirst(otherwise), identities));
  choices.sort((a, b) => inlined(b) - inlined(a));
  const best = choices[0];
  return { steps: tree.steps, branch: best !== undefined && inlined(best) > 0 ? best : whole };
}

const inlined = ({ cases }: BranchStep): number => cases.filter(({ kind }) => kind === 'inline').length;

const withoutFirst = ({ steps, branch }: StepTree): StepTree => ({ steps: steps.slice(1), branch });

/** The branch with `rest` after it, and with all cases inline that continue with the same steps as `rest`. */
function inlineBefore(
  branch: BranchStep,
  fallback: ActionStep | undefined,
  rest: StepTree,
  identities: TreeIdentities,
): BranchStep {
  const continuation = identities.of(rest);
  const same: StepTree[] = [];
  const cases = branch.cases.map((item): CaseStep => {
    if (item.kind === 'inline') return item;
    const step = item.body.steps[0];
    const tail = withoutFirst(item.body);
    if (!canInline(step) || identities.of(tail) !== continuation) return item;
    same.push(tail);
    return { kind: 'inline', conditions: item.conditions, step };
  });
  return { ...branch, cases, fallback, otherwise: mergeSpans(rest, same) };
}
