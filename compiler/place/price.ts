/**
 * Placement by prices: each RPB has a price for an entry and for a bucket that rises steeply as it fills, and a program
 * is placed where its total price is lowest. So scarce RPBs are left to programs that need them, and the switch fills
 * evenly. A dynamic program over the tree of rows and the logical RPBs finds the cheapest placement; where rows
 * together exceed an RPB, which it does not see, it is run again with fewer choices.
 */
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Memory } from '../language/program.js';
import type { Allocator, FreeResources, Placement } from './allocator.js';
import { searchCompletely } from './complete.js';
import { f1, greedyAllocator } from './greedy.js';
import type { PlacementProblem, TreeRow } from './problem.js';
import { trustedAllocator } from './trusted-allocators.js';

export interface PriceOptions {
  /**
   * Cost of each recirculation: 0 nothing, 1 about as much as four entries in half full RPBs, Infinity
   * more than any placement, so that programs recirculate only if they must.
   */
  readonly recirculationWeight: number;
}

export const DEFAULT_RECIRCULATION_WEIGHT = 1;
/** The price of a recirculation of weight 1; all entries of a full RPB cost 1. */
const RECIRCULATION_PRICE = 2e-5;

/** Ratio of the prices of a full and of an empty RPB. */
const STEEPNESS = 1e4;
/** Number of binary digits of the free share that the price depends on. */
const SHARE_BITS = 32;
/**
 * Maximum runs of the dynamic program for one placement, before the greedy search for f1 and then a complete search.
 */
const MAX_RUNS = 64;
/** A price above that of any placement. */
const NEVER = 1e12;

export function priceAllocator({ recirculationWeight }: Partial<PriceOptions> = {}): Allocator {
  const weight = Math.min((recirculationWeight ?? DEFAULT_RECIRCULATION_WEIGHT) * RECIRCULATION_PRICE, NEVER);
  const fallback = greedyAllocator(f1());
  const tables = new Tables();
  return trustedAllocator({
    name: 'price',
    place(problem, free) {
      if (problem.tree.length === 0) return { kind: 'placed', placement: [], by: 'row' };
      tables.fill(problem, free);
      const placement = new PriceSearch(problem, free, tables, weight).best();
      if (placement !== undefined) return { kind: 'placed', placement, by: 'row' };
      const byDepth = fallback.place(problem, free);
      if (byDepth.kind === 'placed') return byDepth;
      const complete = searchCompletely(problem, free);
      return complete.kind === 'placed' ? { ...complete, by: 'row' } : byDepth;
    },
  });
}

/** The arrays of the search, reused for all programs. */
class Tables {
  /** By row and RPB index: the price of the row there, or infinity. */
  rowCosts = new Float64Array(0);
  /**
   * By row and logical RPB x: the lowest price of the row and all rows after it with the row at x or later, and its
   * place then.
   */
  least = new Float64Array(0);
  place = new Uint16Array(0);
  /** By row: the rows before it on its path, and the most rows after it on a path. */
  before = new Int32Array(0);
  beyond = new Int32Array(0);
  /** By RPB index: rows, entries and memory blocks placed there. */
  taken = new Int32Array(0);
  /** The price of all rows, each in its cheapest RPB: that of no placement is less, rounded as it is. */
  leastCost = 0;
  /** By RPB index: prices of an entry and of a bucket, and the free and total numbers that they are for. */
  private prices = new Float64Array(0);
  private priced = new Int32Array(0);

  fill(problem: PlacementProblem, free: FreeResources): void {
    this.reserve(problem);
    this.measurePaths(problem.tree);
    this.setPrices(problem.rpbCount, free);
    this.setRowCosts(problem, free);
  }

  private reserve({ tree, rpbCount, logicalRpbs }: PlacementProblem): void {
    const cells = tree.length * (logicalRpbs + 2);
    if (this.least.length < cells) {
      this.least = new Float64Array(2 * cells);
      this.place = new Uint16Array(2 * cells);
      this.rowCosts = new Float64Array(2 * cells);
    }
    if (this.before.length < tree.length) {
      this.before = new Int32Array(2 * tree.length);
      this.beyond = new Int32Array(2 * tree.length);
    }
    if (this.prices.length < 2 * rpbCount) {
      this.prices = new Float64Array(2 * rpbCount);
      this.priced = new Int32Array(4 * rpbCount).fill(-1);
      this.taken = new Int32Array(TAKEN * rpbCount);
    }
  }

