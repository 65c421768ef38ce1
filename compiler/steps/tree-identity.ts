/** Numbers for trees of steps, equal if and only if the trees have the same steps. */
import { REGISTERS } from '../data-plane/description.js';
import { must } from '../data-plane/must.js';
import { NumberPairs } from '../data-plane/number-pairs.js';
import type { Condition } from '../language/program.js';
import type { BranchStep, CaseStep, Step, StepTree } from './steps.js';

/**
 * A list has the number of a pair: the number of the list without its last item, and that of the item. Numbers of lists
 * and steps are not negative; these say what a list is of, or what comes next in it, so that lists of different things
 * have different numbers.
 */
const MARK = {
  endOfPath: -1,
  conditions: -2,
  branch: -3,
  enter: -4,
  inline: -5,
  endOfCases: -6,
  nop: -7,
  none: -8,
} as const;

export class TreeIdentities {
  private readonly pairs = new NumberPairs();
  private readonly branches = new Map<BranchStep, number>();

  /** @param from steps in front of this one are left out */
  of({ steps, branch }: StepTree, from = 0): number {
    let identity: number = branch === undefined ? MARK.endOfPath : this.ofBranch(branch);
    for (let i = steps.length - 1; i >= from; i--)
      identity = this.pairs.of(identity, identityOf(must(steps[i], 'step')));
    return identity;
  }

  private ofBranch(branch: BranchStep): number {
    const known = this.branches.get(branch);
    if (known !== undefined) return known;
    const { cases, fallback, otherwise } = branch;
    const { pairs } = this;
    let identity = pairs.of(pairs.of(MARK.branch, fallback?.identity ?? MARK.none), this.of(otherwise));
    for (const item of cases) identity = pairs.of(identity, this.ofCase(item));
    identity = pairs.of(identity, MARK.endOfCases);
    this.branches.set(branch, identity);
    return identity;
  }

  private ofCase(item: CaseStep): number {
    const { pairs } = this;
    const conditions = conditionsNumber(item.conditions, pairs);
    if (item.kind === 'inline') return pairs.of(pairs.of(conditions, MARK.inline), item.step.identity);
    return pairs.of(pairs.of(conditions, MARK.enter), this.of(item.body));
  }
}

const identityOf = (step: Step): number => (step.kind === 'nop' ? MARK.nop : step.identity);

/** A number for conditions in any order. */
export function conditionsNumber(conditions: readonly Condition[], pairs: NumberPairs): number {
  let identity: number = MARK.conditions;
  if (conditions.length === 0) return identity;
  for (let i = 0; i < REGISTERS.length; i++) {
    for (const { register, value, mask } of conditions) {
      if (register === REGISTERS[i]) identity = pairs.of(pairs.of(pairs.of(identity, i), value), mask);
    }
  }
  return identity;
}
