/** Comparison of a running program with a tree of steps: whether both do the same for a branch id from some RPB on. */

import { appendTo } from '../data-plane/counting.js';
import type { Condition, Memory } from '../language/program.js';
import type { MemoryBlock } from '../link/compiled-program.js';
import { canInline } from '../steps/inline-cases.js';
import { type ActionStep, type BranchStep, conditionsIdentity, type Step, type StepTree } from '../steps/steps.js';
import { TreeIdentities } from '../steps/tree-identity.js';
import { type DecodedProgram, type Item, type Rule, targetOf } from './decoded-program.js';

/** A case of a BRANCH as trees have it before the pass inline-cases. */
export interface CaseBody {
  readonly conditions: readonly Condition[];
  readonly body: StepTree;
}

/** The continuation of a BRANCH for packets that match no case. */
export interface Continuation {
  /** The step that the RPB of the BRANCH does itself, if any. */
  readonly fallback: ActionStep | undefined;
  readonly rest: StepTree;
}

/** Translates steps of trees to actions of the running program, and remembers parts of trees. */
export class Vocabulary {
  readonly identities = new TreeIdentities();
  private readonly bodies = new WeakMap<BranchStep, readonly CaseBody[]>();
  private readonly rests = new WeakMap<StepTree, StepTree>();

  constructor(
    private readonly memories: readonly Memory[],
    private readonly blocks: readonly MemoryBlock[],
  ) {}

  /** Undefined for a step on a memory that has no block. */
  parametersOf(step: ActionStep): readonly number[] | undefined {
    const values = step.parameters.map((parameter) => {
      if (parameter.kind === 'constant') return parameter.value;
      if (parameter.kind === 'sizeMask') {
        const memory = this.memories.find(({ name }) => name === parameter.memory);
        return memory === undefined ? undefined : memory.buckets - 1;
      }
      return this.block(parameter.memory)?.base;
    });
    return values.every((value) => value !== undefined) ? values : undefined;
  }

  block(memory: string | undefined): MemoryBlock | undefined {
    return this.blocks.find(({ name }) => name === memory);
  }

  ruleOf(step: ActionStep, conditions: readonly Condition[], priority: number): Rule | undefined {
    const parameters = this.parametersOf(step);
    return parameters && { conditions, priority, action: step.instruction.name, parameters };
  }

  casesOf(branch: BranchStep): readonly CaseBody[] {
    const known = this.bodies.get(branch);
    if (known !== undefined) return known;
    const cases = branch.cases.flatMap((item): CaseBody[] => {
      if (item.kind === 'inline') throw new Error('cases are not inline yet');
      return [{ conditions: item.conditions.filter(({ mask }) => mask !== 0), body: item.body }];
    });
    this.bodies.set(branch, cases);
    return cases;
  }

  withoutFirst(tree: StepTree): StepTree {
    const known = this.rests.get(tree);
    if (known !== undefined) return known;
    const rest = { steps: tree.steps.slice(1), branch: tree.branch };
    this.rests.set(tree, rest);
    return rest;
  }

  /** The continuations with and, where possible, without the first following step done in the RPB of the BRANCH. */
  continuations({ otherwise }: BranchStep): readonly Continuation[] {
    const plain: Continuation = { fallback: undefined, rest: otherwise };
    const [first] = otherwise.steps;
    return canInline(first) ? [{ fallback: first, rest: this.withoutFirst(otherwise) }, plain] : [plain];
  }

  /** The step that the RPB of a BRANCH can do itself for a case whose other steps are those that follow the BRANCH. */
  inlineStep({ body }: CaseBody, rest: StepTree): ActionStep | undefined {
    const [first] = body.steps;
    if (!canInline(first)) return undefined;
    return this.identities.of(this.withoutFirst(body)) === this.identities.of(rest) ? first : undefined;
  }
}

/** Receives the logical RPBs of the steps of a tree. */
export interface Finder {
  /** @param id undefined for a branch that shares the rules of another */
  step(step: ActionStep, id: number | undefined, x: number): void;
  branch(branch: BranchStep, id: number, x: number): void;
}

/** Whether the item of a branch id in a logical RPB is going to change. */
export type IsChanging = (id: number, x: number) => boolean;

export class Behaviour {
  private readonly known = new Map<string, boolean>();

  /**
   * @param isChanging items that count as different from any tree
   * @param isPlace whether a step may be in a logical RPB
   */
  constructor(
    readonly running: DecodedProgram,
    readonly words: Vocabulary,
    private readonly isChanging: IsChanging = () => false,
    private readonly isPlace: (step: ActionStep, x: number) => boolean = () => true,
  ) {}

