/** Invariants of the list of branches: each is entered where it begins, and every step of the tree is in one. */
import type { Branch, Branches, RowItem } from '../../rows/branches.js';
import type { Step } from '../../steps/steps.js';
import { stepText } from '../print/words.js';
import { areEqualSteps } from './step-identity.js';

export function branchesFault({ branches, places, origins, depth }: Branches): string | undefined {
  const ends = branches.map(({ start, items }) => start + items.length - 1);
  const deepest = ends.reduce((most, end) => Math.max(most, end), 0);
  if (depth !== deepest) return `the greatest depth is given as ${depth}, and is ${deepest}`;
  const entered = new Set([0]);
  for (const [number, { start, items }] of branches.entries()) {
    for (const [i, { alternatives }] of items.entries()) {
      const open = alternatives.findIndex(({ conditions }) => conditions.length === 0);
      if (open >= 0 && open < alternatives.length - 1) {
        return `branch ${number} at depth ${start + i} has an alternative after one without conditions, which hides it`;
      }
      for (const { does } of alternatives) {
        if (does.kind !== 'enter') continue;
        entered.add(does.branch);
        const fault = entryFault(branches[does.branch], does.branch, start + i);
        if (fault !== undefined) return fault;
      }
    }
  }
  if (branches[0]?.start !== 1) return 'the root does not begin at depth 1';
  const idle = branches.findIndex((_, number) => !entered.has(number));
  if (idle >= 0) return `nothing leads to branch ${idle}`;
  const lost = origins.find(({ branch, depth: at }) => itemOf(branches, branch, at) === undefined);
  if (lost !== undefined) return `branch ${lost.branch} has no depth ${lost.depth}, where ${lost.action} should be`;
  return placesFault(branches, places);
}

function entryFault(branch: Branch | undefined, number: number, from: number): string | undefined {
  if (branch === undefined) return `depth ${from} leads to branch ${number}, which does not exist`;
  if (branch.start === from + 1) return undefined;
  return `branch ${number} begins at depth ${branch.start}, and is entered at depth ${from}`;
}

const itemOf = (branches: Branches['branches'], branch: number, depth: number): RowItem | undefined => {
  const at = branches[branch];
  return at?.items[depth - at.start];
};

function placesFault(branches: Branches['branches'], places: Branches['places']): string | undefined {
  for (const [step, where] of places) {
    for (const { branch, depth } of where) {
      if (!doesStep(itemOf(branches, branch, depth), step)) {
        return `${stepText(step)} should be in branch ${branch} at depth ${depth}, and is not`;
      }
    }
  }
  return undefined;
}

function doesStep(item: RowItem | undefined, step: Step): boolean {
  if (item === undefined) return false;
  if (step.kind === 'nop') return item.alternatives.length === 0;
  return item.alternatives.some(({ does }) => does.kind === 'step' && areEqualSteps(does.step, step));
}