  private measurePaths(tree: readonly TreeRow[]): void {
    const { before, beyond } = this;
    for (let i = 0; i < tree.length; i++) {
      const { after } = must(tree[i], 'row');
      before[i] = after < 0 ? 0 : (before[after] as number) + 1;
      beyond[i] = 0;
    }
    for (let i = tree.length - 1; i >= 0; i--) {
      const { after } = must(tree[i], 'row');
      const rows = (beyond[i] as number) + 1;
      if (after >= 0 && (beyond[after] as number) < rows) beyond[after] = rows;
    }
  }

  private setPrices(rpbCount: number, { entries, totalEntries, buckets, totalBuckets }: FreeResources): void {
    for (let rpb = 0; rpb < rpbCount; rpb++) {
      this.setPrice(
        2 * rpb,
        must(entries[rpb], 'free entries of an RPB'),
        must(totalEntries[rpb], 'entries of an RPB'),
      );
      this.setPrice(
        2 * rpb + 1,
        must(buckets[rpb], 'free buckets of an RPB'),
        must(totalBuckets[rpb], 'buckets of an RPB'),
      );
    }
  }

  /** Few RPBs have changed since the last program. */
  private setPrice(at: number, free: number, total: number): void {
    const { priced } = this;
    if (priced[2 * at] === free && priced[2 * at + 1] === total) return;
    priced[2 * at] = free;
    priced[2 * at + 1] = total;
    this.prices[at] = priceOf(free, total);
  }

  private setRowCosts({ tree, rpbCount }: PlacementProblem, free: FreeResources): void {
    this.leastCost = 0;
    for (let i = 0; i < tree.length; i++) {
      const row = must(tree[i], 'row');
      this.setEntryCosts(row, i * rpbCount, rpbCount, free.entries);
      if (row.memories.length > 0) this.addMemoryCosts(row.memories, i * rpbCount, rpbCount, free);
      let least = Number.POSITIVE_INFINITY;
      for (let at = i * rpbCount; at < (i + 1) * rpbCount; at++) {
        if ((this.rowCosts[at] as number) < least) least = this.rowCosts[at] as number;
      }
      this.leastCost += least;
    }
  }

  private setEntryCosts({ entries, allowed }: TreeRow, from: number, rpbCount: number, free: ArrayLike<number>): void {
    const { prices, rowCosts } = this;
    for (let rpb = 0; rpb < rpbCount; rpb++) {
      const fits = allowed[rpb] === 1 && entries <= (free[rpb] as number);
      rowCosts[from + rpb] = fits ? entries * (prices[2 * rpb] as number) : Number.POSITIVE_INFINITY;
    }
  }

  private addMemoryCosts(memories: readonly Memory[], from: number, rpbCount: number, free: FreeResources): void {
    const { prices, rowCosts } = this;
    const sizes = memories.map(({ buckets }) => buckets);
    let buckets = 0;
    for (const size of sizes) buckets += size;
    for (let rpb = 0; rpb < rpbCount; rpb++) {
      const cost = rowCosts[from + rpb] as number;
      if (cost === Number.POSITIVE_INFINITY) continue;
      const fits = buckets <= (free.buckets[rpb] as number) && free.fitsMemory(rpb, sizes);
      rowCosts[from + rpb] = fits ? cost + buckets * (prices[2 * rpb + 1] as number) : Number.POSITIVE_INFINITY;
    }
  }
}

/** The numbers of {@link Tables.taken} for each RPB. */
const TAKEN = 3;

/** Element i is STEEPNESS to the power of -2^-(i + 1), the square root of the one before. */
const ROOTS: readonly number[] = (() => {
  const roots = [Math.sqrt(1 / STEEPNESS)];
  while (roots.length < SHARE_BITS) roots.push(Math.sqrt(roots.at(-1) as number));
  return roots;
})();

/**
 * The price of one entry or bucket: STEEPNESS to the power of -free/total, divided by total, so that a full RPB costs 1
 * in total. Computed as a product of roots, one for each bit of the free share: IEEE 754 defines roots and products to
 * the last bit, whereas `**` may differ between JavaScript engines, and with it the placement.
 */
