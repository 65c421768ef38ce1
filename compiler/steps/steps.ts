/** Steps: each is an action of one RPB for a packet. A program's steps form a tree, as BRANCH has no join. */
import type { AddressStep } from '../data-plane/instructions/instruction.js';
import type { Instruction } from '../data-plane/instructions/table.js';
import type { Span } from '../language/diagnostics.js';
import type { Condition } from '../language/program.js';

/** A parameter of an action: a constant, or a value that is known when its memory is placed. */
export type StepParameter =
  | { readonly kind: 'constant'; readonly value: number }
  /** The address of the first bucket of a memory. */
  | { readonly kind: 'base'; readonly memory: string }
  /** The size of a memory in buckets, minus one. */
  | { readonly kind: 'sizeMask'; readonly memory: string };

export interface ActionStep {
  readonly kind: 'action';
  readonly instruction: Instruction;
  readonly parameters: readonly StepParameter[];
  /** The memory that a stateful ALU step accesses, or whose address a hash, mask or offset step computes. */
  readonly memory: string | undefined;
  /** Its statements in the source; several where equal steps were merged. */
  readonly spans: readonly Span[];
  /** Equal for the steps of a program that do the same; from 0. */
  readonly identity: number;
}

export type Step = ActionStep | { readonly kind: 'nop'; readonly spans: readonly Span[] };

/** A sequence of steps, then optionally a branch; the steps after a branch run only if no case entered a body. */
export interface StepTree {
  readonly steps: readonly Step[];
  readonly branch: BranchStep | undefined;
}

export interface BranchStep {
  /** Tried in order. */
  readonly cases: readonly CaseStep[];
  /** The step that the RPB of the branch does where no case matches: the first of those after it, or none. */
  readonly fallback: ActionStep | undefined;
  readonly otherwise: StepTree;
  readonly spans: readonly Span[];
}

export type CaseStep =
  /** Sets the branch id: the packet continues with the body of the case. */
  | { readonly kind: 'enter'; readonly conditions: readonly Condition[]; readonly body: StepTree }
  /** Does one step in the RPB of the branch and continues after the branch. */
  | { readonly kind: 'inline'; readonly conditions: readonly Condition[]; readonly step: ActionStep };

export const NO_STEPS: readonly Step[] = [];
export const EMPTY_TREE: StepTree = { steps: NO_STEPS, branch: undefined };

/** The part of a step in a memory access. */
export const addressStepOf = (step: Step | undefined): AddressStep | undefined =>
  step?.kind === 'action' ? step.instruction.effects.address : undefined;

export const isMemoryAccess = (step: Step): boolean => addressStepOf(step) === 'access';

export const isDrop = (step: Step): boolean => step.kind === 'action' && step.instruction.effects.drops;

/** The tree with a change applied to every list of steps, from the root down. */
export function mapSteps(tree: StepTree, change: (steps: readonly Step[]) => readonly Step[]): StepTree {
  return { steps: change(tree.steps), branch: tree.branch && mapBranch(tree.branch, (part) => mapSteps(part, change)) };
}

/**
 * The branch with a change applied to its case bodies and then to the steps after it; the same branch if none of them
 * changes.
 * @param change is given the conditions of a body
 */
export function mapBranch(
  branch: BranchStep,
  change: (part: StepTree, conditions?: readonly Condition[]) => StepTree,
): BranchStep {
  let cases: CaseStep[] | undefined;
  for (const [i, item] of branch.cases.entries()) {
    const body = item.kind === 'enter' ? change(item.body, item.conditions) : undefined;
    if (item.kind === 'inline' || body === undefined || body === item.body) {
      cases?.push(item);
      continue;
    }
    cases ??= branch.cases.slice(0, i);
    cases.push({ kind: 'enter', conditions: item.conditions, body });
  }
  const otherwise = change(branch.otherwise);
  if (cases === undefined && otherwise === branch.otherwise) return branch;
  return { cases: cases ?? branch.cases, fallback: branch.fallback, otherwise, spans: branch.spans };
}

/** The case bodies of a tree's branch, and the steps after it. */
export function branchParts({ branch }: StepTree): readonly StepTree[] {
  if (branch === undefined) return NO_PARTS;
  const parts: StepTree[] = [];
  for (const item of branch.cases) if (item.kind === 'enter') parts.push(item.body);
  parts.push(branch.otherwise);
  return parts;
}

const NO_PARTS: readonly StepTree[] = [];

/** The first of equal trees, with the statements of all of them. */
export function mergeSpans(tree: StepTree, others: readonly StepTree[]): StepTree {
  if (others.length === 0) return tree;
  const { branch } = tree;
  const branches = others.flatMap((other) => other.branch ?? []);
  return {
    steps: tree.steps.map((step, i) =>
      withSpans(
        step,
        others.flatMap(({ steps }) => steps[i] ?? []),
      ),
    ),
    branch: branch && {
      ...withSpans(branch, branches),
      cases: branch.cases.map((item, i): CaseStep => {
        const same = branches.flatMap(({ cases }) => cases[i] ?? []);
        if (item.kind === 'inline') {
          const steps = same.flatMap((other) => (other.kind === 'inline' ? [other.step] : []));
          return { ...item, step: withSpans(item.step, steps) };
        }
        const bodies = same.flatMap((other) => (other.kind === 'enter' ? [other.body] : []));
        return { ...item, body: mergeSpans(item.body, bodies) };
      }),
      fallback:
        branch.fallback &&
        withSpans(
          branch.fallback,
          branches.flatMap(({ fallback }) => fallback ?? []),
        ),
      otherwise: mergeSpans(
        branch.otherwise,
        branches.map(({ otherwise }) => otherwise),
      ),
    },
  };
}

const withSpans = <Item extends { readonly spans: readonly Span[] }>(
  item: Item,
  others: readonly { readonly spans: readonly Span[] }[],
): Item => ({ ...item, spans: [item, ...others].flatMap(({ spans }) => spans) });

/** The steps in the RPB of a branch. */
export function inlineSteps({ cases, fallback }: BranchStep): readonly ActionStep[] {
  const inline: ActionStep[] = [];
  for (const item of cases) if (item.kind === 'inline') inline.push(item.step);
  if (fallback !== undefined) inline.push(fallback);
  return inline;
}

/** A text that is equal for conditions that look at the same bits. */
export const conditionsIdentity = (conditions: readonly Condition[]): string =>
  conditions
    .map(({ register, value, mask }) => `${register}&${mask}=${value}`)
    .sort()
    .join();
