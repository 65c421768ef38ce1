/** A changing BRANCH with the priorities of its cases, kept, added and removed. */
import { must } from '../data-plane/must.js';
import type { CaseBody } from './behaviour.js';
import { type DecodedProgram, matchesId, type PlacedRule, type Rule, ruleIdentity } from './decoded-program.js';
import type { Below, BranchChange, RuleChange } from './find-changes.js';
import { type Ranked, rank } from './priorities.js';

export type RankedRule =
  | { readonly kind: 'kept' | 'removed'; readonly rule: Rule; readonly priority: number }
  /** `replaces`: the entry whose action changes; its priority stays. */
  | {
      readonly kind: 'added';
      readonly from: CaseBody;
      readonly priority: number;
      readonly replaces: PlacedRule | undefined;
    };

export interface RankedChange {
  readonly change: BranchChange;
  readonly level: number;
  /** Whether the steps after the BRANCH stay as they are. */
  readonly isRestSame: boolean;
  /** Without rules that are replaced. */
  readonly rules: readonly RankedRule[];
}

/** All changing BRANCHes, each before those after it on a path. */
export function rankedChanges(below: Below, running: DecodedProgram, level = 0): RankedChange[] {
  if (below.kind !== 'changed') return [];
  const { change, rest } = below;
  const deeper = change.rules.flatMap((rule) =>
    rule.kind === 'kept' ? rankedChanges(rule.below, running, level + 1) : [],
  );
  return [
    { change, level, isRestSame: rest.kind === 'same', rules: rankRules(change, running) },
    ...deeper,
    ...rankedChanges(rest, running, level + 1),
  ].filter(({ rules }) => rules.some((rule) => rule.kind !== 'kept' || rule.priority !== rule.rule.priority));
}

function rankRules({ id, x, rules }: BranchChange, running: DecodedProgram): RankedRule[] {
  const replaced = new Map<Rule, PlacedRule>();
  for (const change of rules) {
    if (change.kind !== 'added' || change.replaces === undefined) continue;
    const placed = onlyEntry(running, id, x, change.replaces);
    if (placed !== undefined) replaced.set(change.replaces, placed);
  }
  for (;;) {
    const left = rules.filter((change) => change.kind !== 'removed' || !replaced.has(change.rule));
    const placedOf = (change: RuleChange): PlacedRule | undefined =>
      change.kind === 'added' && change.replaces !== undefined ? replaced.get(change.replaces) : undefined;
    const priorities = rank(
      left.map((change): Ranked => {
        if (change.kind !== 'added') return { conditions: change.rule.conditions, priority: change.rule.priority };
        return { conditions: change.from.conditions, priority: placedOf(change)?.rule.priority };
      }),
    );
    const ranked = left.map((change, i): RankedRule => {
      const priority = must(priorities[i], 'priority of a case');
      if (change.kind !== 'added') return { kind: change.kind, rule: change.rule, priority };
      return { kind: 'added', from: change.from, priority, replaces: placedOf(change) };
    });
    // An entry whose priority has to change cannot be replaced in place.
    const moved = ranked.flatMap((rule) =>
      rule.kind === 'added' && rule.replaces !== undefined && rule.replaces.rule.priority !== rule.priority
        ? [rule.replaces]
        : [],
    );
    if (moved.length === 0) return ranked;
    for (const [rule, placed] of replaced) if (moved.includes(placed)) replaced.delete(rule);
  }
}

/** The entry of a rule, if it serves packets of one branch id only. */
function onlyEntry(running: DecodedProgram, id: number, x: number, rule: Rule): PlacedRule | undefined {
  const text = ruleIdentity(rule);
  const entries = running.placed.filter(
    (placed) => placed.x === x && matchesId(placed.match, id) && ruleIdentity(placed.rule) === text,
  );
  const [only] = entries;
  return entries.length === 1 && only !== undefined && running.idsOf(only.match).length === 1 ? only : undefined;
}
