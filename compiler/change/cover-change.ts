/** Entries for the rules that are kept and added, and the changes of each BRANCH. */

import type { DataPlane } from '../data-plane/data-plane.js';
import type { TableEntry } from '../link/compiled-program.js';
import { DoesNotFit } from '../link/does-not-fit.js';
import { rpbTableEntry } from '../link/emit.js';
import type { BranchTurns, Turn } from './change-order.js';
import {
  type DecodedProgram,
  type Item,
  matchesId,
  type PlacedRule,
  type Rule,
  setBranchRule,
  targetOf,
} from './decoded-program.js';
import { EntryCover, type Task, taskKey } from './entry-cover.js';
import type { NewBranch, NewRule } from './place-body.js';
import type { Bodies } from './plan-bodies.js';
import type { RankedChange, RankedRule } from './ranked-change.js';

export interface CoverProblem {
  readonly program: string;
  readonly programId: number;
  readonly running: DecodedProgram;
  readonly changes: readonly RankedChange[];
  readonly bodies: Bodies;
}

export interface CoveredChange {
  /** All RPB entries of the new program. */
  readonly targets: readonly PlacedRule[];
  readonly branches: readonly BranchTurns[];
}

/** @throws {DoesNotFit} if there are too few branch ids */
export function coverChange(problem: CoverProblem): CoveredChange {
  const { running, changes, bodies, program } = problem;
  const { branchIdBits, branchMatch } = running.dataPlane.description.state;
  const kept = keptIds(problem);
  const cover = new EntryCover(running, kept, branchIdBits, branchMatch === 'ternary');
  for (const [id, start] of kept) {
    for (const item of running.items(id)) {
      if (item.x > start) for (const rule of keptRules(changes, id, item)) cover.keep(id, { x: item.x, rule });
    }
  }
  cover.coverRunning();
  for (const branch of bodies.branches) {
    const tasks = branch.items.flatMap(({ x, rules }) => rules.map((rule): Task => ({ x, rule: resolved(rule) })));
    branch.id = cover.addBranch(tasks);
    if (branch.id === undefined) {
      const available = 2 ** branchIdBits;
      throw new DoesNotFit(program, {
        kind: 'branch-ids',
        needed: running.live.size + bodies.branches.length,
        available,
      });
    }
  }
  const own = new Map(
    changes.flatMap(({ change: { id, x }, rules }) =>
      rules.flatMap((rule) => {
        const added = bodies.rules.get(rule);
        if (rule.kind !== 'added' || added === undefined) return [];
        return [[rule, cover.add(id, { x, rule: resolved(added) }, rule.replaces?.match)] as const];
      }),
    ),
  );
  const { targets } = cover;
  const branches = changes.map((change) => ({ turns: turnsOf(change, problem, own, targets), level: change.level }));
  return { targets, branches };
}

/** The rules of a running branch in an RPB that are kept, with their new priorities. */
function keptRules(changes: readonly RankedChange[], id: number, item: Item): readonly Rule[] {
  const changed = changes.find(({ change }) => change.id === id && change.x === item.x);
  if (changed === undefined) return item.rules;
  return changed.rules.flatMap((rule) => (rule.kind === 'kept' ? [{ ...rule.rule, priority: rule.priority }] : []));
}

/** Branch ids that packets still have after the change, with the logical RPB after which they first have them. */
function keptIds({ running, changes, bodies }: CoverProblem): ReadonlyMap<number, number> {
  const kept = new Map<number, number>();
  const seen = new Set<NewBranch>();
  const queue: (readonly [branch: number | NewBranch, x: number])[] = [[0, 0]];
  const follow = (rule: NewRule, x: number): void => {
    const to = rule.kind === 'enter' ? rule.branch : targetOf(rule.rule);
    if (to !== undefined) queue.push([to, x]);
  };
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [branch, start] = next;
    if (typeof branch !== 'number') {
      if (seen.has(branch)) continue;
      seen.add(branch);
      for (const { x, rules } of branch.items) for (const rule of rules) follow(rule, x);
      continue;
    }
    if ((kept.get(branch) ?? Number.POSITIVE_INFINITY) <= start) continue;
    kept.set(branch, start);
    for (const item of running.items(branch)) {
      if (item.x <= start) continue;
      for (const rule of keptRules(changes, branch, item)) follow({ kind: 'rule', rule }, item.x);
      const changed = changes.find(({ change }) => change.id === branch && change.x === item.x);
      for (const rule of changed?.rules ?? []) {
        const added = bodies.rules.get(rule);
        if (added !== undefined) follow(added, item.x);
      }
    }
  }
  return kept;
}

/** The rule with the id of the branch that it leads to, which must have been chosen before. */
function resolved(rule: NewRule): Rule {
  if (rule.kind === 'rule') return rule.rule;
  const { conditions, priority, branch } = rule;
  if (branch.id === undefined) throw new Error('the branch that a rule leads to has no id yet');
  return setBranchRule(conditions, priority, branch.id);
}

function turnsOf(
  { change: { id, x }, rules }: RankedChange,
  { running, programId }: CoverProblem,
  added: ReadonlyMap<RankedRule, PlacedRule>,
  targets: readonly PlacedRule[],
): Turn[] {
  const entryOf = (placed: PlacedRule): TableEntry => tableEntry(placed, programId, running.dataPlane);
  const entriesOf = (among: readonly PlacedRule[], rule: Rule): TableEntry[] => {
    const key = taskKey({ x, rule });
    return among.filter((placed) => matchesId(placed.match, id) && taskKey(placed) === key).map(entryOf);
  };
  return rules.flatMap((ranked): Turn[] => {
    if (ranked.kind === 'added') {
      const placed = added.get(ranked);
      if (placed === undefined) return [];
      const before = ranked.replaces;
      if (before === undefined) return [{ kind: 'add', entry: entryOf(placed) }];
      return [{ kind: 'replace', before: entryOf(before), after: entryOf(placed) }];
    }
    const { rule, priority } = ranked;
    // Most rules stay as they are: their entries are not looked for.
    if (ranked.kind === 'kept' && priority === rule.priority) return [];
    const now = entriesOf(running.placed, rule);
    const moved = { ...rule, priority };
    if (ranked.kind === 'kept') {
      return [{ kind: 'move', insert: entriesOf(targets, moved), remove: now }];
    }
    if (priority === rule.priority) return [{ kind: 'remove', entries: now }];
    const all = 2 ** running.dataPlane.description.state.branchIdBits - 1;
    const still = entryOf({ x, rule: moved, match: { value: id, mask: all }, entry: undefined });
    return [
      { kind: 'move', insert: [still], remove: now },
      { kind: 'remove', entries: [still] },
    ];
  });
}

export function tableEntry({ x, rule, match, entry }: PlacedRule, programId: number, dataPlane: DataPlane): TableEntry {
  if (entry !== undefined) return entry;
  const { rpb, pass } = dataPlane.placeOf(x);
  const { conditions, priority, action, parameters } = rule;
  const parts = { rpb, pass, programId, branch: match, conditions, priority, action, values: parameters };
  return rpbTableEntry(parts, dataPlane);
}
