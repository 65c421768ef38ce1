/**
 * A complete search: it finds a placement of a tree of rows, or proves that there is none. It minimises nothing. Bounds
 * of each row from the order of rows, and the RPBs that all rows of a linked group can reach, prune the choices; then
 * one group after another is tried in each of its RPBs, and of rows that exceed an RPB together, one after another is
 * excluded from it.
 */
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import type { FreeResources, Placement } from './allocator.js';
import type { PlacementProblem, TreeRow } from './problem.js';

export type CompleteResult =
  /** Logical RPBs by row of the tree. */
  | { readonly kind: 'placed'; readonly placement: Placement }
  /** No placement exists: proven. */
  | { readonly kind: 'none' }
  /** The search ended at its maximum of choices. */
  | { readonly kind: 'undecided' };

/** Default of the maximum number of choices; most problems need less than ten. */
export const MAX_CHOICES = 2000;

/** @param maxChoices maximum number of choices, so that no problem takes exponential time */
export function searchCompletely(
  { tree, rpbCount, logicalRpbs }: Pick<PlacementProblem, 'tree' | 'rpbCount' | 'logicalRpbs'>,
  free: FreeResources,
  maxChoices = MAX_CHOICES,
): CompleteResult {
  const search = new CompleteSearch(tree, rpbCount, logicalRpbs, free, maxChoices);
  const placement = search.from(search.roomAlone());
  if (placement !== undefined) return { kind: 'placed', placement };
  return search.isCutShort ? { kind: 'undecided' } : { kind: 'none' };
}

const sizesOf = ({ memories }: TreeRow): number[] => memories.map(({ buckets }) => buckets);

class CompleteSearch {
  isCutShort = false;
  private choices = 0;
  private readonly groups: readonly (readonly number[])[];
  private readonly earliest: Int32Array;
  private readonly latest: Int32Array;

  constructor(
    private readonly tree: readonly TreeRow[],
    private readonly rpbCount: number,
    private readonly logicalRpbs: number,
    private readonly free: FreeResources,
    private readonly maxChoices: number,
  ) {
    this.earliest = new Int32Array(tree.length);
    this.latest = new Int32Array(tree.length);
    const groups = new Map<number, number[]>();
    for (const [i, { link, isLinked }] of tree.entries()) {
      if (isLinked) groups.set(i, [i]);
      else if (link >= 0) groups.get(link)?.push(i);
    }
    this.groups = [...groups.values()];
  }

  /** By row and RPB index: 1 where the RPB has the actions of the row and room for it alone. */
  roomAlone(): Uint8Array {
    const { tree, rpbCount, free } = this;
    const can = new Uint8Array(tree.length * rpbCount);
    for (const [i, row] of tree.entries()) {
      const sizes = sizesOf(row);
      for (let rpb = 0; rpb < rpbCount; rpb++) {
        const fits =
          row.allowed[rpb] === 1 &&
          row.entries <= (free.entries[rpb] as number) &&
          (sizes.length === 0 || free.fitsMemory(rpb, sizes));
        can[i * rpbCount + rpb] = fits ? 1 : 0;
      }
    }
    return can;
  }

