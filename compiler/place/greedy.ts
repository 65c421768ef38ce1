/**
 * The paper's objectives, solved without a solver. All of them depend on the first and the last RPB only, and for each
 * start the earliest feasible RPB for every next row gives the least last RPB; so all starts together give the optimum.
 * Earliest need not be best where a later row must share an earlier one's RPB, or wants the entries or memory that an
 * earlier row took from it (in another pass): such rows are tried in every RPB.
 */
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Allocator, FreeResources, PlacementResult, Shortage } from './allocator.js';
import type { Objective } from './objectives.js';
import type { PlacementProblem, PlacementRow } from './problem.js';
import { trustedAllocator } from './trusted-allocators.js';

export { f1 } from './objectives.js';

/** Differences below this are rounding: the earlier start then wins. */
const TIE = 1e-9;

/**
 * After this many placed rows from one start, rows keep their earliest place: full switches would otherwise cost
 * exponential time. Programs that share no RPB between their passes stay far below it; compared with Z3 it missed
 * an optimum only where thirty rows have two or three free entries per RPB to share over three passes and more.
 */
const MAX_TRIED = 20_000;
/** After this many, {@link Search.lastRegardless} saves more time than it takes. */
const EASY_TRIED = 64;

export function greedyAllocator(objective: Objective): Allocator {
  return trustedAllocator({
    name: objective.name,
    place: (problem, free) => new Search(problem, free).best(objective),
  });
}

const sizesOf = (row: PlacementRow): number[] => row.memories.map(({ buckets }) => buckets);
const NO_SIZES: readonly number[] = [];

class Search {
  private readonly entriesUsed: Int32Array;
  /** By RPB index, the sizes of the blocks that rows have there; no list before the first. */
  private readonly memoryUsed: number[][] = [];
  private readonly rows: readonly PlacementRow[];
  private readonly placement: number[] = [];
  /** By RPB index: 1 where a row found no room that it would have had without the rows of its own program. */
  private readonly crowded: Uint8Array;
  /** Rows placed since the start of this first RPB. */
  private tried = 0;
  private readonly hasLinks: boolean;
  /** By row and logical RPB, once the search has become hard: see {@link lastRegardless}. */
  private regardless: Int32Array | undefined;
  /** By row, the row that it shares an RPB with, or -1. */
  private readonly links: number[] = [];
  /** By row with a link, how far it is at least behind the row that it shares an RPB with: whole passes. */
  private readonly linkDistance: number[] = [];
  /** The rows that have a link. */
  private readonly linked: number[] = [];
  /** By row, how many rows up to it have a link: the place in {@link linked} of the next one that has. */
  private readonly linkedAfter: number[] = [];
  /** By row, the last row up to it that has a link, or -1. */
  private readonly linkedUpTo: number[] = [];
  /** By row with a link, what {@link leastLast} works with. */
  private readonly earliest: number[] = [];
  private best_: readonly number[] | undefined;
  private bestLast = Number.POSITIVE_INFINITY;
  private shortage: Shortage = { row: -1, cause: 'too-long' };

  constructor(
    private readonly problem: PlacementProblem,
    private readonly free: FreeResources,
  ) {
    this.rows = problem.rows;
    this.entriesUsed = new Int32Array(problem.rpbCount);
    this.crowded = new Uint8Array(problem.rpbCount);
    this.hasLinks = this.rows.some(({ isLinked }) => isLinked);
    if (this.hasLinks) this.findLinks();
  }

  /** Lists, as the problems of most programs are too small for typed arrays to pay. */
  private findLinks(): void {
    const { rpbCount } = this.problem;
    let last = -1;
    for (const [row, { link }] of this.rows.entries()) {
      if (link >= 0) {
        this.linked.push(row);
        last = row;
      }
      this.links.push(link);
      this.linkDistance.push(link < 0 ? 0 : Math.ceil((row - link) / rpbCount) * rpbCount);
      this.linkedAfter.push(this.linked.length);
      this.linkedUpTo.push(last);
      this.earliest.push(0);
    }
  }

