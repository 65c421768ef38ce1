/** Numbers for trees of steps, equal if and only if the trees have the same steps. */
import { type CaseStep, conditionsIdentity, type StepTree, stepIdentity } from './steps.js';

export class TreeIdentities {
  private readonly numbers = new Map<string, number>();
  private readonly known = new WeakMap<StepTree, number>();

  of(tree: StepTree): number {
    const seen = this.known.get(tree);
    if (seen !== undefined) return seen;
    const { steps, branch } = tree;
    let text = steps.map(stepIdentity).join(';');
    if (branch !== undefined) {
      const { cases, fallback, otherwise } = branch;
      const fallbackText = fallback === undefined ? '' : stepIdentity(fallback);
      text += `|${cases.map((item) => this.caseText(item)).join('|')}|${fallbackText}|${this.of(otherwise)}`;
    }
    const number = this.numbers.get(text) ?? this.numbers.size;
    this.numbers.set(text, number);
    this.known.set(tree, number);
    return number;
  }

  private caseText(item: CaseStep): string {
    const does = item.kind === 'enter' ? `enter ${this.of(item.body)}` : stepIdentity(item.step);
    return `${conditionsIdentity(item.conditions)}:${does}`;
  }
}
