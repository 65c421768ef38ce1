/**
 * Joins strands until they are a tree: strands that lead to one strand become one, and so do those that lead to each other
 * in a circle. In the order of the BRANCHes that lead to them, as one join can spare another; what a join changes is looked
 * at again, and no more.
 */
import { must } from '../data-plane/must.js';
import { NumberHeap } from '../data-plane/number-heap.js';
import type { DisjointSets } from './disjoint-sets.js';

/** A case that enters a branch. */
export interface Entrance {
  readonly from: number;
  readonly to: number;
}

interface Strand {
  /** One of its branches. */
  readonly branch: number;
  /** Strands that lead to it, and those that it leads to; itself left out. */
  readonly parents: Set<Strand>;
  readonly children: Set<Strand>;
  /** Numbers of the entrances to its branches; those from the strand itself go when they are the least. */
  readonly entrances: NumberHeap;
  /** Whether it still has to be looked at. */
  isOpen: boolean;
}

/** @param entrances in the order of branches and depths */
export function joinToTree(entrances: readonly Entrance[], sets: DisjointSets): void {
  new TreeJoiner(entrances, sets).run();
}

class TreeJoiner {
  /** By least member of its set. */
  private readonly strands = new Map<number, Strand>();
  /** First entrances of open strands; some may be out of date. */
  private readonly open = new NumberHeap();

  constructor(
    private readonly entrances: readonly Entrance[],
    private readonly sets: DisjointSets,
  ) {
    for (const [number, { from, to }] of entrances.entries()) {
      const [parent, child] = [this.strandOf(from), this.strandOf(to)];
      if (parent === child) continue;
      parent.children.add(child);
      child.parents.add(parent);
      child.entrances.add(number);
    }
    for (const strand of this.strands.values()) this.reopen(strand);
  }

  run(): void {
    for (let number = this.open.take(); number !== undefined; number = this.open.take()) {
      const strand = this.strandOf(this.entrance(number).to);
      if (!strand.isOpen) continue;
      const first = this.firstEntrance(strand);
      if (first === undefined) strand.isOpen = false;
      else if (first !== number) this.open.add(first);
      else this.settle(strand);
    }
  }

  private settle(strand: Strand): void {
    strand.isOpen = false;
    const joined = strand.parents.size > 1 ? [...strand.parents] : this.circleAbove(strand);
    const [first, ...others] = joined;
    if (first === undefined || others.length === 0) return;
    let whole = first;
    for (const other of others) whole = this.join(whole, other);
    this.reopen(strand);
    this.reopen(whole);
    // What leads to a circle finds it, whichever of them comes first.
    if (this.circleAbove(whole).length > 0) this.reopenBelow(whole);
  }

  private entrance(number: number): Entrance {
    return must(this.entrances[number], 'entrance of a branch');
  }

  private strandOf(branch: number): Strand {
    const least = this.sets.of(branch);
    const known = this.strands.get(least);
    if (known !== undefined) return known;
    const made: Strand = {
      branch,
      parents: new Set(),
      children: new Set(),
      entrances: new NumberHeap(),
      isOpen: false,
    };
    this.strands.set(least, made);
    return made;
  }

  private reopen(strand: Strand): void {
    strand.isOpen = true;
    const first = this.firstEntrance(strand);
    if (first !== undefined) this.open.add(first);
  }

  private reopenBelow(top: Strand): void {
    const below = new Set([top]);
    for (const strand of below) {
      this.reopen(strand);
      for (const child of strand.children) if (this.firstParent(child) === strand) below.add(child);
    }
  }

  /** The number of the first entrance from another strand. */
  private firstEntrance({ entrances }: Strand): number | undefined {
    for (let number = entrances.least; number !== undefined; number = entrances.least) {
      const { from, to } = this.entrance(number);
      if (this.sets.of(from) !== this.sets.of(to)) return number;
      entrances.take();
    }
    return undefined;
  }

  private firstParent(strand: Strand): Strand | undefined {
    const first = this.firstEntrance(strand);
    return first === undefined ? undefined : this.strandOf(this.entrance(first).from);
  }

  /** The strands of the circle that the way up from a strand, by first parents, ends in; none where it ends at the root. */
  private circleAbove(strand: Strand): readonly Strand[] {
    const path = new Set<Strand>();
    let at: Strand | undefined = strand;
    for (; at !== undefined && !path.has(at); at = this.firstParent(at)) path.add(at);
    if (at === undefined) return [];
    const way = [...path];
    return way.slice(way.indexOf(at));
  }

  /** The smaller goes into the larger. */
  private join(a: Strand, b: Strand): Strand {
    if (a === b) return a;
    const weight = ({ parents, children, entrances }: Strand): number => parents.size + children.size + entrances.size;
    const [large, small] = weight(a) < weight(b) ? [b, a] : [a, b];
    for (const parent of small.parents) {
      parent.children.delete(small);
      if (parent === large) continue;
      parent.children.add(large);
      large.parents.add(parent);
    }
    for (const child of small.children) {
      child.parents.delete(small);
      if (child === large) continue;
      child.parents.add(large);
      large.children.add(child);
    }
    for (const number of small.entrances.all()) large.entrances.add(number);
    this.sets.join(large.branch, small.branch);
    this.strands.set(this.sets.of(large.branch), large);
    return large;
  }
}