  /** Whether packets that have this id behind logical RPB x are treated as the tree says. */
  does(id: number, x: number, tree: StepTree): boolean {
    const from = this.running.next(id, x)?.x ?? Number.POSITIVE_INFINITY;
    const key = `${id} ${from} ${this.words.identities.of(tree)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const result = this.find(id, x, tree, undefined);
    this.known.set(key, result);
    return result;
  }

  /** Tells where the steps are of a tree that the program {@link does}. */
  locate(id: number, x: number, tree: StepTree, finder: Finder): void {
    this.find(id, x, tree, finder);
  }

  /** Whether an item does one step for any content of the registers. */
  isStep(item: Item, step: ActionStep): boolean {
    const [rule, ...others] = item.rules;
    return rule !== undefined && others.length === 0 && this.isStepRule(rule, step, item.x, []);
  }

  isStepRule(rule: Rule, step: ActionStep, x: number, conditions: readonly Condition[]): boolean {
    const wanted = this.words.ruleOf(step, conditions, rule.priority);
    return wanted !== undefined && isSameAction(rule, wanted) && sameConditions(rule, wanted) && this.isPlace(step, x);
  }

  /**
   * Whether an item is a BRANCH, with this continuation; what comes after it is not looked at.
   * @param finder sees the steps of the item and the cases
   * @param id with it, also of what is behind the steps of cases that run in the item
   */
  isBranch(item: Item, branch: BranchStep, { fallback, rest }: Continuation, finder?: Finder, id?: number): boolean {
    const cases = this.words.casesOf(branch);
    const pairs = pairByConditions(item.rules, cases, fallback);
    if (pairs === undefined) return false;
    for (const { rule, index } of pairs) {
      const wanted = cases[index];
      if (wanted === undefined) {
        if (fallback === undefined || !this.isStepRule(rule, fallback, item.x, [])) return false;
        finder?.step(fallback, id, item.x);
        continue;
      }
      const to = targetOf(rule);
      if (to !== undefined) {
        if (finder !== undefined) this.find(to, item.x, wanted.body, finder);
        else if (!this.does(to, item.x, wanted.body)) return false;
        continue;
      }
      const inline = this.words.inlineStep(wanted, rest);
      if (inline === undefined || !this.isStepRule(rule, inline, item.x, wanted.conditions)) return false;
      if (finder === undefined) continue;
      finder.step(inline, id, item.x);
      if (id !== undefined) this.find(id, item.x, this.words.withoutFirst(wanted.body), finder);
    }
    return true;
  }

  private find(id: number, start: number, { steps, branch }: StepTree, finder: Finder | undefined): boolean {
    let x = start;
    for (const step of steps) {
      if (step.kind === 'nop') continue;
      const item = this.running.next(id, x);
      if (item === undefined || this.isChanging(id, item.x) || !this.isStep(item, step)) return false;
      finder?.step(step, id, item.x);
      x = item.x;
    }
    const item = this.running.next(id, x);
    if (branch === undefined) return item === undefined;
    if (item === undefined || this.isChanging(id, item.x)) return false;
    for (const continuation of this.words.continuations(branch)) {
      if (!this.isBranch(item, branch, continuation) || !this.does(id, item.x, continuation.rest)) continue;
      if (finder === undefined) return true;
      finder.branch(branch, id, item.x);
      this.isBranch(item, branch, continuation, finder, id);
      return this.find(id, item.x, continuation.rest, finder);
    }
    return false;
  }
}

const isSameAction = (a: Rule, b: Rule): boolean =>
  a.action === b.action && a.parameters.join() === b.parameters.join();

const sameConditions = (a: Rule, b: Rule): boolean =>
  conditionsIdentity(a.conditions) === conditionsIdentity(b.conditions);

/** Whether some registers meet both lists of conditions. */
export function overlap(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.every(({ register, value, mask }) => {
    const other = b.find((candidate) => candidate.register === register);
    return other === undefined || ((value ^ other.value) & mask & other.mask) === 0;
  });
}

/**
 * The rules of an item, each with the case that it is for (the fallback counts as the last); undefined unless there is
 * one for each, and rules that packets can match both have the order of their cases.
 */
function pairByConditions(
  rules: readonly Rule[],
  cases: readonly CaseBody[],
  fallback: Step | undefined,
): readonly { readonly rule: Rule; readonly index: number }[] | undefined {
  const wanted = cases.map(({ conditions }) => conditions);
  if (fallback !== undefined) wanted.push([]);
  if (rules.length !== wanted.length) return undefined;
  const indices = new Map<string, number[]>();
  for (const [index, conditions] of wanted.entries()) {
    const text = conditionsIdentity(conditions);
    appendTo(indices, text, index);
  }
  const pairs: { rule: Rule; index: number }[] = [];
  for (const rule of rules) {
    const index = indices.get(conditionsIdentity(rule.conditions))?.shift();
    if (index === undefined) return undefined;
    const isOutOfOrder = pairs.some(
      (other) =>
        (other.index > index || other.rule.priority === rule.priority) &&
        overlap(other.rule.conditions, rule.conditions),
    );
    if (isOutOfOrder) return undefined;
    pairs.push({ rule, index });
  }
  return pairs;
}
