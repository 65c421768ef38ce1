/**
 * The aligned tree as a list of branches: the steps for packets of one branch id, by depth. Equal case bodies at
 * one depth are one branch.
 */
import { actionName } from '../data-plane/instructions/table.js';
import type { Span } from '../language/diagnostics.js';
import type { Condition } from '../language/program.js';
import {
  type ActionStep,
  type BranchStep,
  conditionsIdentity,
  type Step,
  type StepTree,
  stepIdentity,
} from '../steps/steps.js';
import { TreeIdentities } from '../steps/tree-identity.js';

export interface Branch {
  /** The depth of its first item, one more than that of the BRANCH that leads to it. */
  readonly start: number;
  /** One for each depth from `start` on. */
  readonly items: readonly RowItem[];
}

/**
 * The alternatives of one RPB for the packets of a branch, of which the first whose conditions hold is executed; none
 * for a NOP.
 */
export interface RowItem {
  readonly alternatives: readonly Alternative[];
  /** Equal for items with the same effect. */
  readonly identity: string;
}

export interface Alternative {
  readonly conditions: readonly Condition[];
  readonly does:
    | { readonly kind: 'step'; readonly step: ActionStep }
    | { readonly kind: 'enter'; readonly branch: number };
}

/** The statement of a step of a branch at a depth; several where equal bodies were merged. */
export interface Origin {
  readonly branch: number;
  readonly depth: number;
  /** The action, or `nop`, or `branch`. */
  readonly action: string;
  readonly span: Span;
}

export interface Branches {
  /** The first is the root, where all packets of the program start. */
  readonly branches: readonly Branch[];
  readonly origins: readonly Origin[];
  /** Branch and depth of the steps of the tree; several if several branches continue with the same steps. */
  readonly places: ReadonlyMap<Step, readonly StepPlace[]>;
  /** The greatest depth. */
  readonly depth: number;
}

export interface StepPlace {
  readonly branch: number;
  readonly depth: number;
}

/** @param mergesEqual whether equal case bodies at one depth become one branch */
export function branchesOf(tree: StepTree, mergesEqual = true): Branches {
  const collector = new Collector(mergesEqual);
  collector.branchAt(tree, 1);
  const { branches, origins, places } = collector;
  return {
    branches,
    origins,
    places,
    depth: Math.max(0, ...branches.map(({ start, items }) => start + items.length - 1)),
  };
}

const NOP: RowItem = { alternatives: [], identity: '' };

class Collector {
  readonly branches: { start: number; items: RowItem[] }[] = [];
  readonly origins: Origin[] = [];
  readonly places = new Map<Step, StepPlace[]>();
  private readonly identities = new TreeIdentities();
  private readonly byBehaviour = new Map<string, number>();

  constructor(private readonly mergesEqual: boolean) {}

  /** The number of the branch with the steps of this tree from this depth on. */
  branchAt(tree: StepTree, start: number): number {
    const behaviour = `${start}:${this.identities.of(tree)}`;
    const known = this.mergesEqual ? this.byBehaviour.get(behaviour) : undefined;
    const number = known ?? this.branches.length;
    const items: RowItem[] = [];
    if (known === undefined) {
      this.byBehaviour.set(behaviour, number);
      this.branches.push({ start, items });
    }
    this.collect(tree, start, number, items);
    return number;
  }

  private collect({ steps, branch }: StepTree, start: number, number: number, items: RowItem[]): void {
    let depth = start;
    for (const step of steps) {
      this.note(number, depth, nameOf(step), step.spans);
      this.places.set(step, [...(this.places.get(step) ?? []), { branch: number, depth }]);
      depth++;
      if (step.kind === 'nop') items.push(NOP);
      else
        items.push({ alternatives: [{ conditions: [], does: { kind: 'step', step } }], identity: stepIdentity(step) });
    }
    if (branch === undefined) return;
    this.note(number, depth, 'branch', branch.spans);
    items.push(this.branchItem(branch, depth, number));
    this.collect(branch.otherwise, depth + 1, number, items);
  }

  private branchItem({ cases, fallback }: BranchStep, depth: number, number: number): RowItem {
    const step = (conditions: readonly Condition[], doing: ActionStep): Alternative => {
      this.note(number, depth, nameOf(doing), doing.spans);
      return { conditions, does: { kind: 'step', step: doing } };
    };
    const alternatives = cases.map((item): Alternative => {
      if (item.kind === 'inline') return step(item.conditions, item.step);
      return { conditions: item.conditions, does: { kind: 'enter', branch: this.branchAt(item.body, depth + 1) } };
    });
    if (fallback !== undefined) alternatives.push(step([], fallback));
    return { alternatives, identity: alternatives.map(alternativeIdentity).join('|') };
  }

  private note(branch: number, depth: number, action: string, spans: readonly Span[]): void {
    for (const span of spans) this.origins.push({ branch, depth, action, span });
  }
}

const nameOf = (step: StepTree['steps'][number]): string => (step.kind === 'nop' ? 'nop' : actionName(step.effect));

function alternativeIdentity({ conditions, does }: Alternative): string {
  const action = does.kind === 'step' ? stepIdentity(does.step) : `enter ${does.branch}`;
  return `${conditionsIdentity(conditions)}:${action}`;
}
