/**
 * Cases that differ from the steps after the BRANCH in one step only: that step moves into the RPB of the BRANCH, and
 * the entry that matches the case executes the step instead of setting a branch id. That saves a depth, an entry for
 * each case, and the entries of the steps that the case and the rest have in common. (Compilers call this
 * if-conversion.)
 */
import {
  type ActionStep,
  type BranchStep,
  type CaseStep,
  mapBranch,
  mergeSpans,
  type Step,
  type StepTree,
} from './steps.js';
import { TreeIdentities } from './tree-identity.js';

export function inlineCases(tree: StepTree): StepTree {
  return inline(tree, new TreeIdentities());
}

/** Steps that can share an RPB with a branch. */
export const canInline = (step: Step | undefined): step is ActionStep =>
  step?.kind === 'action' && step.instruction.inlines;

function inline(tree: StepTree, identities: TreeIdentities): StepTree {
  if (tree.branch === undefined) return tree;
  const branch = mapBranch(tree.branch, (part) => inline(part, identities));
  const { otherwise } = branch;
  const whole = identities.of(otherwise);
  const [first] = otherwise.steps;
  const fallback = canInline(first) ? first : undefined;
  const behindFirst = fallback === undefined ? undefined : identities.of(otherwise, 1);
  let continueWhole = 0;
  let continueBehindFirst = 0;
  for (const item of branch.cases) {
    const continuation = continuationOf(item, identities);
    if (continuation === undefined) continue;
    if (continuation === whole) continueWhole++;
    if (continuation === behindFirst) continueBehindFirst++;
  }
  if (behindFirst !== undefined && continueBehindFirst > continueWhole) {
    const rest = withoutFirst(otherwise);
    return {
      steps: tree.steps,
      branch: inlineBefore({ ...branch, fallback, otherwise: rest }, behindFirst, identities),
    };
  }
  if (continueWhole > 0) return { steps: tree.steps, branch: inlineBefore(branch, whole, identities) };
  return branch === tree.branch ? tree : { steps: tree.steps, branch };
}

/** The identity of what a case does after its first step, if that step can be inline. */
function continuationOf(item: CaseStep, identities: TreeIdentities): number | undefined {
  return item.kind === 'enter' && canInline(item.body.steps[0]) ? identities.of(item.body, 1) : undefined;
}

const withoutFirst = ({ steps, branch }: StepTree): StepTree => ({ steps: steps.slice(1), branch });

/** The branch with all cases inline that continue with the steps after it. @param continuation identity of these steps */
function inlineBefore(branch: BranchStep, continuation: number, identities: TreeIdentities): BranchStep {
  const same: StepTree[] = [];
  const cases = branch.cases.map((item): CaseStep => {
    if (item.kind === 'inline' || continuationOf(item, identities) !== continuation) return item;
    const [step] = item.body.steps;
    if (!canInline(step)) return item;
    same.push(withoutFirst(item.body));
    return { kind: 'inline', conditions: item.conditions, step };
  });
  return { ...branch, cases, otherwise: mergeSpans(branch.otherwise, same) };
}
