/**
 * Entries that cover the tasks of all branch ids: those of the running program are kept unless they match an id that
 * they must not match. New branches get ids within the matches of the entries that they share.
 */

import { bitsToTell } from '../data-plane/bits.js';
import { must } from '../data-plane/must.js';
import { type BranchMatch, coverBranches, meetsOneOf } from '../rows/branch-ids.js';
import { type DecodedProgram, matchesId, type PlacedRule, type Rule, ruleIdentity } from './decoded-program.js';

/** A rule in a logical RPB, with all branches that need it. */
interface Need {
  readonly x: number;
  readonly rule: Rule;
  readonly ids: Set<number>;
  /** Ids of running branches that need it before the change. */
  readonly before: ReadonlySet<number>;
  targets: PlacedRule[];
}

/** A rule that a branch needs in a logical RPB. */
export interface Task {
  readonly x: number;
  readonly rule: Rule;
}

export const taskKey = ({ x, rule }: Task): string => `${x} ${ruleIdentity(rule)}`;

/** The exponent of the largest number of neighbouring free ids that counts as better: 2^8. */
const MAX_ROOM = 8;
/** Costs in the choice of an id: of a new entry, and of an entry replaced by a wider one. */
const COST = { entry: 1, widened: 1 / 64 } as const;

export class EntryCover {
  private readonly needs = new Map<string, Need>();
  private readonly before = new Map<string, { readonly ids: Set<number>; readonly placed: PlacedRule[] }>();
  /** Ids that packets have before or after the change. */
  private readonly live: Set<number>;
  private readonly all: number;

  /** @param kept branch ids that stay, with the logical RPB after which packets have them after the change */
  constructor(
    running: DecodedProgram,
    private readonly kept: ReadonlyMap<number, number>,
    private readonly bits: number,
    private readonly isShared: boolean,
  ) {
    this.all = 2 ** bits - 1;
    this.live = new Set(running.live.keys());
    for (const placed of running.placed) {
      const key = taskKey(placed);
      const known = this.before.get(key) ?? { ids: new Set<number>(), placed: [] };
      this.before.set(key, known);
      known.placed.push(placed);
      for (const id of this.live) if (matchesId(placed.match, id)) known.ids.add(id);
    }
  }

  /** Adds a task of a running branch; to be called for all of them before {@link coverRunning}. */
  keep(id: number, task: Task): void {
    this.need(task).ids.add(id);
  }

  /** Finds entries for the tasks of running branches. */
  coverRunning(): void {
    for (const need of this.needs.values()) {
      const running = this.before.get(taskKey(need))?.placed ?? [];
      need.targets = running.filter(({ match }) => this.isAllowed(match, need) && covers(match, need.ids));
      this.coverRest(need);
    }
  }

  /** Adds an entry for a task of one branch alone, with this match. */
  add(id: number, task: Task, match: BranchMatch = { value: id, mask: this.all }): PlacedRule {
    const need = this.need(task);
    const placed: PlacedRule = { ...task, match, entry: undefined };
    need.ids.add(id);
    need.targets.push(placed);
    return placed;
  }

  /**
   * Chooses an id for a new branch, and entries for its tasks.
   * @returns undefined if no id is free
   */
  addBranch(tasks: readonly Task[]): number | undefined {
    const needs = tasks.map((task) => this.need(task));
    const id = this.chooseId(needs);
    if (id === undefined) return undefined;
    this.live.add(id);
    for (const need of needs) {
      need.ids.add(id);
      if (need.targets.some(({ match }) => matchesId(match, id))) continue;
      const wider = this.widened(need, id);
      if (wider === undefined) {
        need.targets.push({ x: need.x, rule: need.rule, match: { value: id, mask: this.all }, entry: undefined });
      } else {
        need.targets = need.targets.filter(({ match }) => !contains(wider, match));
        need.targets.push({ x: need.x, rule: need.rule, match: wider, entry: undefined });
      }
    }
    return id;
  }

  /** All entries that a branch needs. */
  get targets(): readonly PlacedRule[] {
    return [...this.needs.values()].flatMap((need) => {
      const kept = need.targets.filter(({ match }) => covers(match, need.ids));
      // New entries are dropped first, so that those of the running program stay.
      for (const placed of [...kept].sort((a, b) => Number(a.entry !== undefined) - Number(b.entry !== undefined))) {
        const others = kept.filter((other) => other !== placed);
        const ids = [...need.ids].filter((id) => matchesId(placed.match, id));
        if (ids.every((id) => others.some(({ match }) => matchesId(match, id)))) kept.splice(kept.indexOf(placed), 1);
      }
      return kept;
    });
  }

