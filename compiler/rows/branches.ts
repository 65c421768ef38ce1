/**
 * The aligned tree as a list of branches: the steps for packets of one branch id, by depth. Equal case bodies at
 * one depth are one branch.
 */
import { NumberPairs } from '../data-plane/number-pairs.js';
import type { Span } from '../language/diagnostics.js';
import type { Condition } from '../language/program.js';
import type { ActionStep, BranchStep, Step, StepTree } from '../steps/steps.js';
import { conditionsNumber, TreeIdentities } from '../steps/tree-identity.js';

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
  readonly identity: number;
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
  let depth = 0;
  for (const { start, items } of branches) depth = Math.max(depth, start + items.length - 1);
  return { branches, origins, places, depth };
}

const NO_CONDITIONS: readonly Condition[] = [];

class Collector {
  readonly branches: { start: number; items: RowItem[] }[] = [];
  readonly origins: Origin[] = [];
  readonly places = new Map<Step, StepPlace[]>();
  private readonly identities = new TreeIdentities();
  /** Of depths with identities of trees. */
  private readonly behaviours = new NumberPairs();
  /** The branch of each behaviour. */
  private readonly byBehaviour: number[] = [];
  /** Of lists of alternatives. */
  private readonly lists = new NumberPairs();

  constructor(private readonly mergesEqual: boolean) {}

  /** The number of the branch with the steps of this tree from this depth on. */
  branchAt(tree: StepTree, start: number): number {
    const number = this.branches.length;
    if (this.mergesEqual) {
      const behaviour = this.behaviours.of(start, this.identities.of(tree));
      const known = this.byBehaviour[behaviour];
      if (known !== undefined) {
        // It has the statements of both.
        this.collect(tree, start, known, []);
        return known;
      }
      this.byBehaviour[behaviour] = number;
    }
    const items: RowItem[] = [];
    this.branches.push({ start, items });
    this.collect(tree, start, number, items);
    return number;
  }

  private collect({ steps, branch }: StepTree, start: number, number: number, items: RowItem[]): void {
    let depth = start;
    for (const step of steps) {
      this.note(number, depth, nameOf(step), step.spans);
      const place: StepPlace = { branch: number, depth };
      const places = this.places.get(step);
      if (places === undefined) this.places.set(step, [place]);
      else places.push(place);
      depth++;
      items.push(step.kind === 'nop' ? NOP : onlyStep(step));
    }
    if (branch === undefined) return;
    this.note(number, depth, 'branch', branch.spans);
    items.push(this.branchItem(branch, depth, number));
    this.collect(branch.otherwise, depth + 1, number, items);
  }

  private branchItem({ cases, fallback }: BranchStep, depth: number, number: number): RowItem {
    const { lists } = this;
    const alternatives: Alternative[] = [];
    let identity: number = MARK.alternatives;
    const add = (conditions: readonly Condition[], mark: number, does: Alternative['does'], doing: number): void => {
      alternatives.push({ conditions, does });
      identity = lists.of(lists.of(lists.of(identity, conditionsNumber(conditions, lists)), mark), doing);
    };
    const addStep = (conditions: readonly Condition[], step: ActionStep): void => {
      this.note(number, depth, nameOf(step), step.spans);
      add(conditions, MARK.step, { kind: 'step', step }, step.identity);
    };
    for (const item of cases) {
      if (item.kind === 'inline') {
        addStep(item.conditions, item.step);
      } else {
        const branch = this.branchAt(item.body, depth + 1);
        add(item.conditions, MARK.enter, { kind: 'enter', branch }, branch);
      }
    }
    if (fallback !== undefined) addStep(NO_CONDITIONS, fallback);
    return { alternatives, identity };
  }

  private note(branch: number, depth: number, action: string, spans: readonly Span[]): void {
    for (const span of spans) this.origins.push({ branch, depth, action, span });
  }
}

/** Of lists of alternatives, which are numbered as those of trees are. */
const MARK = { alternatives: -1, step: -9, enter: -10 } as const;

/** Those of lists of alternatives are not negative. */
const onlyStep = (step: ActionStep): RowItem => ({
  alternatives: [{ conditions: NO_CONDITIONS, does: { kind: 'step', step } }],
  identity: ~step.identity,
});

/** It has no entries, so none that could be equal to others. */
const NOP: RowItem = { alternatives: [], identity: 0 };

const nameOf = (step: Step): string => (step.kind === 'nop' ? 'nop' : step.instruction.name);
