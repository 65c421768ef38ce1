/**
 * Gives paths that end in the same step the same depth there, so that one entry can serve all of them. A step at the
 * end of its path can be moved back, as no step follows it.
 */
import { type ActionStep, addressStepOf, mapBranch, type Step, type StepTree } from './steps.js';

/**
 * @param tree after align; memory accesses stay in place
 * @param maxDepth maximum depth to which ends are moved, so that many NOPs on one path are not copied to all others
 */
export function joinEnds(tree: StepTree, maxDepth: number): StepTree {
  const deepest = new Map<number, number>();
  let isEqual = true;
  visitEnds(tree, 1, ({ identity }, depth) => {
    if (depth > maxDepth) return;
    const other = deepest.get(identity);
    if (other !== undefined && other !== depth) isEqual = false;
    if (other === undefined || other < depth) deepest.set(identity, depth);
  });
  return isEqual ? tree : pad(tree, 1, deepest);
}

/** The last step of a path, if it can be at any later depth. */
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

function pad(tree: StepTree, start: number, deepest: ReadonlyMap<number, number>): StepTree {
  const below = start + tree.steps.length;
  const { branch } = tree;
  if (branch !== undefined) {
    const padded = mapBranch(branch, (part) => pad(part, below + 1, deepest));
    return padded === branch ? tree : { steps: tree.steps, branch: padded };
  }
  const end = movableEnd(tree);
  if (end === undefined) return tree;
  const depth = below - 1;
  const missing = (deepest.get(end.identity) ?? depth) - depth;
  if (missing <= 0) return tree;
  const nops = Array.from({ length: missing }, (): Step => ({ kind: 'nop', spans: end.spans }));
  return { steps: [...tree.steps.slice(0, -1), ...nops, end], branch: undefined };
}
