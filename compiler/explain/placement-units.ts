/**
 * What an allocator places as a whole: the price allocator each row of a strand, those of the paper each depth. Reasons
 * are given in these units.
 */
import { must } from '../data-plane/must.js';
import type { Allocator, FreeResources } from '../place/allocator.js';
import type { PlacementProblem, PlacementRow } from '../place/problem.js';

/** closed */
export type UnitKind = 'row' | 'depth';

export interface PlacementUnit extends PlacementRow {
  /** The unit that has to come before, of a lower number; -1 for the first. */
  readonly after: number;
  /** Indices of its rows; of a depth at which nothing happens, none. */
  readonly rows: readonly number[];
}

export const unitKindOf = ({ name }: Allocator): UnitKind => (name === 'price' ? 'row' : 'depth');

export function placementUnits(problem: PlacementProblem, kind: UnitKind): readonly PlacementUnit[] {
  if (kind === 'row') return problem.tree.map((row, i) => ({ ...row, rows: [i] }));
  return problem.rows.map((row, i) => ({
    ...row,
    after: i - 1,
    rows: problem.tree.flatMap(({ depth }, number) => (depth === i + 1 ? [number] : [])),
  }));
}

export const blocksOf = ({ memories }: PlacementRow): number[] => memories.map(({ buckets }) => buckets);

/** What an RPB lacks of what a unit needs, with what other units of the program take there. */
export function lacksAt(
  unit: PlacementUnit,
  rpb: number,
  free: FreeResources,
  others: readonly PlacementUnit[] = [],
): 'action' | 'entries' | 'memory' | undefined {
  if (unit.allowed[rpb] !== 1) return 'action';
  const taken = others.reduce((sum, { entries }) => sum + entries, 0);
  if (unit.entries > must(free.entries[rpb], `free entries of RPB ${rpb + 1}`) - taken) return 'entries';
  if (unit.memories.length === 0) return undefined;
  return free.fitsMemory(rpb, [...others.flatMap(blocksOf), ...blocksOf(unit)]) ? undefined : 'memory';
}
