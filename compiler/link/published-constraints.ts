/**
 * `constraints: 'published'`: the paper's constraints 1 to 5 and no more. Steps in different passes do not share the
 * entries and the memory of their RPB, so every logical RPB counts as if it were an RPB of its own with all that is
 * free. A program placed so need not work: this is for reproducing published figures, and never becomes entries.
 */

import { must } from '../data-plane/must.js';
import type { Allocator, FreeResources } from '../place/allocator.js';
import type { PlacementProblem, PlacementRow } from '../place/problem.js';
import { trustedAllocator } from '../place/trusted-allocators.js';
import { SwitchState } from './switch-state.js';

/** Which constraints a placement keeps; closed. */
export const CONSTRAINTS = ['sound', 'published'] as const;
export type Constraints = (typeof CONSTRAINTS)[number];

/** Entries were asked for under published constraints. */
export class PublishedConstraintsError extends Error {
  override readonly name = 'PublishedConstraintsError';
}

/**
 * The same allocator under published constraints. Rows must not be linked (constraint 5 has no case among the published
 * shapes); recirculation is not seen by an allocator that counts passes.
 * @throws {PublishedConstraintsError} from `place`, for the books of a switch that runs programs, and for linked rows
 */
export function withPublishedConstraints(allocator: Allocator): Allocator {
  return trustedAllocator({
    ...allocator,
    place(problem, free) {
      if (free instanceof SwitchState) {
        throw new PublishedConstraintsError(
          "constraints: 'published' lets programs share what only one can have; it is for shapes, and makes no entries",
        );
      }
      if ([...problem.rows, ...problem.tree].some(({ link }) => link >= 0)) {
        throw new PublishedConstraintsError("constraints: 'published' takes no rows that must share an RPB");
      }
      return allocator.place(inOnePass(problem), everyPassAnew(problem, free));
    },
  });
}

/** A problem whose RPBs are the logical ones of the given problem. */
function inOnePass({ rows, tree, rpbCount, logicalRpbs }: PlacementProblem): PlacementProblem {
  const everywhere = <Row extends PlacementRow>(row: Row): Row => ({
    ...row,
    allowed: Uint8Array.from({ length: logicalRpbs }, (_, x) => must(row.allowed[x % rpbCount], 'RPB of a row')),
  });
  return { rows: rows.map(everywhere), tree: tree.map(everywhere), rpbCount: logicalRpbs, logicalRpbs };
}

function everyPassAnew({ rpbCount, logicalRpbs }: PlacementProblem, free: FreeResources): FreeResources {
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
