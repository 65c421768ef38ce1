/**
 * Placement of the steps of a new case body: after its BRANCH, in the order of the path, with the fewest entries.
 * A step costs nearly nothing where another branch has the same step, as one entry can serve both.
 */

import type { DataPlane } from '../data-plane/data-plane.js';
import { actionName } from '../data-plane/instructions/table.js';
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Condition } from '../language/program.js';
import type { ActionStep, BranchStep, StepTree } from '../steps/steps.js';
import type { Behaviour, CaseBody, Continuation, Finder } from './behaviour.js';
import { type Item, type Rule, ruleIdentity } from './decoded-program.js';

/** A new branch; its id is chosen when all its rules are known. */
export interface NewBranch {
  readonly kind: 'new';
  readonly items: readonly NewItem[];
  id: number | undefined;
}

export interface NewItem {
  readonly x: number;
  readonly rules: readonly NewRule[];
}

/** A rule, or one that enters a new branch whose id is not chosen yet. */
export type NewRule =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | {
      readonly kind: 'enter';
      readonly conditions: readonly Condition[];
      readonly priority: number;
      readonly branch: NewBranch;
    };

/** Receives the logical RPBs of placed steps, also of those in new branches. */
export type NewFinder = (of: ActionStep | BranchStep, branch: NewBranch | number, x: number) => void;

export interface BodyRoom {
  readonly dataPlane: DataPlane;
  /** Free entries by RPB index. */
  readonly free: ArrayLike<number>;
  /** The last logical RPB that may be used, and the last of the passes that the running program takes. */
  readonly limit: number;
  readonly usual: number;
  /** Whether the memory and the hash function of a step allow it in a logical RPB. */
  isPlace(step: ActionStep, x: number): boolean;
}

/** Costs in entries: of a shared entry, of each logical RPB further back, of a full RPB, of a further recirculation. */
const COST = { shared: 1e-3, place: 1e-6, full: 0.1, recirculation: 50 } as const;
const NEVER = Number.POSITIVE_INFINITY;

interface Choice {
  readonly cost: number;
  readonly x: number;
  /** For a BRANCH: its continuation, and the rules of a running branch that it shares. */
  readonly continuation: Continuation | undefined;
  readonly shared: Item | undefined;
}

export class BodyPlacer {
  private readonly choices = new Map<StepTree, Map<number, Choice>>();
  private readonly built = new Map<string, NewBranch>();
  private readonly patterns = new Map<number, readonly Item[]>();
  private readonly unconditional = new Map<string, Rule>();
  private readonly known = new Map<string, number | undefined>();

  constructor(
    private readonly behaviour: Behaviour,
    private readonly room: BodyRoom,
  ) {
    const { running } = behaviour;
    const patterns = new Map<number, Map<string, Item>>();
    for (const id of running.live.keys()) {
      for (const item of running.items(id)) {
        const [only] = item.rules;
        if (item.rules.length === 1 && only?.conditions.length === 0) {
          this.unconditional.set(`${item.x} ${only.action}(${only.parameters.join()})`, only);
        }
        const here = patterns.get(item.x) ?? new Map<string, Item>();
        patterns.set(item.x, here.set(item.rules.map(ruleIdentity).join('|'), item));
      }
    }
    for (const [x, items] of patterns) this.patterns.set(x, [...items.values()]);
  }

  /** The approximate cost in entries of a case whose BRANCH is in logical RPB x; infinite if there is no room. */
  costOf(wanted: CaseBody, x: number, rest: StepTree, mayInline: boolean): number {
    const inline = mayInline ? this.behaviour.words.inlineStep(wanted, rest) : undefined;
    if (inline !== undefined && this.fits(inline, x)) return 1;
    return 1 + this.bodyCost(wanted.body, x);
  }

