/**
 * Who holds which blocks of which stage. Inelastic memory lies below an offset, with holes that departures leave;
 * elastic programs share the blocks from the offset on.
 */
import type { Holding, Reallocation, UnitRange } from '../peer-allocator.js';

/** What a mutant is priced by. */
export interface StageState {
  /** Number of elastic programs. */
  readonly elastic: number;
  /** First block of the elastic region. */
  readonly offset: number;
  /** Sum of the demands of all programs in blocks, 1 for each elastic one. */
  readonly leastDemand: number;
  /** Blocks of the largest hole below the offset; 0 if there is none. */
  readonly largestHole: number;
}

/** Demand of a newcomer in one stage. */
export interface StageDemand {
  readonly stage: number;
  readonly blocks: number;
}

export interface Placement {
  /** Memory of the newcomer, by stage. */
  readonly ranges: readonly UnitRange[];
  /** Elastic programs whose run moved or shrank. */
  readonly reallocated: readonly Reallocation[];
}

export interface StageBooks {
  readonly blocks: number;
  /** State of a stage, valid until the books change. */
  stage(stage: number): StageState;
  /** @param demands in different stages, for which there is room */
  place(id: number, demands: readonly StageDemand[]): Placement;
  remove(id: number): void;
  holdings(): readonly Holding[];
}

/**
 * When holes that departures leave are joined with their neighbours: at the next arrival in their stage, as in the
 * published controller, or at once. Until then a demand that fits neither of two neighbouring holes is refused.
 */
export const HOLE_JOINS = ['at-arrival', 'at-once'] as const;
export type HoleJoin = (typeof HOLE_JOINS)[number];

/** A contiguous range of blocks of one stage. */
export interface Run {
  readonly start: number;
  readonly length: number;
}

/** Whether an elastic program has to save and restore its words. */
export const isReallocated = (before: Run, after: Run): boolean =>
  before.start !== after.start || after.length < before.length;

/** The largest hole, the first of equal ones; undefined if there is none. */
export function largestOf(holes: readonly Run[]): Run | undefined {
  let largest: Run | undefined;
  for (const hole of holes) if (largest === undefined || hole.length > largest.length) largest = hole;
  return largest;
}

/** Blocks of the largest hole; 0 if there is none. */
export const blocksOfLargest = (holes: readonly Run[]): number => Math.max(0, ...holes.map(({ length }) => length));
