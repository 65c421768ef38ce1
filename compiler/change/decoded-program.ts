/**
 * A compiled program decoded from its entries: the rules of each RPB for a branch id. It needs no source,
 * so it also decodes programs that were changed since they were compiled.
 */

import { type DataPlane, RPB_KEYS } from '../data-plane/data-plane.js';
import { REGISTERS } from '../data-plane/description.js';
import { actionName } from '../data-plane/instructions/table.js';
import type { Condition } from '../language/program.js';
import type { CompiledProgram, TableEntry } from '../link/compiled-program.js';
import type { BranchMatch } from '../rows/branch-ids.js';
import { conditionsIdentity } from '../steps/steps.js';

/** The action of an RPB for packets of a branch id whose registers meet the conditions. */
export interface Rule {
  /** Without conditions that always hold. */
  readonly conditions: readonly Condition[];
  /** The rule with the lowest priority wins. */
  readonly priority: number;
  /** Name of the action within its RPB. */
  readonly action: string;
  readonly parameters: readonly number[];
}

/** All rules of one branch id in one RPB and pass. */
export interface Item {
  /** Logical RPB, from 1. */
  readonly x: number;
  /** By priority. */
  readonly rules: readonly Rule[];
}

/** A rule for a set of branch ids: one entry. */
export interface PlacedRule {
  readonly x: number;
  readonly rule: Rule;
  readonly match: BranchMatch;
  /** The entry of the running program; undefined for a new one. */
  readonly entry: TableEntry | undefined;
}

const SET_BRANCH = actionName({ kind: 'setBranch' });

export const setBranchRule = (conditions: readonly Condition[], priority: number, id: number): Rule => ({
  conditions,
  priority,
  action: SET_BRANCH,
  parameters: [id],
});

/** The branch id that a rule sets, if it sets one. */
export const targetOf = ({ action, parameters }: Rule): number | undefined =>
  action === SET_BRANCH ? parameters[0] : undefined;

/** A key that is equal for rules with the same action, conditions and priority. */
export const ruleIdentity = ({ conditions, priority, action, parameters }: Rule): string =>
  `${priority} ${conditionsIdentity(conditions)} ${action}(${parameters.join()})`;

export const matchesId = ({ value, mask }: BranchMatch, id: number): boolean => (id & mask) === value;

/** The entries of a program in the RPBs, as rules. */
export function placedRules(compiled: CompiledProgram, dataPlane: DataPlane): PlacedRule[] {
  const rpbs = new Map(dataPlane.rpbs.map((rpb) => [rpb.table, rpb]));
  const allBits = 2 ** dataPlane.description.state.branchIdBits - 1;
  return compiled.entries.flatMap((entry): PlacedRule[] => {
    const rpb = rpbs.get(entry.table);
    if (rpb === undefined) return [];
    const keys = new Map(entry.key.map((field) => [field.name, field]));
    const ternary = (name: string): BranchMatch => {
      const field = keys.get(name);
      if (field === undefined) return { value: 0, mask: 0 };
      return { value: field.value, mask: field.match === 'exact' ? allBits : field.mask };
    };
    const conditions = REGISTERS.flatMap((register): Condition[] => {
      const { value, mask } = ternary(RPB_KEYS[register]);
      return mask === 0 ? [] : [{ register, value, mask }];
    });
    const pass = keys.get(RPB_KEYS.recirculation)?.value ?? 0;
    const rule: Rule = {
      conditions,
      priority: entry.priority,
      action: entry.action.slice(rpb.control.length + 1),
      parameters: entry.parameters.map(({ value }) => value),
    };
    return [{ x: (pass - rpb.member) * dataPlane.rpbCount + rpb.number, rule, match: ternary(RPB_KEYS.branch), entry }];
  });
}

/** A rule that sets a branch id, where packets of another id (`from`) meet it. */
export interface Edge {
  readonly from: number;
  readonly x: number;
  readonly rule: Rule;
}

/** A running program, decoded from its entries. */
export class DecodedProgram {
  readonly placed: readonly PlacedRule[];
  /** The branch ids that packets can have, each with the logical RPB where they first get it; 0 for id 0. */
  readonly live: ReadonlyMap<number, number>;
  /** The rules that set a branch id, by that id. */
  readonly edgesTo: ReadonlyMap<number, readonly Edge[]>;
  private readonly byId = new Map<number, readonly Item[]>();

  constructor(
    compiled: CompiledProgram,
    readonly dataPlane: DataPlane,
  ) {
    this.placed = placedRules(compiled, dataPlane).sort((a, b) => a.x - b.x || a.rule.priority - b.rule.priority);
    const edges = new Map<number, Edge[]>();
    this.live = reach((id) => this.items(id));
    for (const [id, start] of this.live) {
      for (const { x, rules } of this.items(id)) {
        if (x <= start) continue;
        for (const rule of rules) {
          const to = targetOf(rule);
          if (to === undefined) continue;
          const known = edges.get(to);
          if (known === undefined) edges.set(to, [{ from: id, x, rule }]);
          else known.push({ from: id, x, rule });
        }
      }
    }
    this.edgesTo = edges;
  }

  /** The rules for packets of a branch id, by RPB. */
  items(id: number): readonly Item[] {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const items: { x: number; rules: Rule[] }[] = [];
    const seen = new Set<string>();
    for (const { x, rule, match } of this.placed) {
      if (!matchesId(match, id)) continue;
      const text = `${x} ${ruleIdentity(rule)}`;
      if (seen.has(text)) continue;
      seen.add(text);
      const last = items.at(-1);
      if (last?.x === x) last.rules.push(rule);
      else items.push({ x, rules: [rule] });
    }
    this.byId.set(id, items);
    return items;
  }

  /** The first item after logical RPB x for a branch id. */
  next(id: number, x: number): Item | undefined {
    return this.items(id).find((item) => item.x > x);
  }

  /** The ids that an entry matches, of those that packets can have. */
  idsOf(match: BranchMatch): number[] {
    return [...this.live.keys()].filter((id) => matchesId(match, id));
  }
}

/** The branch ids that packets can have, each with the logical RPB where they first get it. */
export function reach(items: (id: number) => readonly Item[]): Map<number, number> {
  const live = new Map<number, number>();
  const queue: (readonly [id: number, x: number])[] = [[0, 0]];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [id, from] = next;
    const known = live.get(id) ?? Number.POSITIVE_INFINITY;
    if (known <= from) continue;
    live.set(id, from);
    for (const { x, rules } of items(id)) {
      if (x <= from || x > known) continue;
      for (const rule of rules) {
        const to = targetOf(rule);
        if (to !== undefined) queue.push([to, x]);
      }
    }
  }
  return live;
}