  private need(task: Task): Need {
    const key = taskKey(task);
    const known = this.needs.get(key);
    if (known !== undefined) return known;
    const before = this.before.get(key)?.ids ?? new Set<number>();
    const need: Need = { ...task, ids: new Set(), before, targets: [] };
    this.needs.set(key, need);
    return need;
  }

  private isAllowed(match: BranchMatch, need: Need): boolean {
    for (const id of this.live) if (matchesId(match, id) && this.mustNotMatch(id, need)) return false;
    return true;
  }

  /** Whether packets with this id must not meet the rule, before or after the change. */
  private mustNotMatch(id: number, { x, ids, before }: Need): boolean {
    if (ids.has(id)) return false;
    return !before.has(id) || (this.kept.get(id) ?? Number.POSITIVE_INFINITY) < x;
  }

  private coverRest(need: Need): void {
    const rest = [...need.ids].filter((id) => !need.targets.some(({ match }) => matchesId(match, id)));
    if (rest.length === 0) return;
    const others = [...this.live].filter((id) => this.mustNotMatch(id, need));
    const matches = this.isShared
      ? coverBranches(rest, meetsOneOf(others), this.bits)
      : rest.map((value) => ({ value, mask: this.all }));
    for (const match of matches) need.targets.push({ x: need.x, rule: need.rule, match, entry: undefined });
  }

  /** The id with the lowest cost in entries; of several, the one with the most suitable number of free neighbours. */
  private chooseId(needs: readonly Need[]): number | undefined {
    const taken = this.takenBy(needs);
    const grows = Math.max(0, ...needs.map(({ ids }) => bitsToTell(ids.size + 1)));
    let best: number | undefined;
    let bestScore: readonly number[] = [];
    for (let id = 1; id <= this.all; id++) {
      if (taken[id] === 1) continue;
      const cost = needs.reduce((sum, need) => sum + this.costOf(need, id), 0);
      if (best !== undefined && cost > must(bestScore[0], 'score')) continue;
      const room = roomAround(id, taken, this.bits);
      // A branch that may share entries gets enough free neighbours for all that share; another gets as few as
      // possible.
      const score = [cost, grows > 0 ? Math.max(0, grows - room) : room, room, id];
      if (best === undefined || isLess(score, bestScore)) [best, bestScore] = [id, score];
    }
    return best;
  }

  private costOf(need: Need, id: number): number {
    if (need.targets.some(({ match }) => matchesId(match, id))) return 0;
    return this.widened(need, id) === undefined ? COST.entry : COST.widened;
  }

  /** The match of an entry widened by an id, if it then matches no id that it must not. */
  private widened(need: Need, id: number): BranchMatch | undefined {
    if (!this.isShared) return undefined;
    let best: BranchMatch | undefined;
    for (const { match } of need.targets) {
      const mask = match.mask & ~(match.value ^ id);
      const wider = { value: id & mask, mask };
      if (best !== undefined && mask <= best.mask) continue;
      if (this.isAllowed(wider, need)) best = wider;
    }
    return best;
  }

  /** By id: 1 if packets can have it, or if an entry for other tasks than these matches it. */
  private takenBy(needs: readonly Need[]): Uint8Array {
    const taken = new Uint8Array(this.all + 1);
    for (const id of this.live) taken[id] = 1;
    const own = new Set(needs.map(taskKey));
    const mark = (placed: PlacedRule): void => {
      if (!own.has(taskKey(placed))) markMatched(taken, placed.match, this.all);
    };
    for (const { placed } of this.before.values()) placed.forEach(mark);
    for (const { targets } of this.needs.values()) targets.forEach(mark);
    return taken;
  }
}

const covers = (match: BranchMatch, ids: ReadonlySet<number>): boolean => {
  for (const id of ids) if (matchesId(match, id)) return true;
  return false;
};

const contains = (wide: BranchMatch, narrow: BranchMatch): boolean =>
  (wide.mask & ~narrow.mask) === 0 && (narrow.value & wide.mask) === wide.value;

function markMatched(taken: Uint8Array, { value, mask }: BranchMatch, all: number): void {
  const open = all & ~mask;
  // All subsets of the open bits.
  for (let bits = open; ; bits = (bits - 1) & open) {
    taken[value | bits] = 1;
    if (bits === 0) return;
  }
}

/** The exponent of the size of the largest aligned block of free ids around an id. */
function roomAround(id: number, taken: Uint8Array, bits: number): number {
  for (let exponent = 0; exponent < Math.min(bits, MAX_ROOM); exponent++) {
    const size = 2 ** exponent;
    const sibling = (Math.floor(id / size) ^ 1) * size;
    for (let other = sibling; other < sibling + size; other++) if (taken[other] === 1) return exponent;
  }
  return Math.min(bits, MAX_ROOM);
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (const [i, value] of a.entries()) {
    const other = must(b[i], 'score');
    if (value !== other) return value < other;
  }
  return false;
}
