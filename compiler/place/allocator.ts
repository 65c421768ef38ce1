/** The interface of allocators, which choose a logical RPB for each row of a program. */
import type { PlacementProblem } from './problem.js';

/** The resources of a switch, as allocators see them. */
export interface FreeResources {
  /** Free table entries by RPB index. */
  readonly entries: ArrayLike<number>;
  /** Entries of an empty RPB, by RPB index. */
  readonly totalEntries: ArrayLike<number>;
  /** Free buckets by RPB index, not necessarily contiguous. */
  readonly buckets: ArrayLike<number>;
  readonly totalBuckets: ArrayLike<number>;
  /** Whether an RPB has room for blocks of all these sizes at once. */
  fitsMemory(rpb: number, buckets: readonly number[]): boolean;
}

/** Logical RPBs from 1: physical RPB ((x - 1) mod M) + 1 in pass (x - 1) div M. */
export type Placement = readonly number[];

/** Why no placement was found: the deepest row that was reached, from 0 (-1: none was), and the missing resource. */
export interface Shortage {
  readonly row: number;
  readonly cause: 'no-such-action' | 'entries' | 'memory' | 'too-long' | 'shared-rpb';
}

/** Result of an allocator. */
export type PlacementResult =
  /**
   * By depth - 1, strictly increasing; with `by: 'row'`, by row of the tree, each above the row that it has to be
   * after.
   */
  | { readonly kind: 'placed'; readonly placement: Placement; readonly by?: 'row' }
  | { readonly kind: 'doesNotFit'; readonly shortage: Shortage };

/** A search for a placement: a name, and a function that returns the placement or the shortage. */
export interface Allocator {
  readonly name: string;
  /** Whether a placement takes tens of milliseconds or more, so that callers should try fewer. */
  readonly isSlow?: boolean;
  place(problem: PlacementProblem, free: FreeResources): PlacementResult;
}