  /** Places the body of a case whose BRANCH is in logical RPB x. @returns the rule of the case */
  build(
    wanted: CaseBody,
    priority: number,
    x: number,
    owner: NewBranch | number,
    rest: StepTree,
    mayInline: boolean,
    found: NewFinder,
  ): NewRule {
    const { words } = this.behaviour;
    const { conditions, body } = wanted;
    const inline = mayInline ? words.inlineStep(wanted, rest) : undefined;
    if (inline !== undefined && this.fits(inline, x)) {
      const rule = words.ruleOf(inline, conditions, priority);
      if (rule === undefined) throw new Error('a placed step accesses a memory without a block');
      found(inline, owner, x);
      return { kind: 'rule', rule };
    }
    const running = this.runningBranch(body, x);
    if (running !== undefined) {
      this.behaviour.locate(running, x, body, finderOf(found));
      return {
        kind: 'rule',
        rule: { conditions, priority, action: actionName({ kind: 'setBranch' }), parameters: [running] },
      };
    }
    return { kind: 'enter', conditions, priority, branch: this.newBranch(body, x, found) };
  }

  /** The new branches; a branch comes before those with rules that lead to it. */
  get branches(): readonly NewBranch[] {
    return [...this.built.values()];
  }

  private newBranch(body: StepTree, x: number, found: NewFinder): NewBranch {
    const key = `${x} ${this.behaviour.words.identities.of(body)}`;
    const known = this.built.get(key);
    const items: NewItem[] = [];
    const branch: NewBranch = known ?? { kind: 'new', items, id: undefined };
    this.lay(body, x, branch, items, found);
    if (known === undefined) this.built.set(key, branch);
    return branch;
  }

  private lay(tree: StepTree, after: number, owner: NewBranch, items: NewItem[], found: NewFinder): void {
    const { words } = this.behaviour;
    const choice = this.choose(tree, after);
    const { x, shared, continuation } = choice;
    const [first] = tree.steps;
    if (first !== undefined) {
      if (first.kind === 'nop') return this.lay(words.withoutFirst(tree), after, owner, items, found);
      const rule = this.sharedStep(first, x) ?? words.ruleOf(first, [], 0);
      if (rule === undefined) throw new Error('a placed step has no parameters');
      items.push({ x, rules: [{ kind: 'rule', rule }] });
      found(first, owner, x);
      return this.lay(words.withoutFirst(tree), x, owner, items, found);
    }
    const { branch } = tree;
    if (branch === undefined || continuation === undefined) return;
    const { fallback, rest } = continuation;
    found(branch, owner, x);
    const cases = words.casesOf(branch);
    if (shared !== undefined) {
      items.push({ x, rules: shared.rules.map((rule) => ({ kind: 'rule', rule })) });
      this.behaviour.isBranch(shared, branch, continuation, finderOf(found, owner));
    } else {
      const rules = cases.map((item, i) => this.build(item, i, x, owner, rest, true, found));
      if (fallback !== undefined) {
        const rule = words.ruleOf(fallback, [], rules.length);
        if (rule !== undefined) rules.push({ kind: 'rule', rule });
        found(fallback, owner, x);
      }
      items.push({ x, rules });
    }
    // Cases whose step runs in the RPB of the BRANCH continue after the BRANCH.
    for (const item of cases) {
      if (this.isInlineAt(item, rest, x, shared)) this.lay(words.withoutFirst(item.body), x, owner, [], found);
    }
    this.lay(rest, x, owner, items, found);
  }

  private isInlineAt(item: CaseBody, rest: StepTree, x: number, shared: Item | undefined): boolean {
    const inline = this.behaviour.words.inlineStep(item, rest);
    if (inline === undefined) return false;
    if (shared === undefined) return this.fits(inline, x);
    return shared.rules.some((rule) => this.behaviour.isStepRule(rule, inline, x, item.conditions));
  }

  private bodyCost(body: StepTree, x: number): number {
    return this.runningBranch(body, x) !== undefined ? 0 : this.choose(body, x).cost;
  }

  /** The id of a running branch with the same steps as the body. */
  private runningBranch(body: StepTree, x: number): number | undefined {
    const key = `${x} ${this.behaviour.words.identities.of(body)}`;
    if (!this.known.has(key)) {
      const ids = [...this.behaviour.running.live.keys()].filter((id) => id !== 0);
      this.known.set(
        key,
        ids.find((id) => this.behaviour.does(id, x, body)),
      );
    }
    return this.known.get(key);
  }

