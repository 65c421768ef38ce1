/** The interface of allocators: which logical RPB each row of a program goes to. */
import type { PlacementProblem } from './problem.js';

/** What an allocator may know of the switch. */
export interface FreeResources {
  /** Free table entries by RPB index. */
  readonly entries: ArrayLike<number>;
  /** Entries of an empty RPB, by RPB index. */
  readonly totalEntries: ArrayLike<number>;
  /** Free buckets by RPB index, not always in one piece. */
  readonly buckets: ArrayLike<number>;
  readonly totalBuckets: ArrayLike<number>;
  /** Whether an RPB has room for blocks of these sizes, all together. */
  fitsMemory(rpb: number, buckets: readonly number[]): boolean;
}

/** Logical RPBs from 1: physical RPB ((x - 1) mod M) + 1 in pass (x - 1) div M. */
export type Placement = readonly number[];

/** Why no placement exists: the deepest row that could be reached, and what it lacked there. */
export interface Shortage {
  readonly row: number;
  readonly cause: 'no-such-action' | 'entries' | 'memory' | 'too-long' | 'shared-rpb';
}

export type PlacementResult =
  /** By depth - 1, strictly increasing; or, `by: 'row'`, by row of the tree, each behind the row it comes after. */
  | { readonly kind: 'placed'; readonly placement: Placement; readonly by?: 'row' }
  | { readonly kind: 'doesNotFit'; readonly shortage: Shortage };

export interface Allocator {
  readonly name: string;
  /** Each placement takes tens of milliseconds or more: callers that try many placements try fewer. */
  readonly isSlow?: boolean;
  place(problem: PlacementProblem, free: FreeResources): PlacementResult;
}
