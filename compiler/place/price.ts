/**
 * Placement by prices: each RPB has a price for an entry and for a bucket that rises steeply as it fills, and a program
 * is placed where its total price is lowest. So scarce RPBs are left to programs that need them, and the switch fills
 * evenly. A dynamic program over the tree of rows and the logical RPBs finds the cheapest placement; where rows
 * together exceed an RPB, which it does not see, it is run again with fewer choices.
 */
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
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
  /** By logical RPB: the price of the present row and of the rows after it. */
  here = new Float64Array(0);
  private prices = new Float64Array(0);
  private readonly taken = { rows: new Int32Array(0), entries: new Int32Array(0), blocks: new Int32Array(0) };

  /** By RPB index: rows, entries and memory blocks placed there. */
  takenBy(placement: Placement, tree: readonly TreeRow[], rpbCount: number) {
    const { taken } = this;
    if (taken.rows.length < rpbCount) {
      taken.rows = new Int32Array(rpbCount);
      taken.entries = new Int32Array(rpbCount);
      taken.blocks = new Int32Array(rpbCount);
    } else {
      taken.rows.fill(0);
      taken.entries.fill(0);
      taken.blocks.fill(0);
    }
    for (let i = 0; i < placement.length; i++) {
      const rpb = rpbIndexOf(placement[i] as number, rpbCount);
      const { entries, memories } = tree[i] as TreeRow;
      taken.rows[rpb] = (taken.rows[rpb] as number) + 1;
      taken.entries[rpb] = (taken.entries[rpb] as number) + entries;
      taken.blocks[rpb] = (taken.blocks[rpb] as number) + memories.length;
    }
    return taken;
  }

  fill(problem: PlacementProblem, free: FreeResources): void {
    const { tree, rpbCount, logicalRpbs } = problem;
    const cells = tree.length * (logicalRpbs + 2);
    if (this.least.length < cells) {
      this.least = new Float64Array(2 * cells);
      this.place = new Uint16Array(2 * cells);
      this.rowCosts = new Float64Array(2 * cells);
    }
    if (this.here.length < logicalRpbs + 2) this.here = new Float64Array(logicalRpbs + 2);
    if (this.prices.length < 2 * rpbCount) this.prices = new Float64Array(2 * rpbCount);
    const { prices, rowCosts } = this;
    for (let rpb = 0; rpb < rpbCount; rpb++) {
      prices[2 * rpb] = priceOf(
        must(free.entries[rpb], 'free entries of an RPB'),
        must(free.totalEntries[rpb], 'entries of an RPB'),
      );
      prices[2 * rpb + 1] = priceOf(
        must(free.buckets[rpb], 'free buckets of an RPB'),
        must(free.totalBuckets[rpb], 'buckets of an RPB'),
      );
    }
    for (let i = 0; i < tree.length; i++) {
      const { entries, memories, allowed } = tree[i] as TreeRow;
      const sizes = memories.length === 0 ? NO_SIZES : memories.map(({ buckets }) => buckets);
      const buckets = sizes.reduce((sum, size) => sum + size, 0);
      for (let rpb = 0; rpb < rpbCount; rpb++) {
        const fits =
          allowed[rpb] === 1 &&
          entries <= (free.entries[rpb] as number) &&
          buckets <= (free.buckets[rpb] as number) &&
          (buckets === 0 || free.fitsMemory(rpb, sizes));
        rowCosts[i * rpbCount + rpb] = fits
          ? entries * (prices[2 * rpb] as number) + buckets * (prices[2 * rpb + 1] as number)
          : Number.POSITIVE_INFINITY;
      }
    }
  }
}