export function priceOf(free: number, total: number): number {
  if (free === total) return 1 / STEEPNESS / total;
  let price = 1 / total;
  // The digits of the free share that are 1, the highest first; exact, as products by a power of two are.
  let digits = Math.floor((free / total) * 2 ** SHARE_BITS) | 0;
  while (digits !== 0) {
    const digit = Math.clz32(digits);
    price *= ROOTS[digit] as number;
    digits &= ~(HIGHEST_DIGIT >>> digit);
  }
  return price;
}

const HIGHEST_DIGIT = 2 ** (SHARE_BITS - 1);

const NO_GROUPS: readonly (readonly number[])[] = [];

class PriceSearch {
  private runs = 0;

  constructor(
    private readonly problem: PlacementProblem,
    private readonly free: FreeResources,
    private readonly tables: Tables,
    private readonly recirculationWeight: number,
  ) {}

  /**
   * The cheapest placement found, including the cost of recirculations; undefined if none was found, although there may
   * be one.
   */
  best(): Placement | undefined {
    const { rpbCount, logicalRpbs } = this.problem;
    const passes = logicalRpbs / rpbCount;
    let best: Placement | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    const first = this.recirculationWeight === 0 ? passes : 1;
    const groups = this.linkedRows();
    for (let pass = first; pass <= passes; pass++) {
      const paid = (pass - 1) * this.recirculationWeight;
      if (this.tables.leastCost + paid >= bestCost) break;
      const placement = this.withLinks(groups, 0, pass * rpbCount);
      if (placement === undefined) continue;
      const cost = this.costOf(placement) + paid;
      if (cost < bestCost) [best, bestCost] = [placement, cost];
    }
    return best;
  }

