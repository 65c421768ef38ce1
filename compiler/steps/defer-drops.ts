/**
 * Moves a DROP behind the memory steps of its path. A packet that is dropped in ingress never reaches egress or another
 * pass, so a memory step placed there would not happen; at the end of the path the DROP changes nothing else.
 */
import { branchParts, isMemoryAccess, mapBranch, type Step, type StepTree } from './steps.js';

export function deferDrops(tree: StepTree): StepTree {
  return defer(tree, undefined);
}

const isDrop = (step: Step): boolean => step.kind === 'action' && step.effect.kind === 'drop';

const accessesMemory = (tree: StepTree): boolean =>
  tree.steps.some(isMemoryAccess) || branchParts(tree).some(accessesMemory);

/** @param pending a DROP met above, to be done at the end of every path of this tree */
function defer(tree: StepTree, pending: Step | undefined): StepTree {
  const below = branchParts(tree).some(accessesMemory);
  let waiting = pending;
  const steps = tree.steps.filter((step, i) => {
    const memoryFollows = below || tree.steps.slice(i + 1).some(isMemoryAccess);
    const moves = isDrop(step) && (memoryFollows || waiting !== undefined);
    if (moves) waiting = step;
    return !moves;
  });
  if (tree.branch === undefined) return { steps: waiting ? [...steps, { ...waiting }] : steps, branch: undefined };
  return { steps, branch: mapBranch(tree.branch, (part) => defer(part, waiting)) };
}