  best(objective: Objective): PlacementResult {
    const { rows } = this;
    const { logicalRpbs } = this.problem;
    let best: readonly number[] | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    if (rows.length === 0) return { kind: 'placed', placement: [] };
    for (let first = 1; first + rows.length - 1 <= logicalRpbs; first++) {
      const least = this.leastLast(0, first);
      if (least > logicalRpbs || objective.cost(first, least) >= bestCost - TIE) continue;
      const regardless = this.lastRegardless(0, first);
      if (regardless > logicalRpbs || objective.cost(first, regardless) >= bestCost - TIE) continue;
      this.bestLast = Number.POSITIVE_INFINITY;
      this.best_ = undefined;
      this.tried = 0;
      this.tryAt(0, first);
      if (this.best_ === undefined) continue;
      const cost = objective.cost(first, this.bestLast);
      if (cost < bestCost - TIE) {
        best = this.best_;
        bestCost = cost;
      }
    }
    return best === undefined ? { kind: 'doesNotFit', shortage: this.shortage } : { kind: 'placed', placement: best };
  }

  /** Places row i at logical RPB x and goes on, if row i fits there; true if no later place can be better. */
  private tryAt(i: number, x: number): boolean {
    const { rows, placement, entriesUsed, crowded } = this;
    const row = rows[i];
    if (row === undefined || !this.fits(i, row, x)) return false;
    const rpb = rpbIndexOf(x, this.problem.rpbCount);
    const usedBefore = must(entriesUsed[rpb], 'entries used in an RPB');
    const crowdedBefore = must(crowded[rpb], 'RPB');
    entriesUsed[rpb] = usedBefore + row.entries;
    const memory = row.memories.length === 0 ? undefined : this.takeMemory(row, rpb);
    placement.push(x);
    if (++this.tried === EASY_TRIED) this.regardless ??= this.computeRegardless();
    crowded[rpb] = 0;
    if (i === rows.length - 1) {
      this.bestLast = x;
      this.best_ = [...placement];
    } else this.extend(i + 1, x + 1);
    placement.pop();
    if (memory !== undefined) memory.length -= row.memories.length;
    entriesUsed[rpb] = usedBefore;
    const isCrowded = crowded[rpb] === 1;
    if (crowdedBefore === 1) crowded[rpb] = 1;
    return !((isCrowded || row.isLinked) && this.tried < MAX_TRIED);
  }

  /** The blocks in an RPB, with those of a row. */
  private takeMemory(row: PlacementRow, rpb: number): number[] {
    let memory = this.memoryUsed[rpb];
    if (memory === undefined) {
      memory = [];
      this.memoryUsed[rpb] = memory;
    }
    for (const { buckets } of row.memories) memory.push(buckets);
    return memory;
  }

  /** Places row i at the earliest feasible place from `from` on; at every one if a later row depends on where it is. */
  private extend(i: number, from: number): void {
    const { rows } = this;
    const row = rows[i];
    if (row === undefined) return;
    const { rpbCount, logicalRpbs } = this.problem;
    const remaining = rows.length - 1 - i;
    const linkedTo = row.link < 0 ? undefined : this.placement[row.link];
    const step = linkedTo === undefined ? 1 : rpbCount;
    let x = from;
    if (linkedTo !== undefined) x = linkedTo + Math.ceil(Math.max(1, from - linkedTo) / rpbCount) * rpbCount;
    if (x > logicalRpbs) this.note(i, linkedTo === undefined ? 'too-long' : 'shared-rpb');
    for (; x + remaining < Math.min(this.bestLast, logicalRpbs + 1); x += step) {
      if (this.hasLinks && this.leastLast(i, x) >= Math.min(this.bestLast, logicalRpbs + 1)) {
        // Where a later row shares this one's RPB, a later place may save that row a whole pass.
        if (row.isLinked) continue;
        return;
      }
      if (this.lastRegardless(i, x) >= Math.min(this.bestLast, logicalRpbs + 1)) return;
      if (this.tryAt(i, x)) return;
    }
  }

