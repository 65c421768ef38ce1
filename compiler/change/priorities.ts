/**
 * Priorities of the cases of a BRANCH that changes. Order matters only where registers can meet the conditions of two
 * cases; entries keep their priority unless a new case has to go before them and there is no number left.
 */
import type { Condition } from '../language/program.js';
import { overlap } from './behaviour.js';

export interface Ranked {
  readonly conditions: readonly Condition[];
  /** Undefined for a new case. */
  readonly priority: number | undefined;
}

/** The priority of each of a list of cases, in their order: a case wins over those behind it. */
export function rank(cases: readonly Ranked[]): number[] {
  const priorities: number[] = [];
  for (const { conditions, priority } of cases) {
    let least = 0;
    for (const [i, before] of priorities.entries()) {
      if (before >= least && overlap(cases[i]?.conditions ?? [], conditions)) least = before + 1;
    }
    priorities.push(priority === undefined ? least : Math.max(priority, least));
  }
  return priorities;
}
