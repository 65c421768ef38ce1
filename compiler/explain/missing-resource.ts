/**
 * Why a program cannot be placed: the first row, in the order in which packets meet them, that fits no RPB, and the
 * missing resource. Rows are examined one by one; conflicts between rows are found by allocators only.
 */
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { DoesNotFitReason } from '../link/does-not-fit.js';
import type { FreeRanges } from '../link/free-ranges.js';
import type { FreeResources } from '../place/allocator.js';
import type { PlacementProblem } from '../place/problem.js';
import { blocksOf, lacksAt, type PlacementUnit, placementUnits, type UnitKind } from './placement-units.js';

/** Free resources with the free ranges of memory. */
export type FreeWithRanges = FreeResources & { readonly memory: readonly FreeRanges[] };

/** The missing resource; closed. Rows count from 1; RPBs are logical RPBs. */
export type MissingResource =
  /** A resource outside the RPBs: table, id, filter, name. */
  | { readonly kind: 'other'; readonly reason: DoesNotFitReason }
  | { readonly kind: 'length'; readonly rows: readonly number[]; readonly needed: number; readonly available: number }
  /** No RPB after those of the rows before has its actions. */
  | { readonly kind: 'action'; readonly rows: readonly number[]; readonly from: number }
  | {
      readonly kind: 'entries';
      readonly rows: readonly number[];
      readonly rpbs: readonly number[];
      readonly needed: number;
      /** The largest number of free entries in one of them, and that RPB. */
      readonly free: number;
      readonly freestRpb: number;
      /** Later rows that find no RPB because this one is placed late; empty if this one finds none. */
      readonly pushes: readonly number[];
    }
  | {
      readonly kind: 'memory';
      readonly rows: readonly number[];
      readonly rpbs: readonly number[];
      /** The memories that have to be in one RPB, each in one contiguous block, with sizes in buckets. */
      readonly needed: readonly { readonly name: string; readonly buckets: number }[];
      /** The largest contiguous free block in one of them in buckets, and that RPB. */
      readonly free: number;
      readonly freestRpb: number;
      readonly pushes: readonly number[];
    }
  /** Each row could be placed alone, but not all of them together. */
  | { readonly kind: 'together'; readonly reason: DoesNotFitReason };

export function missingResource(
  problem: PlacementProblem,
  free: FreeWithRanges,
  kind: UnitKind,
  reason: DoesNotFitReason,
): MissingResource {
  if (reason.kind !== 'placement') return { kind: 'other', reason };
  const finder = new MissingFinder(problem, placementUnits(problem, kind), free);
  return finder.byOrder() ?? finder.byRoom() ?? { kind: 'together', reason };
}

const NOWHERE = Number.POSITIVE_INFINITY;

class MissingFinder {
  constructor(
    private readonly problem: PlacementProblem,
    private readonly units: readonly PlacementUnit[],
    private readonly free: FreeWithRanges,
  ) {}

  /** A reason that holds on an empty switch too. */
  byOrder(): MissingResource | undefined {
    const { logicalRpbs } = this.problem;
    const earliest = this.earliest((unit, rpb) => unit.allowed[rpb] === 1);
    for (const [i, unit] of this.units.entries()) {
      if (earliest[i] !== NOWHERE) continue;
      const from = this.behind(unit, earliest);
      const rows = rowsOf(unit);
      if (from <= logicalRpbs) return { kind: 'action', rows, from };
      return { kind: 'length', rows, needed: Math.max(...this.lengths()), available: logicalRpbs };
    }
    return undefined;
  }

  /** A reason in the free resources of this switch. */
  byRoom(): MissingResource | undefined {
    const earliest = this.earliest((unit, rpb) => lacksAt(unit, rpb, this.free) === undefined);
    const first = this.units.findIndex((_, i) => earliest[i] === NOWHERE);
    for (let i = first; i >= 0; i = must(this.units[i], `unit ${i}`).after) {
      const unit = this.units[i];
      if (unit === undefined) return undefined;
      const last = Math.min(this.problem.logicalRpbs, must(earliest[i], 'earliest place of a unit'));
      const rpbs: number[] = [];
      for (let x = this.behind(unit, earliest); x <= last; x++) {
        if (unit.allowed[rpbIndexOf(x, this.problem.rpbCount)] === 1 && x !== earliest[i]) rpbs.push(x);
      }
      // This row has room, but only in a late RPB.
      if (rpbs.length > 0) return this.shortage(unit, rpbs, i === first ? [] : rowsOf(this.units[first]));
    }
    return undefined;
  }

  private shortage(unit: PlacementUnit, rpbs: readonly number[], pushes: readonly number[]): MissingResource {
    const at = (x: number): number => rpbIndexOf(x, this.problem.rpbCount);
    const best = (count: (rpb: number) => number) => {
      const freestRpb = rpbs.reduce((most, x) => (count(at(x)) > count(at(most)) ? x : most));
      return { free: count(at(freestRpb)), freestRpb };
    };
    const rows = rowsOf(unit);
    const lacksEntries = rpbs.filter(
      (x) => unit.entries > must(this.free.entries[at(x)], `free entries of RPB ${at(x) + 1}`),
    );
    if (lacksEntries.length * 2 > rpbs.length || blocksOf(unit).length === 0) {
      const most = best((rpb) => must(this.free.entries[rpb], `free entries of RPB ${rpb + 1}`));
      return { kind: 'entries', rows, rpbs, needed: unit.entries, ...most, pushes };
    }
    const largest = best((rpb) => Math.max(0, ...(this.free.memory[rpb]?.list() ?? []).map(({ size }) => size)));
    return { kind: 'memory', rows, rpbs, needed: unit.memories, ...largest, pushes };
  }

  /** For each unit, the earliest logical RPB, with each unit before it at its earliest. */
  private earliest(canTake: (unit: PlacementUnit, rpb: number) => boolean): number[] {
    const earliest: number[] = [];
    for (const [i, unit] of this.units.entries()) {
      let x = this.behind(unit, earliest);
      while (x <= this.problem.logicalRpbs && !canTake(unit, rpbIndexOf(x, this.problem.rpbCount))) x++;
      earliest[i] = x <= this.problem.logicalRpbs ? x : NOWHERE;
    }
    return earliest;
  }

  private behind = ({ after }: PlacementUnit, earliest: readonly number[]): number =>
    after < 0 ? 1 : must(earliest[after], 'earliest place of a unit') + 1;

  private lengths(): number[] {
    const lengths: number[] = [];
    for (const [i, { after }] of this.units.entries())
      lengths[i] = after < 0 ? 1 : must(lengths[after], 'length of a chain') + 1;
    return lengths;
  }
}

const rowsOf = (unit: PlacementUnit | undefined): number[] => unit?.rows.map((row) => row + 1) ?? [];