  /** A placement with every row in an RPB of `can`; undefined if there is none, or if the search was cut short. */
  from(can: Uint8Array): Placement | undefined {
    if (!this.narrow(can)) return undefined;
    const placement = [...this.earliest];
    const open = this.openGroup(can, placement);
    if (open !== undefined) return this.byGroup(can, open);
    const crowd = this.crowdedRows(placement);
    if (crowd === undefined) return placement;
    for (const row of crowd.rows) {
      if (!this.mayChoose()) return undefined;
      const fewer = can.slice();
      fewer[row * this.rpbCount + crowd.rpb] = 0;
      const found = this.from(fewer);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private byGroup(can: Uint8Array, group: readonly number[]): Placement | undefined {
    const { rpbCount } = this;
    for (let rpb = 0; rpb < rpbCount; rpb++) {
      if (can[(group[0] as number) * rpbCount + rpb] === 0) continue;
      if (!this.mayChoose()) return undefined;
      const chosen = can.slice();
      for (const row of group) {
        chosen.fill(0, row * rpbCount, (row + 1) * rpbCount);
        chosen[row * rpbCount + rpb] = 1;
      }
      const found = this.from(chosen);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private mayChoose(): boolean {
    if (++this.choices > this.maxChoices) this.isCutShort = true;
    return !this.isCutShort;
  }

  /**
   * Computes the bounds of rows, and restricts groups to RPBs that all of their rows can reach; false if a row has no
   * RPB.
   */
  private narrow(can: Uint8Array): boolean {
    do if (!this.bound(can)) return false;
    while (this.narrowGroups(can));
    return true;
  }

  private bound(can: Uint8Array): boolean {
    const { tree, rpbCount, logicalRpbs, earliest, latest } = this;
    const canBe = (i: number, x: number): boolean => can[i * rpbCount + rpbIndexOf(x, rpbCount)] === 1;
    for (let i = 0; i < tree.length; i++) {
      const after = (tree[i] as TreeRow).after;
      let x = after < 0 ? 1 : (earliest[after] as number) + 1;
      while (x <= logicalRpbs && !canBe(i, x)) x++;
      if (x > logicalRpbs) return false;
      earliest[i] = x;
    }
    latest.fill(logicalRpbs);
    for (let i = tree.length - 1; i >= 0; i--) {
      let x = latest[i] as number;
      while (x >= (earliest[i] as number) && !canBe(i, x)) x--;
      if (x < (earliest[i] as number)) return false;
      latest[i] = x;
      const after = (tree[i] as TreeRow).after;
      if (after >= 0) latest[after] = Math.min(latest[after] as number, x - 1);
    }
    return true;
  }

  /** @returns whether a group lost an RPB that only some of its rows could reach */
  private narrowGroups(can: Uint8Array): boolean {
    const { rpbCount } = this;
    let narrowed = false;
    for (const group of this.groups) {
      for (let rpb = 0; rpb < rpbCount; rpb++) {
        if (group.every((row) => this.reaches(can, row, rpb))) continue;
        for (const row of group) {
          if (can[row * rpbCount + rpb] === 0) continue;
          can[row * rpbCount + rpb] = 0;
          narrowed = true;
        }
      }
    }
    return narrowed;
  }

  private reaches(can: Uint8Array, row: number, rpb: number): boolean {
    const { rpbCount } = this;
    if (can[row * rpbCount + rpb] === 0) return false;
    const from = this.earliest[row] as number;
    const first = from + ((((rpb + 1 - from) % rpbCount) + rpbCount) % rpbCount);
    return first <= (this.latest[row] as number);
  }

  /** Of the groups whose rows are in different RPBs, the one with the fewest possible RPBs. */
  private openGroup(can: Uint8Array, placement: Placement): readonly number[] | undefined {
    const { rpbCount } = this;
    const rpbOf = (row: number): number => rpbIndexOf(placement[row] as number, rpbCount);
    let best: readonly number[] | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const group of this.groups) {
      const [first] = group;
      if (first === undefined || group.every((row) => rpbOf(row) === rpbOf(first))) continue;
      let count = 0;
      for (let rpb = 0; rpb < rpbCount; rpb++) count += can[first * rpbCount + rpb] as number;
      if (count < least) [best, least] = [group, count];
    }
    return best;
  }

  /** Rows that do not fit together in the RPB in which they are placed. */
  private crowdedRows(placement: Placement): { readonly rpb: number; readonly rows: readonly number[] } | undefined {
    const byRpb = Array.from({ length: this.rpbCount }, (): number[] => []);
    for (const [row, x] of placement.entries()) byRpb[rpbIndexOf(x, this.rpbCount)]?.push(row);
    for (const [rpb, rows] of byRpb.entries()) {
      if (rows.length < 2) continue;
      const here = rows.map((row) => this.tree[row] as TreeRow);
      if (here.reduce((sum, { entries }) => sum + entries, 0) > (this.free.entries[rpb] as number))
        return { rpb, rows };
      const withBlocks = rows.filter((_, k) => (here[k] as TreeRow).memories.length > 0);
      if (withBlocks.length > 1 && !this.free.fitsMemory(rpb, here.flatMap(sizesOf))) return { rpb, rows: withBlocks };
    }
    return undefined;
  }
}
