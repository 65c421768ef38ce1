/**
 * Why a row is in its RPB. Found by examining where else it could be while all other rows stay; every statement follows
 * from the placement problem and the books of the switch.
 */
import { addTo, appendTo } from '../data-plane/counting.js';
import { type LogicalRpb, rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { FreeResources } from '../place/allocator.js';
import { priceOf } from '../place/price.js';
import type { PlacementProblem } from '../place/problem.js';
import { blocksOf, lacksAt, type PlacementUnit, placementUnits, type UnitKind } from './placement-units.js';

export interface PlaceReason {
  /** The unit that the allocator places as a whole: this row, or all rows of its depth. */
  readonly unit: UnitKind;
  /** All rows of the unit, including this one; rows count from 1. */
  readonly rows: readonly number[];
  /** Logical RPBs that are possible by the order and the needs of the rows, in the passes that the program takes. */
  readonly possible: readonly number[];
  /** Logical RPBs that are possible by the order and lack a resource, by that resource. */
  readonly excluded: Readonly<Record<'action' | 'entries' | 'memory', readonly number[]>>;
  /** The rows whose placement bounds the choice: the one before, and those after. */
  readonly before: number | null;
  readonly behind: readonly number[];
  /** Rows that must be in the same physical RPB, in any pass. */
  readonly together: readonly number[];
  readonly choice: PlaceChoice;
}

/** What decides among the possible RPBs; closed. */
export type PlaceChoice =
  | { readonly kind: 'only' }
  /** The placement of the rows before and after leaves no other. */
  | { readonly kind: 'held' }
  | { readonly kind: 'together' }
  /** Its price is the lowest; `equal` others have the same price. */
  | { readonly kind: 'cheapest'; readonly equal: number; readonly isFirst: boolean }
  | { readonly kind: 'earliest' }
  | { readonly kind: 'start' }
  /** It has room, as others have; the allocator decided by the whole program. */
  | { readonly kind: 'free' };

/**
 * A reason for each row of the tree.
 * @param placement logical RPB by row
 * @param free the free resources before the program was placed
 */
export function placeReasons(
  problem: PlacementProblem,
  placement: readonly LogicalRpb[],
  free: FreeResources,
  kind: UnitKind,
): readonly PlaceReason[] {
  const units = placementUnits(problem, kind);
  const places = units.map(({ rows: [first] }) => (first === undefined ? undefined : placement[first]));
  const finder = new ReasonFinder(problem, units, places, free, kind);
  const reasonOfRow = new Map<number, PlaceReason>();
  for (const [index, { rows }] of units.entries()) {
    if (rows.length === 0) continue;
    const reason = finder.reasonOf(index);
    for (const row of rows) reasonOfRow.set(row, reason);
  }
  return problem.tree.map((_, row) => must(reasonOfRow.get(row), `reason of row ${row + 1}`));
}

/** Prices that differ by rounding are equal. */
const TIE = 1e-15;

class ReasonFinder {
  private readonly limit: number;
  /**
   * By unit: the earliest logical RPB with all units before it placed, and the latest with all units after it, each
   * alone.
   */
  private readonly earliest: number[] = [];
  private readonly latest: number[] = [];
  /** By unit: those directly after it. */
  private readonly children = new Map<number, number[]>();
  /** By the first of some linked units: the others. */
  private readonly links = new Map<number, number[]>();
  /** By index of the RPB: the units placed in it, in any pass, and their entries. */
  private readonly here = new Map<number, number[]>();
  private readonly entriesHere = new Map<number, number>();

  constructor(
    private readonly problem: PlacementProblem,
    private readonly units: readonly PlacementUnit[],
    private readonly places: readonly (number | undefined)[],
    private readonly free: FreeResources,
    private readonly kind: UnitKind,
  ) {
    const last = places.reduce((most: number, place) => Math.max(most, place ?? 1), 1);
    this.limit = Math.ceil(last / problem.rpbCount) * problem.rpbCount;
    this.index();
    for (const [i, unit] of units.entries()) {
      let x = this.from(unit);
      while (x < this.limit && this.lacksAlone(unit, x) !== undefined) x++;
      this.earliest[i] = x;
    }
    for (let i = units.length - 1; i >= 0; i--) {
      const unit = units[i];
      if (unit === undefined) continue;
      let x = this.to(i);
      while (x > 1 && this.lacksAlone(unit, x) !== undefined) x--;
      this.latest[i] = x;
    }
  }

  private index(): void {
    for (const [i, { after, link, entries }] of this.units.entries()) {
      if (after >= 0) appendTo(this.children, after, i);
      if (link >= 0) appendTo(this.links, link, i);
      const place = this.places[i];
      if (place === undefined) continue;
      const rpb = rpbIndexOf(place, this.problem.rpbCount);
      appendTo(this.here, rpb, i);
      addTo(this.entriesHere, rpb, entries);
    }
  }

  private readonly childrenOf = (index: number): readonly number[] => this.children.get(index) ?? [];

  reasonOf(index: number): PlaceReason {
    const unit = this.units[index];
    const at = this.places[index];
    if (unit === undefined || at === undefined) throw new Error(`unit ${index} has no place`);
    const excluded = { action: [] as number[], entries: [] as number[], memory: [] as number[] };
    const possible: number[] = [];
    for (let x = this.from(unit); x <= this.to(index); x++) {
      const lacks = this.lacksAlone(unit, x);
      (lacks === undefined ? possible : excluded[lacks]).push(x);
    }
    const before = this.placedBefore(index);
    const behind = this.placedBehind(index);
    const from = before.place + 1;
    const to = (behind.place ?? this.limit + 1) - 1;
    const local = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(
      (x) => this.lacks(index, unit, x) === undefined,
    );
    return {
      unit: this.kind,
      rows: unit.rows.map((row) => row + 1),
      possible,
      excluded,
      before: before.row,
      behind: behind.rows,
      together: this.linked(index).flatMap((other) =>
        must(this.units[other], `unit ${other}`).rows.map((row) => row + 1),
      ),
      choice: possible.length <= 1 ? { kind: 'only' } : this.choiceAmong(index, unit, at, local),
    };
  }

  private from = ({ after }: PlacementUnit): number =>
    after < 0 ? 1 : must(this.earliest[after], 'earliest place of a unit') + 1;

  private to(index: number): number {
    return this.childrenOf(index).reduce(
      (least, child) => Math.min(least, must(this.latest[child], 'latest place of a unit') - 1),
      this.limit,
    );
  }

  private lacksAlone = (unit: PlacementUnit, x: number) =>
    lacksAt(unit, rpbIndexOf(x, this.problem.rpbCount), this.free);

  private choiceAmong(index: number, unit: PlacementUnit, at: number, possible: readonly number[]): PlaceChoice {
    if (possible.length <= 1) return { kind: 'held' };
    if (this.linked(index).length > 0) return { kind: 'together' };
    if (this.kind === 'row') {
      const price = this.priceAt(unit, at);
      const equal = possible.filter((x) => Math.abs(this.priceAt(unit, x) - price) <= TIE * price);
      const isCheapest = possible.every((x) => this.priceAt(unit, x) >= price * (1 - TIE));
      return isCheapest ? { kind: 'cheapest', equal: equal.length - 1, isFirst: equal[0] === at } : { kind: 'free' };
    }
    if (unit.after < 0) return { kind: 'start' };
    return possible[0] === at ? { kind: 'earliest' } : { kind: 'free' };
  }

  private priceAt({ entries, memories }: PlacementUnit, x: number): number {
    const rpb = rpbIndexOf(x, this.problem.rpbCount);
    const { free } = this;
    const buckets = memories.reduce((sum, memory) => sum + memory.buckets, 0);
    return (
      entries *
        priceOf(
          must(free.entries[rpb], `free entries of RPB ${rpb + 1}`),
          must(free.totalEntries[rpb], `entries of RPB ${rpb + 1}`),
        ) +
      buckets *
        priceOf(
          must(free.buckets[rpb], `free buckets of RPB ${rpb + 1}`),
          must(free.totalBuckets[rpb], `buckets of RPB ${rpb + 1}`),
        )
    );
  }

  private lacks(index: number, unit: PlacementUnit, x: number) {
    const rpb = rpbIndexOf(x, this.problem.rpbCount);
    const own = this.places[index];
    const isHere = own !== undefined && rpbIndexOf(own, this.problem.rpbCount) === rpb;
    const taken = (this.entriesHere.get(rpb) ?? 0) - (isHere ? unit.entries : 0);
    return lacksAt(unit, rpb, this.free, taken, () =>
      (this.here.get(rpb) ?? []).flatMap((other) =>
        other === index ? [] : blocksOf(must(this.units[other], `unit ${other}`)),
      ),
    );
  }

  private linked(index: number): readonly number[] {
    const { link } = must(this.units[index], `unit ${index}`);
    const first = link < 0 ? index : link;
    const others = this.links.get(first) ?? [];
    return [first, ...others].filter((other) => other !== index).sort((a, b) => a - b);
  }

  /** The logical RPB after which the unit must be; depths without steps take one each. */
  private placedBefore(index: number): { readonly place: number; readonly row: number | null } {
    let gap = 0;
    const unitAt = (at: number): PlacementUnit => must(this.units[at], `unit ${at}`);
    for (let { after: at } = unitAt(index); at >= 0; at = unitAt(at).after) {
      const place = this.places[at];
      const [row] = unitAt(at).rows;
      if (place !== undefined && row !== undefined) return { place: place + gap, row: row + 1 };
      gap++;
    }
    return { place: gap, row: null };
  }

  private placedBehind(index: number): { readonly place: number | undefined; readonly rows: readonly number[] } {
    let least: number | undefined;
    let rows: number[] = [];
    for (const other of this.childrenOf(index)) {
      const own = this.places[other];
      const next =
        own === undefined
          ? this.placedBehind(other)
          : { place: own + 1, rows: must(this.units[other], `unit ${other}`).rows.map((row) => row + 1) };
      const place = next.place === undefined ? undefined : next.place - 1;
      if (place === undefined || (least !== undefined && place > least)) continue;
      if (place !== least) rows = [];
      for (const row of next.rows) rows.push(row);
      least = place;
    }
    return { place: least, rows };
  }
}
