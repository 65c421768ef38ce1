/** The problem for an allocator: rows of entries, each to be placed in one RPB, with their needs. */

import type { DataPlane } from '../data-plane/data-plane.js';
import type { Instruction } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import type { Memory } from '../language/program.js';
import type { Branches, StepPlace } from '../rows/branches.js';
import type { ProgramRows, RowEntry } from '../rows/rows.js';
import { entryInstruction } from '../rows/rows.js';
import type { LinkGroup } from '../steps/memory-links.js';
import { isMemoryAccess, type Step } from '../steps/steps.js';

/** Entries that are placed in one RPB. */
export interface PlacementRow {
  /** Number of table entries. */
  readonly entries: number;
  /** Memories first accessed here. */
  readonly memories: readonly Memory[];
  /** By RPB index: 1 where every action of the row exists. */
  readonly allowed: Uint8Array;
  /** The first row that must share this row's physical RPB, or -1. */
  readonly link: number;
  /** Whether a later row links here. */
  readonly isLinked: boolean;
}

/** A row of a strand, which can be placed separately. */
export interface TreeRow extends PlacementRow {
  readonly depth: number;
  /** The row after which it has to be, with a lower index; -1 for the first. */
  readonly after: number;
}

/** Rows to place, and the number of RPBs. */
export interface PlacementProblem {
  /** By depth - 1, for the paper's allocators, which place each depth as a whole, in sequence. Built at first use. */
  readonly rows: readonly PlacementRow[];
  /** The same entries, strand by strand. */
  readonly tree: readonly TreeRow[];
  readonly rpbCount: number;
  /** The number of logical RPBs: RPBs of a pass × passes. */
  readonly logicalRpbs: number;
}

export function placementProblem(
  { rows, depth, rowOf }: ProgramRows,
  { places }: Branches,
  groups: readonly LinkGroup[],
  memories: readonly Memory[],
  dataPlane: DataPlane,
  recirculations: number,
): PlacementProblem {
  const build = (entries: readonly (readonly RowEntry[])[], rowAt: (place: StepPlace) => number): PlacementRow[] => {
    const links = linkRows(
      entries.length,
      groups.map(({ steps }) => rowsOfSteps(steps, places, rowAt)),
    );
    const isLinked = new Set(links);
    const waiting = new Map(memories.map((memory, number) => [memory.name, { memory, number }]));
    return entries.map((here, i) => ({
      entries: here.length,
      memories: takeAccessed(here, waiting),
      allowed: allowedRpbs(here, dataPlane),
      link: links[i] ?? -1,
      isLinked: isLinked.has(i),
    }));
  };
  const byDepth = (): RowEntry[][] => {
    const depths = Array.from({ length: depth }, (): RowEntry[] => []);
    for (const row of rows) depths[row.depth - 1]?.push(...row.entries);
    return depths;
  };
  let byDepthBuilt: readonly PlacementRow[] | undefined;
  const tree = build(
    rows.map(({ entries }) => entries),
    ({ branch, depth: at }) => rowOf(branch, at),
  );
  return {
    rpbCount: dataPlane.rpbCount,
    logicalRpbs: dataPlane.rpbCount * (recirculations + 1),
    get rows() {
      byDepthBuilt ??= build(byDepth(), ({ depth: at }) => at - 1);
      return byDepthBuilt;
    },
    tree: tree.map(({ entries, memories: first, allowed, link, isLinked }, i) => {
      const { depth: at, after } = must(rows[i], 'row of a program');
      return { entries, memories: first, allowed, link, isLinked, depth: at, after };
    }),
  };
}

function rowsOfSteps(
  steps: readonly Step[],
  places: Branches['places'],
  rowAt: (place: StepPlace) => number,
): readonly number[] {
  const found: number[] = [];
  for (const step of steps) for (const place of places.get(step) ?? []) found.push(rowAt(place));
  return found;
}

/** A memory with its place in the order of the program's memories. */
interface NumberedMemory {
  readonly memory: Memory;
  readonly number: number;
}

/** The memories that entries access, in the order of the program, removed from the map. */
function takeAccessed(entries: readonly RowEntry[], waiting: Map<string, NumberedMemory>): readonly Memory[] {
  if (waiting.size === 0) return NO_MEMORIES;
  const taken: NumberedMemory[] = [];
  for (const { does } of entries) {
    if (does.kind !== 'step' || !isMemoryAccess(does.step)) continue;
    const name = must(does.step.memory, 'memory of an access');
    const memory = waiting.get(name);
    if (memory === undefined) continue;
    taken.push(memory);
    waiting.delete(name);
  }
  if (taken.length === 0) return NO_MEMORIES;
  return taken.sort((a, b) => a.number - b.number).map(({ memory }) => memory);
}

const NO_MEMORIES: readonly Memory[] = [];

function allowedRpbs(entries: readonly RowEntry[], dataPlane: DataPlane): Uint8Array {
  const allowed = new Uint8Array(dataPlane.rpbCount).fill(1);
  const seen = new Set<Instruction>();
  for (const entry of entries) {
    const instruction = entryInstruction(entry);
    if (seen.has(instruction)) continue;
    seen.add(instruction);
    const holders = dataPlane.rpbsWith(instruction.name);
    for (let rpb = 0; rpb < allowed.length; rpb++) if (holders[rpb] === 0) allowed[rpb] = 0;
  }
  return allowed;
}

/**
 * For each row, the first row of its group of rows that share an RPB; -1 for rows without a group and for first rows.
 * @param groups rows that share an RPB
 */
function linkRows(count: number, groups: readonly (readonly number[])[]): number[] {
  if (groups.length === 0) return new Array<number>(count).fill(-1);
  const parent = Array.from({ length: count }, (_, i) => i);
  const root = (i: number): number => {
    let at = i;
    for (let above = must(parent[at], 'row'); above !== at; above = must(parent[at], 'row')) {
      // Halves the way for those that ask next.
      parent[at] = must(parent[above], 'row');
      at = above;
    }
    return at;
  };
  for (const rows of groups) {
    const first = Math.min(...rows.map(root));
    for (const row of rows) parent[root(row)] = first;
  }
  return parent.map((_, i) => (root(i) === i ? -1 : root(i)));
}
