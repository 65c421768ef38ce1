/**
 * `constraints: 'published'`: the paper's constraints 1 to 5 only. Steps in different passes do not share the
 * entries and the memory of their RPB, so every logical RPB counts as a separate RPB with all free resources
 * of its physical one. A program placed in this way need not work: this is for reproducing published figures, and no
 * entries are made of it.
 */

import { must } from '../data-plane/must.js';
import type { Allocator, FreeResources } from '../place/allocator.js';
import type { PlacementProblem, PlacementRow } from '../place/problem.js';
import { trustedAllocator } from '../place/trusted-allocators.js';
import { SwitchState } from './switch-state.js';

/** The constraints that a placement satisfies; closed. */
export const CONSTRAINTS = ['sound', 'published'] as const;
export type Constraints = (typeof CONSTRAINTS)[number];

/** An attempt to place a program for a switch, or linked rows, under published constraints. */
export class PublishedConstraintsError extends Error {
  override readonly name = 'PublishedConstraintsError';
}

/**
 * The same allocator under published constraints. Rows must not be linked (no published shape needs
 * constraint 5); an allocator that counts passes does not see recirculations.
 * @throws {PublishedConstraintsError} from `place`, for the books of a switch that runs programs, and for linked rows
 */
export function withPublishedConstraints(allocator: Allocator): Allocator {
  return trustedAllocator({
    ...allocator,
    place(problem, free) {
      if (free instanceof SwitchState) {
        throw new PublishedConstraintsError(
          "constraints: 'published' is for shapes without entries: it lets passes share resources that only one can have",
        );
      }
      if ([...problem.rows, ...problem.tree].some(({ link }) => link >= 0)) {
        throw new PublishedConstraintsError("constraints: 'published' does not take rows that must share an RPB");
      }
      return allocator.place(inOnePass(problem), freeInEveryPass(problem, free));
    },
  });
}

/** The problem with its logical RPBs as RPBs of one pass. */
function inOnePass({ rows, tree, rpbCount, logicalRpbs }: PlacementProblem): PlacementProblem {
  const everywhere = <Row extends PlacementRow>(row: Row): Row => ({
    ...row,
    allowed: Uint8Array.from({ length: logicalRpbs }, (_, x) => must(row.allowed[x % rpbCount], 'RPB of a row')),
  });
  return { rows: rows.map(everywhere), tree: tree.map(everywhere), rpbCount: logicalRpbs, logicalRpbs };
}

function freeInEveryPass({ rpbCount, logicalRpbs }: PlacementProblem, free: FreeResources): FreeResources {
  const byLogicalRpb = (byRpb: ArrayLike<number>): ArrayLike<number> =>
    Int32Array.from({ length: logicalRpbs }, (_, x) => must(byRpb[x % rpbCount], 'RPB'));
  return {
    entries: byLogicalRpb(free.entries),
    totalEntries: byLogicalRpb(free.totalEntries),
    buckets: byLogicalRpb(free.buckets),
    totalBuckets: byLogicalRpb(free.totalBuckets),
    fitsMemory: (x, buckets) => free.fitsMemory(x % rpbCount, buckets),
  };
}
