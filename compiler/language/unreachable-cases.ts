/** Cases of a BRANCH that are never reached, as an earlier one matches all that they would. */

import { REGISTERS } from '../data-plane/description.js';
import { NumberPairs } from '../data-plane/number-pairs.js';
import type { Diagnostics } from './diagnostics.js';
import type { Case, Condition } from './program.js';
import type { CaseSyntax } from './syntax.js';

/**
 * Warns of cases that an earlier one covers; true if some case matches everything. Cases with errors do not count.
 * @param cases those of `syntax`, in the same order
 */
export function reportUnreachableCases(
  syntax: readonly CaseSyntax[],
  cases: readonly Case[],
  diagnostics: Diagnostics,
): boolean {
  const sound = cases.filter(({ conditions }, i) => conditions.length === syntax[i]?.conditions.length);
  if (sound.length > 1) reportCovered(sound, diagnostics);
  return sound.some(({ conditions }) => conditions.every(({ mask }) => mask === 0));
}

function reportCovered(cases: readonly Case[], diagnostics: Diagnostics): void {
  const earlier = new CoveringCases();
  for (const later of cases) {
    const first = earlier.firstCovering(later);
    if (first !== undefined) {
      diagnostics.report(
        'unreachable-case',
        later.span,
        `this case is never reached: the one in line ${first.span.line} matches all that it would`,
      );
    }
    earlier.add(later);
  }
}

/** Masks that are told apart. Cases with later ones warn of nothing, so that no text takes time by its square. */
const MAX_MASKS = 100;

/** Value or mask of each register, in the order of {@link REGISTERS}; a register without condition has mask 0. */
type Words = readonly [number, number, number];

/** Cases with the same masks. */
interface MaskGroup {
  readonly masks: Words;
  /** By number of their values, the first case that has them, and its place among all. */
  readonly first: Map<number, { readonly item: Case; readonly place: number }>;
}

/** Cases by their masks: one covers another if its masks lie within the other's, and the values agree there. */
class CoveringCases {
  private readonly groups: MaskGroup[] = [];
  private readonly values = new NumberPairs();
  private count = 0;

  add(item: Case): void {
    const masks = wordsOf(item, (condition) => condition.mask);
    let group = this.groups.find((other) => other.masks.every((mask, i) => mask === masks[i]));
    if (group === undefined && this.groups.length < MAX_MASKS) {
      group = { masks, first: new Map() };
      this.groups.push(group);
    }
    const number = this.numberOf(wordsOf(item, (condition) => condition.value));
    if (group?.first.has(number) === false) group.first.set(number, { item, place: this.count });
    this.count++;
  }

  /** The first of the cases added that matches all that this one does. */
  firstCovering(item: Case): Case | undefined {
    const [har, sar, mar] = wordsOf(item, (condition) => condition.mask);
    const values = wordsOf(item, (condition) => condition.value);
    let earliest: { readonly item: Case; readonly place: number } | undefined;
    for (const { masks, first } of this.groups) {
      if ((masks[0] & ~har) !== 0 || (masks[1] & ~sar) !== 0 || (masks[2] & ~mar) !== 0) continue;
      const found = first.get(this.numberOf([values[0] & masks[0], values[1] & masks[1], values[2] & masks[2]]));
      if (found !== undefined && (earliest === undefined || found.place < earliest.place)) earliest = found;
    }
    return earliest?.item;
  }

  private numberOf([har, sar, mar]: Words): number {
    return this.values.of(this.values.of(har, sar), mar);
  }
}

function wordsOf({ conditions }: Case, word: (condition: Condition) => number): Words {
  const words: [number, number, number] = [0, 0, 0];
  for (const condition of conditions) words[REGISTERS.indexOf(condition.register)] = word(condition);
  return words;
}