  /**
   * The cheapest place after a logical RPB for the first step of a tree (or its BRANCH), given the best places of the
   * rest.
   */
  private choose(tree: StepTree, after: number): Choice {
    const memo = this.choices.get(tree) ?? new Map<number, Choice>();
    this.choices.set(tree, memo);
    const known = memo.get(after);
    if (known !== undefined) return known;
    const choice = this.search(tree, after);
    memo.set(after, choice);
    return choice;
  }

  private search(tree: StepTree, after: number): Choice {
    const none = { x: 0, continuation: undefined, shared: undefined };
    const { words } = this.behaviour;
    const [first] = tree.steps;
    if (first === undefined && tree.branch === undefined) return { ...none, cost: 0 };
    if (first?.kind === 'nop') return { ...none, cost: this.choose(words.withoutFirst(tree), after).cost };
    let best: Choice = { ...none, cost: NEVER };
    for (let x = after + 1; x <= this.room.limit; x++) {
      const here = this.placeCost(x);
      if (here >= best.cost) continue;
      if (first !== undefined) {
        const step = this.stepCost(first, x);
        if (step === NEVER) continue;
        const cost = here + step + this.choose(words.withoutFirst(tree), x).cost;
        if (cost < best.cost) best = { ...none, cost, x };
      } else if (tree.branch !== undefined) {
        const choice = this.branchChoice(tree.branch, x);
        if (here + choice.cost < best.cost) best = { ...choice, cost: here + choice.cost };
      }
    }
    return best;
  }

  private branchChoice(branch: BranchStep, x: number): Choice {
    const { words } = this.behaviour;
    let best: Choice = { cost: NEVER, x, continuation: undefined, shared: undefined };
    for (const continuation of words.continuations(branch)) {
      const { fallback, rest } = continuation;
      const shared = (this.patterns.get(x) ?? []).find((item) => this.behaviour.isBranch(item, branch, continuation));
      let cost: number = COST.shared;
      if (shared === undefined) {
        cost = fallback === undefined ? 0 : this.fits(fallback, x) ? 1 : NEVER;
        for (const item of words.casesOf(branch)) {
          if (cost < best.cost) cost += this.costOf(item, x, rest, true);
        }
        cost += this.crowding(x);
      }
      if (cost < best.cost) cost += this.choose(rest, x).cost;
      if (cost < best.cost) best = { cost, x, continuation, shared };
    }
    return best;
  }

  private stepCost(step: ActionStep, x: number): number {
    if (!this.room.isPlace(step, x)) return NEVER;
    if (this.sharedStep(step, x) !== undefined) return COST.shared;
    return this.fits(step, x) ? 1 + this.crowding(x) : NEVER;
  }

  private sharedStep(step: ActionStep, x: number): Rule | undefined {
    const parameters = this.behaviour.words.parametersOf(step);
    return this.unconditional.get(`${x} ${step.instruction.name}(${parameters?.join()})`);
  }

  /** Whether the RPB has the action of the step and a free entry for it. */
  private fits(step: ActionStep, x: number): boolean {
    const { dataPlane, free } = this.room;
    const index = rpbIndexOf(x, dataPlane.rpbCount);
    return (
      must(free[index], `free entries of RPB ${index + 1}`) > 0 &&
      dataPlane.rpbsWith(step.instruction.name)[index] === 1 &&
      this.behaviour.words.parametersOf(step) !== undefined &&
      this.room.isPlace(step, x)
    );
  }

  private placeCost(x: number): number {
    const { usual, dataPlane } = this.room;
    const passes = Math.max(0, Math.ceil((x - usual) / dataPlane.rpbCount));
    return x * COST.place + (passes > 0 ? COST.recirculation * passes : 0);
  }

  private crowding(x: number): number {
    const { dataPlane, free } = this.room;
    const rpb = dataPlane.rpbs[rpbIndexOf(x, dataPlane.rpbCount)];
    if (rpb === undefined || must(free[rpb.index], `free entries of RPB ${rpb.number}`) <= 0) return NEVER;
    return COST.full * (1 - must(free[rpb.index], `free entries of RPB ${rpb.number}`) / rpb.entries);
  }
}

const finderOf = (found: NewFinder, owner: NewBranch | number = 0): Finder => ({
  step: (step, id, x) => found(step, id ?? owner, x),
  branch: (branch, id, x) => found(branch, id, x),
});
