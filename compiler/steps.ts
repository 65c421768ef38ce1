/** Steps: what one RPB does for a packet. A program's steps form a tree, as BRANCH has no join. */
import type { ActionEffect } from './data-plane/actions.js';
import type { Span } from './diagnostics.js';
import type { Condition } from './program.js';

/** A parameter of an action: known now, or known once its memory is placed. */
export type StepParameter =
  | { readonly kind: 'constant'; readonly value: number }
  /** The address of the first bucket of a memory. */
  | { readonly kind: 'base'; readonly memory: string }
  /** The size of a memory less one. */
  | { readonly kind: 'sizeMask'; readonly memory: string };

export type Step =
  | {
      readonly kind: 'action';
      readonly effect: ActionEffect;
      readonly parameters: readonly StepParameter[];
      /** The memory that a stateful ALU step accesses, or whose address a hash, mask or offset step computes. */
      readonly memory: string | undefined;
      /** The statement it comes from. */
      readonly span: Span;
    }
  | { readonly kind: 'nop'; readonly span: Span };

/** Steps one after another, then perhaps a branch; what follows a branch runs only where no case matched. */
export interface StepTree {
  readonly steps: readonly Step[];
  readonly branch: BranchStep | undefined;
}

export interface BranchStep {
  readonly cases: readonly { readonly conditions: readonly Condition[]; readonly body: StepTree }[];
  readonly otherwise: StepTree;
  readonly span: Span;
}

export const EMPTY_TREE: StepTree = { steps: [], branch: undefined };

export const isMemoryAccess = (step: Step): boolean => step.kind === 'action' && step.effect.kind === 'salu';

/** The tree with a change applied to every list of steps, from the root down. */
export function mapSteps(tree: StepTree, change: (steps: readonly Step[]) => readonly Step[]): StepTree {
  return { steps: change(tree.steps), branch: tree.branch && mapBranch(tree.branch, (part) => mapSteps(part, change)) };
}

/** The branch with a change applied to its case bodies and to what follows it. */
export function mapBranch(branch: BranchStep, change: (part: StepTree) => StepTree): BranchStep {
  return {
    span: branch.span,
    cases: branch.cases.map(({ conditions, body }) => ({ conditions, body: change(body) })),
    otherwise: change(branch.otherwise),
  };
}

/** The case bodies of a tree's branch and what follows it. */
export function branchParts(tree: StepTree): readonly StepTree[] {
  return tree.branch === undefined ? [] : [...tree.branch.cases.map(({ body }) => body), tree.branch.otherwise];
}
