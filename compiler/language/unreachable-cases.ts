/** Cases of a BRANCH that are never reached, as an earlier one matches all that they would. */

import { REGISTERS, type Register } from '../data-plane/description.js';
import { must } from '../data-plane/must.js';
import type { Diagnostics } from './diagnostics.js';
import type { Case } from './program.js';
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
  const earlier = new CoveringCases();
  for (const later of sound) {
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
  return sound.some(({ conditions }) => conditions.every(({ mask }) => mask === 0));
}

/** Masks that are told apart. Cases with later ones warn of nothing, so that no text takes time by its square. */
const MAX_MASKS = 100;

/** Value or mask of each register; a register without condition has mask 0. */
type Words = readonly number[];

/** Cases by their masks: one covers another if its masks lie within the other's, and the values agree there. */
class CoveringCases {
  private readonly byMask = new Map<string, { readonly masks: Words; readonly cases: Map<string, [Case, number]> }>();
  private count = 0;

  add(item: Case): void {
    const masks = wordsOf(item, ({ mask }) => mask);
    const identity = masks.join();
    if (!this.byMask.has(identity) && this.byMask.size < MAX_MASKS) {
      this.byMask.set(identity, { masks, cases: new Map() });
    }
    const values = wordsOf(item, ({ value }) => value).join();
    const alike = this.byMask.get(identity)?.cases;
    if (alike?.has(values) === false) alike.set(values, [item, this.count]);
    this.count++;
  }

  /** The first of the cases added that matches all that this one does. */
  firstCovering(item: Case): Case | undefined {
    const itsMasks = wordsOf(item, ({ mask }) => mask);
    const itsValues = wordsOf(item, ({ value }) => value);
    let first: readonly [Case, number] | undefined;
    for (const { masks, cases } of this.byMask.values()) {
      if (masks.some((mask, i) => (mask & ~must(itsMasks[i], 'mask of a register')) !== 0)) continue;
      const found = cases.get(masks.map((mask, i) => (must(itsValues[i], 'value of a register') & mask) >>> 0).join());
      if (found !== undefined && (first === undefined || found[1] < first[1])) first = found;
    }
    return first?.[0];
  }
}

function wordsOf({ conditions }: Case, word: (condition: Case['conditions'][number]) => number): Words {
  const of = new Map<Register, number>(conditions.map((condition) => [condition.register, word(condition)]));
  return REGISTERS.map((register) => of.get(register) ?? 0);
}
