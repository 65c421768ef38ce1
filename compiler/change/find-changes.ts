/**
 * The differences between a program and the running one: BRANCHes with other cases. A case whose body has changed
 * is kept if the change can be made in place; otherwise it gets a new body beside the old one.
 */
import { must } from '../data-plane/must.js';
import type { ActionStep, BranchStep, StepTree } from '../steps/steps.js';
import { alignCases } from './align-cases.js';
import type { Behaviour, CaseBody, Continuation } from './behaviour.js';
import { type Item, type Rule, targetOf } from './decoded-program.js';

/** The change of one rule of a BRANCH. */
export type RuleChange =
  | { readonly kind: 'kept'; readonly rule: Rule; readonly from: CaseBody | ActionStep; readonly below: Below }
  | { readonly kind: 'removed'; readonly rule: Rule }
  /** `replaces`: the removed rule with the same conditions, whose place it takes. */
  | { readonly kind: 'added'; readonly from: CaseBody; readonly replaces: Rule | undefined };

/** A BRANCH whose cases change, for the packets of one branch id. */
export interface BranchChange {
  readonly id: number;
  readonly x: number;
  readonly branch: BranchStep;
  readonly continuation: Continuation;
  /** In the order of the program, removed cases included. */
  readonly rules: readonly RuleChange[];
}

export type Below =
  | { readonly kind: 'same' }
  /** Unchanged steps, then a BRANCH that changes, then the changes after it. */
  | {
      readonly kind: 'changed';
      readonly steps: readonly { readonly step: ActionStep; readonly x: number }[];
      readonly change: BranchChange;
      readonly rest: Below;
    }
  | {
      readonly kind: 'impossible';
      readonly reason: 'steps' | 'several-branches' /** undefined where no step is left */;
      readonly line: number | undefined;
    };

export class ChangeFinder {
  constructor(private readonly behaviour: Behaviour) {}

  /**
   * The changes by which packets that have this id after logical RPB x are treated as the tree says.
   * @param behind the BRANCH that leads to the tree
   */
  find(id: number, x: number, tree: StepTree, behind?: BranchStep): Below {
    const { running } = this.behaviour;
    if (this.behaviour.does(id, x, tree)) return { kind: 'same' };
    const steps: { step: ActionStep; x: number }[] = [];
    let at = x;
    for (const step of tree.steps) {
      if (step.kind === 'nop') continue;
      const item = running.next(id, at);
      if (item === undefined || !this.behaviour.isStep(item, step)) return impossible('steps', step);
      steps.push({ step, x: item.x });
      at = item.x;
    }
    const { branch } = tree;
    const item = running.next(id, at);
    if (branch === undefined || item === undefined) return impossible('steps', branch ?? tree.steps.at(-1) ?? behind);
    let worst: Below = impossible('steps', branch);
    for (const continuation of this.behaviour.words.continuations(branch)) {
      const rest = this.find(id, item.x, continuation.rest, branch);
      if (rest.kind === 'impossible') {
        worst = rest;
        continue;
      }
      const rules = this.pair(item, branch, continuation);
      if (rules === undefined) continue;
      if (rest.kind === 'changed' && item.rules.some((rule) => isInline(rule, rules))) {
        worst = impossible('several-branches', branch);
        continue;
      }
      return { kind: 'changed', steps, change: { id, x: item.x, branch, continuation, rules }, rest };
    }
    return worst;
  }

  /** Undefined if the item cannot be this BRANCH with this continuation. */
  private pair(item: Item, branch: BranchStep, { fallback, rest }: Continuation): readonly RuleChange[] | undefined {
    const cases = this.behaviour.words.casesOf(branch);
    const last = item.rules.at(-1);
    const own = fallback === undefined ? item.rules : item.rules.slice(0, -1);
    if (fallback !== undefined && (last === undefined || !this.behaviour.isStepRule(last, fallback, item.x, []))) {
      return undefined;
    }
    const changes: RuleChange[] = [];
    for (const { rule, wanted } of alignCases(own, cases)) {
      if (rule !== undefined && wanted !== undefined) changes.push(...this.compare(rule, wanted, item.x, rest));
      else if (rule !== undefined) {
        // Not a case: a step that runs for all packets.
        if (rule.conditions.length === 0 && targetOf(rule) === undefined) return undefined;
        changes.push({ kind: 'removed', rule });
      } else if (wanted !== undefined) changes.push({ kind: 'added', from: wanted, replaces: undefined });
    }
    if (fallback !== undefined && last !== undefined) {
      changes.push({ kind: 'kept', rule: last, from: fallback, below: { kind: 'same' } });
    }
    return changes;
  }

  private compare(rule: Rule, from: CaseBody, x: number, rest: StepTree): RuleChange[] {
    const to = targetOf(rule);
    const { words, running } = this.behaviour;
    if (to === undefined) {
      const inline = words.inlineStep(from, rest);
      const isKept = inline !== undefined && this.behaviour.isStepRule(rule, inline, x, from.conditions);
      if (isKept) return [{ kind: 'kept', rule, from, below: { kind: 'same' } }];
    } else {
      // A body that only this rule leads to can be changed in place; otherwise other packets would meet the change.
      const isAlone = running.edgesTo.get(to)?.length === 1;
      const below: Below = isAlone
        ? this.find(to, x, from.body)
        : this.behaviour.does(to, x, from.body)
          ? { kind: 'same' }
          : impossible('steps', undefined);
      if (below.kind !== 'impossible') return [{ kind: 'kept', rule, from, below }];
    }
    return [
      { kind: 'removed', rule },
      { kind: 'added', from, replaces: rule },
    ];
  }
}

/**
 * Whether packets that meet the rule continue after the BRANCH, other than by its fallback. If the steps there change
 * as well, they would meet two changes.
 */
function isInline(rule: Rule, changes: readonly RuleChange[]): boolean {
  const isFallback = changes.some(
    (change) => change.kind === 'kept' && change.rule === rule && 'effect' in change.from,
  );
  return targetOf(rule) === undefined && !isFallback;
}

function impossible(
  reason: 'steps' | 'several-branches',
  at: { readonly spans: readonly { readonly line: number }[] } | undefined,
): Below {
  return { kind: 'impossible', reason, line: at && must(at.spans[0], 'span of a step').line };
}