  /** The cheapest placement with every group of linked rows from number `from` on in one RPB. */
  private withLinks(groups: readonly (readonly number[])[], from: number, limit: number): Placement | undefined {
    const group = groups[from];
    if (group === undefined) return this.cheapestThatFits(limit);
    const { rpbCount } = this.problem;
    const { rowCosts } = this.tables;
    const kept = group.map((row) => rowCosts.slice(row * rpbCount, (row + 1) * rpbCount));
    let best: Placement | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const row of group) rowCosts.fill(Number.POSITIVE_INFINITY, row * rpbCount, (row + 1) * rpbCount);
    for (let rpb = 0; rpb < rpbCount && this.runs < MAX_RUNS; rpb++) {
      if (kept.some((costs) => costs[rpb] === Number.POSITIVE_INFINITY)) continue;
      for (const [i, row] of group.entries()) rowCosts[row * rpbCount + rpb] = must(kept[i]?.[rpb], 'cost of a row');
      const placement = this.withLinks(groups, from + 1, limit);
      const cost = placement === undefined ? bestCost : this.costOf(placement);
      if (cost < bestCost) [best, bestCost] = [placement, cost];
      for (const row of group) rowCosts[row * rpbCount + rpb] = Number.POSITIVE_INFINITY;
    }
    for (const [i, row] of group.entries()) rowCosts.set(must(kept[i], 'costs of a row'), row * rpbCount);
    return best;
  }

  /** The cheapest placement in which the rows in each RPB fit it together. */
  private cheapestThatFits(limit: number): Placement | undefined {
    if (this.runs++ >= MAX_RUNS) return undefined;
    const placement = this.cheapest(limit);
    const crowded = placement === undefined ? undefined : this.crowdedRows(placement);
    if (crowded === undefined) return placement;
    // One of the rows has to be in another RPB.
    let best: Placement | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const row of crowded.rows) {
      const at = row * this.problem.rpbCount + crowded.rpb;
      const kept = this.tables.rowCosts[at] as number;
      this.tables.rowCosts[at] = Number.POSITIVE_INFINITY;
      const other = this.cheapestThatFits(limit);
      this.tables.rowCosts[at] = kept;
      const cost = other === undefined ? bestCost : this.costOf(other);
      if (cost < bestCost) [best, bestCost] = [other, cost];
    }
    return best;
  }

  /**
   * Dynamic program from the leaves up: the price of a row at x is its own price there, and that of the rows after it
   * from x + 1 on. A row lies behind as many RPBs as there are rows before it on its path, and before as many as after it.
   * @param limit the highest logical RPB
   */
  private cheapest(limit: number): Placement | undefined {
    const { rowCosts, least, place, before, beyond } = this.tables;
    const { tree, rpbCount } = this.problem;
    const width = limit + 2;
    least.fill(0, 0, tree.length * width);
    for (let i = tree.length - 1; i >= 0; i--) {
      const { after } = must(tree[i], 'row');
      const base = i * width;
      const parent = after * width;
      const lowest = (before[i] as number) + 1;
      let x = limit - (beyond[i] as number);
      let at = i * rpbCount + rpbIndexOf(x, rpbCount);
      let cost = Number.POSITIVE_INFINITY;
      let best = 0;
      for (; x >= lowest; x--) {
        // The rows after this one have added their prices from x + 1 on.
        const here = (rowCosts[at] as number) + (least[base + x + 1] as number);
        if (here <= cost) {
          cost = here;
          best = x;
        }
        place[base + x] = best;
        if (after >= 0) least[parent + x] = (least[parent + x] as number) + cost;
        at = at === i * rpbCount ? at + rpbCount - 1 : at - 1;
      }
      if (cost === Number.POSITIVE_INFINITY) return undefined;
    }
    const placement = new Array<number>(tree.length);
    for (let i = 0; i < tree.length; i++) {
      const { after } = must(tree[i], 'row');
      const from = after < 0 ? 1 : must(placement[after], 'place of a row') + 1;
      placement[i] = place[i * width + from] as number;
    }
    return placement;
  }

  private costOf(placement: Placement): number {
    const { rpbCount } = this.problem;
    let cost = 0;
    for (let i = 0; i < placement.length; i++) {
      cost += this.tables.rowCosts[i * rpbCount + rpbIndexOf(must(placement[i], 'place of a row'), rpbCount)] as number;
    }
    return cost;
  }

  /** Rows in one RPB, in any pass, that do not fit it together. */
  private crowdedRows(placement: Placement): { readonly rpb: number; readonly rows: readonly number[] } | undefined {
    const { tree, rpbCount } = this.problem;
    const { taken, beyond } = this.tables;
    const isChain = (beyond[0] as number) === tree.length - 1;
    if (isChain && must(placement.at(-1), 'place of a row') <= rpbCount) return undefined;
    taken.fill(0, 0, TAKEN * rpbCount);
    for (let i = 0; i < placement.length; i++) {
      const at = TAKEN * rpbIndexOf(must(placement[i], 'place of a row'), rpbCount);
      const { entries, memories } = must(tree[i], 'row');
      taken[at] = must(taken[at], 'number of an RPB') + 1;
      taken[at + 1] = must(taken[at + 1], 'number of an RPB') + entries;
      taken[at + 2] = must(taken[at + 2], 'number of an RPB') + memories.length;
    }
    for (let rpb = 0; rpb < rpbCount; rpb++) {
      const at = TAKEN * rpb;
      if (must(taken[at], 'number of an RPB') < 2) continue;
      const isShort = must(taken[at + 1], 'number of an RPB') > must(this.free.entries[rpb], 'free entries of an RPB');
      if (!isShort && must(taken[at + 2], 'number of an RPB') < 2) continue;
      const here = placement.flatMap((x, i) => (rpbIndexOf(x, rpbCount) === rpb ? [i] : []));
      if (isShort) return { rpb, rows: here };
      const withBlocks = here.filter((i) => must(tree[i], 'row').memories.length > 0);
      if (withBlocks.length < 2) continue;
      const sizes = withBlocks.flatMap((i) => must(tree[i], 'row').memories.map(({ buckets }) => buckets));
      if (!this.free.fitsMemory(rpb, sizes)) return { rpb, rows: withBlocks };
    }
    return undefined;
  }

  private linkedRows(): readonly (readonly number[])[] {
    const { tree } = this.problem;
    if (!tree.some(({ isLinked }) => isLinked)) return NO_GROUPS;
    const groups = new Map<number, number[]>();
    for (const [i, { isLinked }] of tree.entries()) if (isLinked) groups.set(i, [i]);
    for (const [i, { link }] of tree.entries()) groups.get(link)?.push(i);
    return [...groups.values()];
  }
}
