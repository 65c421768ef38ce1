/**
 * Paths that end in the same step end at the same depth: the one entry can then serve all of them. A step at the end of
 * its path can wait, as nothing is behind it.
 */
import { type ActionStep, addressStepOf, mapBranch, type Step, type StepTree, stepIdentity } from './steps.js';

/**
 * @param tree aligned; accesses of memories stay where they are
 * @param maxDepth the deepest that ends are brought to: many NOPs on one path would otherwise be put on every other
 */
export function joinEnds(tree: StepTree, maxDepth: number): StepTree {
  const deepest = new Map<string, number>();
  visitEnds(tree, 1, (end, depth) => {
    if (depth > maxDepth) return;
    const identity = stepIdentity(end);
    deepest.set(identity, Math.max(depth, deepest.get(identity) ?? 0));
  });
  return pad(tree, 1, deepest);
}

/** The last step of a path, if it can be anywhere behind the others. */
function movableEnd({ steps, branch }: StepTree): ActionStep | undefined {
  const last = branch === undefined ? steps.at(-1) : undefined;
  const address = addressStepOf(last);
  return last?.kind !== 'action' || address === 'access' || address === 'hash' ? undefined : last;
}

function visitEnds(tree: StepTree, start: number, visit: (end: ActionStep, depth: number) => void): void {
  const below = start + tree.steps.length;
  const end = movableEnd(tree);
  if (end !== undefined) visit(end, below - 1);
  if (tree.branch === undefined) return;
  for (const item of tree.branch.cases) if (item.kind === 'enter') visitEnds(item.body, below + 1, visit);
  visitEnds(tree.branch.otherwise, below + 1, visit);
}

function pad(tree: StepTree, start: number, deepest: ReadonlyMap<string, number>): StepTree {
  const below = start + tree.steps.length;
  const { branch } = tree;
  if (branch !== undefined) {
    return { steps: tree.steps, branch: mapBranch(branch, (part) => pad(part, below + 1, deepest)) };
  }
  const end = movableEnd(tree);
  if (end === undefined) return tree;
  const depth = below - 1;
  const missing = (deepest.get(stepIdentity(end)) ?? depth) - depth;
  if (missing <= 0) return tree;
  const nops = Array.from({ length: missing }, (): Step => ({ kind: 'nop', spans: end.spans }));
  return { steps: [...tree.steps.slice(0, -1), ...nops, end], branch: undefined };
}
