/**
 * Strands: branches that have to be placed together, because a row has entries for several of them, or because they
 * access one memory. Different strands can be placed independently: a strand only has to begin after the
 * BRANCH that leads to it.
 */

import { NumberPairs } from '../data-plane/number-pairs.js';
import type { LinkGroup } from '../steps/memory-links.js';
import type { Branches, StepPlace } from './branches.js';
import { DisjointSets } from './disjoint-sets.js';
import { type Entrance, joinToTree } from './join-to-tree.js';

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
  if (program.branches.length === 1) return { strandOf: [0], parents: new Map(), order: [0] };
  if (sharesEntries) joinEqualItems(program, sets);
  joinLinked(program, groups, sets);
  joinToTree(entrancesOf(program), sets);
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

/** Branches that do the same at one depth share entries there. */
function joinEqualItems({ branches }: Branches, sets: DisjointSets): void {
  const pairs = new NumberPairs();
  /** By depth and item: the first branch that has it there. */
  const first: number[] = [];
  for (const [number, { start, items }] of branches.entries()) {
    let depth = start - 1;
    for (const { identity, alternatives } of items) {
      depth++;
      if (alternatives.length === 0) continue;
      const place = pairs.of(depth, identity);
      const other = first[place];
      if (other === undefined) first[place] = number;
      else sets.join(other, number);
    }
  }
}

/** Linked steps at one depth stay in one row. */
function joinLinked({ places }: Branches, groups: readonly LinkGroup[], sets: DisjointSets): void {
  for (const { steps } of groups) {
    const atDepth = new Map<number, number>();
    for (const step of steps) {
      for (const { branch, depth } of places.get(step) ?? NOWHERE) {
        const other = atDepth.get(depth);
        if (other === undefined) atDepth.set(depth, branch);
        else sets.join(other, branch);
      }
    }
  }
}

const NOWHERE: readonly StepPlace[] = [];

/** The cases that enter branches, in the order of branches and depths. */
function entrancesOf({ branches }: Branches): Entrance[] {
  const entrances: Entrance[] = [];
  for (const [from, { items }] of branches.entries()) {
    for (const { alternatives } of items) {
      for (const { does } of alternatives) if (does.kind === 'enter') entrances.push({ from, to: does.branch });
    }
  }
  return entrances;
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
