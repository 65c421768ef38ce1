/**
 * The units that an allocator places as a whole: for the price allocator each row of a strand, for those of the paper
 * each depth. Reasons are stated for these units.
 */
import { appendTo } from '../data-plane/counting.js';
import { must } from '../data-plane/must.js';
import type { Allocator, FreeResources } from '../place/allocator.js';
import type { PlacementProblem, PlacementRow } from '../place/problem.js';

/** Closed. */
export type UnitKind = 'row' | 'depth';

export interface PlacementUnit extends PlacementRow {
  /** The unit that must be in an earlier logical RPB, with a lower index; -1 for the first. */
  readonly after: number;
  /** Indices of its rows; none for a depth without steps. */
  readonly rows: readonly number[];
}

export const unitKindOf = ({ name }: Allocator): UnitKind => (name === 'price' ? 'row' : 'depth');

export function placementUnits(problem: PlacementProblem, kind: UnitKind): readonly PlacementUnit[] {
  if (kind === 'row') return problem.tree.map((row, i) => ({ ...row, rows: [i] }));
  const atDepth = new Map<number, number[]>();
  for (const [number, { depth }] of problem.tree.entries()) appendTo(atDepth, depth, number);
  return problem.rows.map((row, i) => ({ ...row, after: i - 1, rows: atDepth.get(i + 1) ?? [] }));
}

export const blocksOf = ({ memories }: PlacementRow): number[] => memories.map(({ buckets }) => buckets);

/**
 * The resource that an RPB lacks for a unit, beside other units of the program; undefined if none.
 * @param taken entries of the others in this RPB @param blocks sizes of their blocks of memory there
 */
export function lacksAt(
  unit: PlacementUnit,
  rpb: number,
  free: FreeResources,
  taken = 0,
  blocks: () => readonly number[] = () => [],
): 'action' | 'entries' | 'memory' | undefined {
  if (unit.allowed[rpb] !== 1) return 'action';
  if (unit.entries > must(free.entries[rpb], `free entries of RPB ${rpb + 1}`) - taken) return 'entries';
  if (unit.memories.length === 0) return undefined;
  return free.fitsMemory(rpb, [...blocks(), ...blocksOf(unit)]) ? undefined : 'memory';
}
