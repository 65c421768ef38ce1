/**
 * Priorities of the cases of a changing BRANCH. The order matters only between two cases whose conditions some
 * registers meet both; entries keep their priority unless a new case before them leaves no number.
 */
import type { Condition } from '../language/program.js';
import { overlap } from './behaviour.js';

export interface Ranked {
  readonly conditions: readonly Condition[];
  /** Undefined for a new case. */
  readonly priority: number | undefined;
}

/** The priorities of a list of cases, in order: each case wins over later ones that overlap with it. */
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
