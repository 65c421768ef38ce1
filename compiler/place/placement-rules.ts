/**
 * The rules that every placement keeps, from the rows and the free resources alone. An allocation is
 * checked against them before it becomes entries, and so are the allocators of users and the forms in the tests.
 */
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { valueText } from '../data-plane/thrown-text.js';
import type { FreeResources, Placement } from './allocator.js';
import type { TreeRow } from './problem.js';

/** Each rule by its name, with what it asks for; closed. */
export const PLACEMENT_RULES = {
  'a-place-each': 'each row has one place',
  'in-range': 'a place is a logical RPB: a whole number from 1 to the RPBs of all passes',
  order: 'a row has a larger logical RPB than the row that it has to be after',
  action: 'a row lies in an RPB that has its actions',
  'shared-rpb': 'rows that are linked share one physical RPB',
  entries: 'rows of all passes share the free table entries of their RPB',
  memory: 'memories of one RPB fit its free ranges together',
} as const;
/** Name of a rule of placement. */
export type PlacementRule = keyof typeof PLACEMENT_RULES;

/** A rule that a placement breaks, and where, as a sentence. */
export interface BrokenRule {
  readonly rule: PlacementRule;
  readonly message: string;
}

export interface PlacedRows {
  /** Each has to be after the row `after`; a placement by depth is that of a chain. */
  readonly tree: readonly TreeRow[];
  readonly rpbCount: number;
  readonly logicalRpbs: number;
}

/**
 * The first rule that a placement of rows breaks; undefined if it keeps all of them.
 */
export function brokenRule(problem: PlacedRows, placement: Placement, free: FreeResources): BrokenRule | undefined {
  const { tree, rpbCount, logicalRpbs } = problem;
  if (placement.length !== tree.length) {
    return broken('a-place-each', `${placement.length} places for ${tree.length} rows`);
  }
  for (let i = 0; i < placement.length; i++) {
    const x: unknown = placement[i];
    if (typeof x === 'number' && Number.isInteger(x) && x >= 1 && x <= logicalRpbs) continue;
    const shown = typeof x === 'number' ? String(x) : `${valueText(x)} (a value of type ${typeof x}, not a number)`;
    return broken('in-range', `row ${i + 1} is placed in logical RPB ${shown}, of 1 to ${logicalRpbs}`);
  }
  const at = (i: number): number => placement[i] as number;
  const rpbOf = (i: number): number => rpbIndexOf(at(i), rpbCount);
  for (const [i, { allowed, link, after }] of tree.entries()) {
    const here = `row ${i + 1} is placed in`;
    if (after >= 0 && at(after) >= at(i)) {
      return broken('order', `${here} logical RPB ${at(i)}, which is not after row ${after + 1} in ${at(after)}`);
    }
    if (allowed[rpbOf(i)] !== 1) return broken('action', `${here} RPB ${rpbOf(i) + 1}, which lacks an action of it`);
    if (link >= 0 && rpbOf(link) !== rpbOf(i)) {
      const linked = `row ${link + 1}, whose RPB it shares, in RPB ${rpbOf(link) + 1}`;
      return broken('shared-rpb', `${here} RPB ${rpbOf(i) + 1}, and ${linked}`);
    }
  }
  return brokenByRoom(problem, rpbOf, free);
}

const broken = (rule: PlacementRule, message: string): BrokenRule => ({ rule, message });

/** Entries and memories of all rows in one RPB, of all passes together. */
function brokenByRoom(
  { tree, rpbCount }: PlacedRows,
  rpbOf: (row: number) => number,
  free: FreeResources,
): BrokenRule | undefined {
  const entries = new Int32Array(rpbCount);
  const blocks: number[][] = Array.from({ length: rpbCount }, () => []);
  for (const [i, row] of tree.entries()) {
    const rpb = rpbOf(i);
    entries[rpb] = (entries[rpb] as number) + row.entries;
    for (const { buckets } of row.memories) blocks[rpb]?.push(buckets);
  }
  for (const [rpb, needed] of entries.entries()) {
    const available = free.entries[rpb] as number;
    if (needed > available) return broken('entries', `RPB ${rpb + 1} has ${available} free entries of ${needed}`);
  }
  for (const [rpb, sizes] of blocks.entries()) {
    if (sizes.length === 0 || free.fitsMemory(rpb, sizes)) continue;
    return broken('memory', `RPB ${rpb + 1} has no room for memories of ${sizes.join(' + ')} buckets together`);
  }
  return undefined;
}
