/**
 * Moves a DROP after the memory steps of its path. A packet that is dropped in ingress never reaches egress or another
 * pass, so a memory step placed there would not be executed; at the end of the path the DROP has the same effect.
 */
import { branchParts, isDrop, isMemoryAccess, mapBranch, type Step, type StepTree } from './steps.js';

export function deferDrops(tree: StepTree): StepTree {
  if (!hasDrop(tree)) return tree;
  const accessing = new Set<StepTree>();
  noteAccessing(tree, accessing);
  return accessing.size === 0 ? tree : defer(tree, undefined, accessing);
}

/** @param tree after expansion: all its cases have a body */
function hasDrop({ steps, branch }: StepTree): boolean {
  if (steps.some(isDrop)) return true;
  if (branch === undefined) return false;
  return hasDrop(branch.otherwise) || branch.cases.some((item) => item.kind === 'enter' && hasDrop(item.body));
}

/** Collects the trees with a memory access in them or below. @returns whether this one has one */
function noteAccessing(tree: StepTree, accessing: Set<StepTree>): boolean {
  let accesses = tree.steps.some(isMemoryAccess);
  for (const part of branchParts(tree)) accesses = noteAccessing(part, accessing) || accesses;
  if (accesses) accessing.add(tree);
  return accesses;
}

/** @param pending a DROP from above, to be appended to every path of this tree */
function defer(tree: StepTree, pending: Step | undefined, accessing: ReadonlySet<StepTree>): StepTree {
  const below = branchParts(tree).some((part) => accessing.has(part));
  const lastAccess = tree.steps.findLastIndex(isMemoryAccess);
  let waiting = pending;
  const steps = tree.steps.filter((step, i) => {
    const memoryFollows = below || i < lastAccess;
    const moves = isDrop(step) && (memoryFollows || waiting !== undefined);
    if (moves) waiting = step;
    return !moves;
  });
  if (tree.branch === undefined) return { steps: waiting ? [...steps, { ...waiting }] : steps, branch: undefined };
  return { steps, branch: mapBranch(tree.branch, (part) => defer(part, waiting, accessing)) };
}