  /**
   * A lower bound of the last RPB when row i stands at x, from order and links alone; more than there are RPBs if the
   * later rows cannot follow. Rises with x, unless a later row has to share the RPB of row i.
   */
  private leastLast(i: number, x: number): number {
    const { earliest, linked, links } = this;
    const { rpbCount, logicalRpbs } = this.problem;
    let [before, at] = [i, x];
    // Rows without a link follow one another, so only those with one are visited.
    for (let n = this.hasLinks ? must(this.linkedAfter[i], 'rows with a link') : 0; n < linked.length; n++) {
      const j = must(linked[n], 'row with a link');
      if (at + j - 1 - before > logicalRpbs) return this.noteTooLong(before + logicalRpbs + 1 - at);
      at += j - before;
      const link = must(links[j], 'link of a row');
      if (link > i) at = Math.max(at, this.earliestOf(link, i, x) + must(this.linkDistance[j], 'distance of a link'));
      else {
        let place = (link === i ? x : must(this.placement[link], 'place of a row')) + rpbCount;
        while (place < at) place += rpbCount;
        at = place;
      }
      earliest[j] = at;
      if (at > logicalRpbs) {
        this.note(j, 'shared-rpb');
        return Number.POSITIVE_INFINITY;
      }
      before = j;
    }
    const last = at + this.rows.length - 1 - before;
    return last > logicalRpbs ? this.noteTooLong(before + logicalRpbs + 1 - at) : last;
  }

  /** The earliest place that a row can come to when row i, a row before it, stands at x. */
  private earliestOf(row: number, i: number, x: number): number {
    const linked = must(this.linkedUpTo[row], 'last row with a link');
    return linked > i ? must(this.earliest[linked], 'place of a row') + row - linked : x + row - i;
  }

  private noteTooLong(row: number): number {
    this.note(row, 'too-long');
    return Number.POSITIVE_INFINITY;
  }

  /**
   * Another lower bound of the last RPB when row i stands at x or later: from what each row needs by itself, regardless
   * of links and of what other rows take. 0 while the search is easy.
   */
  private lastRegardless(i: number, x: number): number {
    return this.regardless?.[i * (this.problem.logicalRpbs + 2) + x] ?? 0;
  }

  private computeRegardless(): Int32Array {
    const { rows } = this;
    const { rpbCount, logicalRpbs } = this.problem;
    const width = logicalRpbs + 2;
    const bounds = new Int32Array(rows.length * width).fill(logicalRpbs + 1);
    for (let i = rows.length - 1; i >= 0; i--) {
      const row = rows[i];
      for (let x = logicalRpbs; x >= 1; x--) {
        const isRoom = row !== undefined && this.hasRoomAlone(row, rpbIndexOf(x, rpbCount));
        const next = i === rows.length - 1 ? x : must(bounds[(i + 1) * width + x + 1], 'bound of a row');
        bounds[i * width + x] = isRoom ? next : must(bounds[i * width + x + 1], 'bound of a row');
      }
    }
    return bounds;
  }

  private hasRoomAlone(row: PlacementRow, rpb: number): boolean {
    if (row.allowed[rpb] === 0 || row.entries > must(this.free.entries[rpb], 'free entries of an RPB')) return false;
    return row.memories.length === 0 || this.free.fitsMemory(rpb, sizesOf(row));
  }

  private fits(i: number, row: PlacementRow, x: number): boolean {
    const rpb = rpbIndexOf(x, this.problem.rpbCount);
    if (row.allowed[rpb] === 0) return this.note(i, row.allowed.includes(1) ? 'too-long' : 'no-such-action');
    const freeEntries = must(this.free.entries[rpb], 'free entries of an RPB');
    if (row.entries > freeEntries - must(this.entriesUsed[rpb], 'entries used in an RPB')) {
      if (row.entries <= freeEntries) this.crowded[rpb] = 1;
      return this.note(i, 'entries');
    }
    if (row.memories.length === 0) return true;
    const blocks = sizesOf(row);
    const used = this.memoryUsed[rpb] ?? NO_SIZES;
    if (this.free.fitsMemory(rpb, used.length === 0 ? blocks : [...used, ...blocks])) return true;
    if (used.length > 0 && this.free.fitsMemory(rpb, blocks)) this.crowded[rpb] = 1;
    return this.note(i, 'memory');
  }

  private note(row: number, cause: Shortage['cause']): false {
    if (row > this.shortage.row || (row === this.shortage.row && this.shortage.cause === 'too-long')) {
      this.shortage = { row, cause };
    }
    return false;
  }
}