const NO_SIZES: readonly number[] = [];

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
  let rest = free / total;
  for (let i = 0; i < SHARE_BITS && rest > 0; i++) {
    rest *= 2;
    if (rest < 1) continue;
    price *= ROOTS[i] as number;
    rest -= 1;
  }
  return price;
}

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
    for (let pass = first; pass <= passes; pass++) {
      const paid = (pass - 1) * this.recirculationWeight;
      if (paid >= bestCost) break;
      const placement = this.withLinks(this.linkedRows(), pass * rpbCount);
      if (placement === undefined) continue;
      const cost = this.costOf(placement) + paid;
      if (cost < bestCost) [best, bestCost] = [placement, cost];
    }
    return best;
  }

  /** The cheapest placement with every group of linked rows in one RPB. */
  private withLinks(groups: readonly (readonly number[])[], limit: number): Placement | undefined {
    const [group, ...others] = groups;
    if (group === undefined) return this.cheapestThatFits(limit);
    const { rpbCount } = this.problem;
    const { rowCosts } = this.tables;
    const kept = group.map((row) => rowCosts.slice(row * rpbCount, (row + 1) * rpbCount));
    let best: Placement | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let rpb = 0; rpb < rpbCount && this.runs < MAX_RUNS; rpb++) {
      if (kept.some((costs) => costs[rpb] === Number.POSITIVE_INFINITY)) continue;
      for (const [i, row] of group.entries()) {
        rowCosts.fill(Number.POSITIVE_INFINITY, row * rpbCount, (row + 1) * rpbCount);
        rowCosts[row * rpbCount + rpb] = must(kept[i]?.[rpb], 'cost of a row');
      }
      const placement = this.withLinks(others, limit);
      const cost = placement === undefined ? bestCost : this.costOf(placement);
      if (cost < bestCost) [best, bestCost] = [placement, cost];
      for (const [i, row] of group.entries()) rowCosts.set(must(kept[i], 'costs of a row'), row * rpbCount);
    }
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
   * from x + 1 on.
   * @param limit the highest logical RPB
   */
  private cheapest(limit: number): Placement | undefined {
    const { rowCosts, least, place, here } = this.tables;
    const { tree, rpbCount } = this.problem;
    const width = limit + 2;
    least.fill(0, 0, tree.length * width);
    for (let i = tree.length - 1; i >= 0; i--) {
      const base = i * width;
      // The rows after this one have added their prices from x on; shifted by one these are their prices after x.
      for (let x = 1, rpb = 0; x <= limit; x++) {
        here[x] = (rowCosts[i * rpbCount + rpb] as number) + (least[base + x + 1] as number);
        if (++rpb === rpbCount) rpb = 0;
      }
      const after = tree[i]?.after ?? -1;
      const parent = after * width;
      let cost = Number.POSITIVE_INFINITY;
      let at = 0;
      if (after >= 0) least[parent + limit + 1] = Number.POSITIVE_INFINITY;
      for (let x = limit; x >= 1; x--) {
        if ((here[x] as number) <= cost) {
          cost = here[x] as number;
          at = x;
        }
        place[base + x] = at;
        if (after >= 0) least[parent + x] = (least[parent + x] as number) + cost;
      }
      if (after < 0 && cost === Number.POSITIVE_INFINITY) return undefined;
    }
    const placement = new Array<number>(tree.length);
    for (let i = 0; i < tree.length; i++) {
      const after = tree[i]?.after ?? -1;
      const from = after < 0 ? 1 : (placement[after] as number) + 1;
      placement[i] = place[i * width + from] as number;
    }
    return placement;
  }

  private costOf(placement: Placement): number {
    const { rpbCount } = this.problem;
    let cost = 0;
    for (let i = 0; i < placement.length; i++) {
      cost += this.tables.rowCosts[i * rpbCount + rpbIndexOf(placement[i] as number, rpbCount)] as number;
    }
    return cost;
  }

  /** Rows in one RPB, in any pass, that do not fit it together. */
  private crowdedRows(placement: Placement): { readonly rpb: number; readonly rows: readonly number[] } | undefined {
    const { tree, rpbCount } = this.problem;
    const { rows, entries, blocks } = this.tables.takenBy(placement, tree, rpbCount);
    for (let rpb = 0; rpb < rpbCount; rpb++) {
      if ((rows[rpb] as number) < 2) continue;
      const here = (): number[] => placement.flatMap((x, i) => (rpbIndexOf(x, rpbCount) === rpb ? [i] : []));
      if ((entries[rpb] as number) > must(this.free.entries[rpb], 'free entries of an RPB'))
        return { rpb, rows: here() };
      if ((blocks[rpb] as number) < 2) continue;
      const withBlocks = here().filter((i) => must(tree[i]?.memories.length, `row ${i + 1}`) > 0);
      const sizes = withBlocks.flatMap((i) => tree[i]?.memories.map(({ buckets }) => buckets) ?? []);
      if (withBlocks.length > 1 && !this.free.fitsMemory(rpb, sizes)) return { rpb, rows: withBlocks };
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
