/** What an allocator has to solve: rows of entries, one RPB each, and what each row needs. */

import { stepDepths } from '../align.js';
import { actionName } from '../data-plane/actions.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import type { LinkGroup } from '../memory-links.js';
import type { Memory } from '../program.js';
import type { RowEntry } from '../rows.js';
import type { Step, StepTree } from '../steps.js';

/** The entries of one depth, in whatever branches. */
export interface PlacementRow {
  /** Table entries. */
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

export interface PlacementProblem {
  readonly rows: readonly PlacementRow[];
  readonly rpbCount: number;
  /** The highest logical RPB: RPBs of a pass × passes. */
  readonly logicalRpbs: number;
}

/** The rows of an aligned tree. */
export function placementProblem(
  tree: StepTree,
  rows: readonly (readonly RowEntry[])[],
  groups: readonly LinkGroup[],
  memories: readonly Memory[],
  dataPlane: DataPlane,
  recirculations: number,
): PlacementProblem {
  const links = linkRows(rows.length, groups, stepDepths(tree, new Map()));
  const byName = new Map(memories.map((memory) => [memory.name, memory]));
  return {
    rpbCount: dataPlane.rpbCount,
    logicalRpbs: dataPlane.rpbCount * (recirculations + 1),
    rows: rows.map((entries, i) => ({
      entries: entries.length,
      memories: takeAccessed(entries, byName),
      allowed: allowedRpbs(entries, dataPlane),
      link: links[i] ?? -1,
      isLinked: links.includes(i),
    })),
  };
}

/** The memories that entries access, in their order; they are taken out of the map. */
function takeAccessed(entries: readonly RowEntry[], byName: Map<string, Memory>): readonly Memory[] {
  const accessed = new Set<string>();
  for (const { does } of entries) {
    if (does.kind === 'step' && does.step.effect.kind === 'salu') accessed.add(does.step.memory ?? '');
  }
  const taken: Memory[] = [];
  for (const [name, memory] of accessed.size === 0 ? [] : [...byName]) {
    if (!accessed.has(name)) continue;
    taken.push(memory);
    byName.delete(name);
  }
  return taken;
}

function allowedRpbs(entries: readonly RowEntry[], dataPlane: DataPlane): Uint8Array {
  const names = new Set(
    entries.map(({ does }) => actionName(does.kind === 'step' ? does.step.effect : { kind: 'setBranch' })),
  );
  const allowed = new Uint8Array(dataPlane.rpbCount).fill(1);
  for (const name of names) {
    const holders = dataPlane.rpbsWith(name);
    for (let rpb = 0; rpb < allowed.length; rpb++) if (holders[rpb] === 0) allowed[rpb] = 0;
  }
  return allowed;
}

/** For each row the first row of its group of rows that share an RPB; -1 for rows without group and for first rows. */
function linkRows(count: number, groups: readonly LinkGroup[], depths: ReadonlyMap<Step, number>): number[] {
  const parent = Array.from({ length: count }, (_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  for (const { steps } of groups) {
    const rows = steps.map((step) => (depths.get(step) ?? 1) - 1);
    const first = Math.min(...rows.map(root));
    for (const row of rows) parent[root(row)] = first;
  }
  return parent.map((_, i) => (root(i) === i ? -1 : root(i)));
}
