/**
 * Strands: branches that have to be placed together, because a row has entries for several of them, or because they
 * access one memory. Different strands can be placed independently: a strand only has to begin after the
 * BRANCH that leads to it.
 */

import type { LinkGroup } from '../steps/memory-links.js';
import type { Branches } from './branches.js';

export interface Strands {
  /** The strand of each branch. */
  readonly strandOf: readonly number[];
  /** For each strand, the last BRANCH that leads to it; undefined for that of the root. */
  readonly parents: ReadonlyMap<number, StrandParent>;
  /** All strands, each after the one that leads to it. */
  readonly order: readonly number[];
}

export interface StrandParent {
  readonly strand: number;
  /** Depth of the BRANCH. */
  readonly depth: number;
}

export function strandsOf(program: Branches, groups: readonly LinkGroup[], sharesEntries: boolean): Strands {
  const sets = new DisjointSets(program.branches.length);
  if (sharesEntries) joinEqualItems(program, sets);
  joinLinked(program, groups, sets);
  while (joinToTree(program, sets)) {}
  const strandOf = program.branches.map((_, branch) => sets.of(branch));
  const parents = parentsOf(program, sets);
  const order = new Set<number>();
  const visit = (strand: number): void => {
    if (order.has(strand)) return;
    const [parent] = parents.get(strand) ?? [];
    if (parent !== undefined) visit(parent[0]);
    order.add(strand);
  };
  for (const strand of strandOf) visit(strand);
  return {
    strandOf,
    parents: new Map(
      [...parents].flatMap(([strand, [parent]]) =>
        parent === undefined ? [] : [[strand, { strand: parent[0], depth: parent[1] }] as const],
      ),
    ),
    order: [...order],
  };
}

class DisjointSets {
  private readonly parent: number[];

  constructor(size: number) {
    this.parent = Array.from({ length: size }, (_, i) => i);
  }

  of(member: number): number {
    let at = member;
    while (this.parent[at] !== at) at = this.parent[at] ?? at;
    return at;
  }

  /** @returns whether they were in different sets */
  join(a: number, b: number): boolean {
    const [first, second] = [this.of(a), this.of(b)].sort((x, y) => x - y) as [number, number];
    this.parent[second] = first;
    return first !== second;
  }
}

/** Branches with the same step at one depth share entries there. */
function joinEqualItems({ branches }: Branches, sets: DisjointSets): void {
  const first = new Map<string, number>();
  for (const [number, { start, items }] of branches.entries()) {
    for (const [i, { identity, alternatives }] of items.entries()) {
      if (alternatives.length === 0) continue;
      const key = `${start + i}:${identity}`;
      const other = first.get(key);
      if (other === undefined) first.set(key, number);
      else sets.join(other, number);
    }
  }
}

/** Linked steps at one depth stay in one row. */
function joinLinked({ places }: Branches, groups: readonly LinkGroup[], sets: DisjointSets): void {
  for (const { steps } of groups) {
    const atDepth = new Map<number, number>();
    for (const step of steps) {
      for (const { branch, depth } of places.get(step) ?? []) {
        const other = atDepth.get(depth);
        if (other === undefined) atDepth.set(depth, branch);
        else sets.join(other, branch);
      }
    }
  }
}

/**
 * Joins the strands that lead to the same strand, and strands that lead to themselves.
 * @returns whether there were any
 */
function joinToTree(program: Branches, sets: DisjointSets): boolean {
  const parents = parentsOf(program, sets);
  for (const [strand, of] of parents) {
    const [first, ...others] = of.keys();
    if (first === undefined) continue;
    let joined = false;
    for (const other of others) joined = sets.join(first, other) || joined;
    if (joined) return true;
    const path = [strand];
    for (let at: number | undefined = first; at !== undefined; at = [...(parents.get(at)?.keys() ?? [])][0]) {
      if (!path.includes(at)) {
        path.push(at);
        continue;
      }
      for (const other of path.slice(path.indexOf(at))) sets.join(at, other);
      return true;
    }
  }
  return false;
}

/** For each strand, the strands that lead to it, with the depth of the last BRANCH that does. */
function parentsOf({ branches }: Branches, sets: DisjointSets): Map<number, Map<number, number>> {
  const parents = new Map<number, Map<number, number>>();
  for (const [number, { start, items }] of branches.entries()) {
    for (const [i, { alternatives }] of items.entries()) {
      for (const { does } of alternatives) {
        if (does.kind !== 'enter') continue;
        const [from, to] = [sets.of(number), sets.of(does.branch)];
        if (from === to) continue;
        const of = parents.get(to) ?? new Map<number, number>();
        of.set(from, Math.max(start + i, of.get(from) ?? 0));
        parents.set(to, of);
      }
    }
  }
  return parents;
}
