/** Sets of the numbers from 0 on, each known by its least member. */
import { must } from '../data-plane/must.js';

export class DisjointSets {
  private readonly parent: number[];

  constructor(size: number) {
    this.parent = Array.from({ length: size }, (_, i) => i);
  }

  /** The least member of a member's set. */
  of(member: number): number {
    const { parent } = this;
    let at = member;
    for (let above = must(parent[at], 'member'); above !== at; above = must(parent[at], 'member')) {
      // Halves the way for those that ask next.
      parent[at] = must(parent[above], 'member');
      at = above;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.of(a), this.of(b)];
    if (first < second) this.parent[second] = first;
    else this.parent[first] = second;
  }
}
