/** What an allocator has to solve: rows of steps, one RPB each, and what each row needs. */

import { stepDepths } from '../align.js';
import { actionName } from '../data-plane/actions.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import type { LinkGroup } from '../memory-links.js';
import type { Memory } from '../program.js';
import type { BranchStep, Step, StepTree } from '../steps.js';

/** The steps of one depth, in whatever branches. */
export interface PlacementRow {
  readonly steps: readonly (Step & { kind: 'action' })[];
  readonly branches: readonly BranchStep[];
  /** Table entries: one per action, one per case. */
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
  groups: readonly LinkGroup[],
  memories: readonly Memory[],
  dataPlane: DataPlane,
  recirculations: number,
): PlacementProblem {
  const depths = stepDepths(tree, new Map());
  const rows = collectRows(tree);
  const links = linkRows(rows.length, groups, depths);
  const placed = new Set<string>();
  return {
    rpbCount: dataPlane.rpbCount,
    logicalRpbs: dataPlane.rpbCount * (recirculations + 1),
    rows: rows.map(({ steps, branches }, i) => {
      const first = memories.filter(
        ({ name }) =>
          !placed.has(name) && steps.some(({ memory, effect }) => memory === name && effect.kind === 'salu'),
      );
      for (const { name } of first) placed.add(name);
      return {
        steps,
        branches,
        entries: steps.length + branches.reduce((sum, { cases }) => sum + cases.length, 0),
        memories: first,
        allowed: allowedRpbs(steps, branches.length > 0, dataPlane),
        link: links[i] ?? -1,
        isLinked: links.includes(i),
      };
    }),
  };
}

interface RawRow {
  readonly steps: (Step & { kind: 'action' })[];
  readonly branches: BranchStep[];
}

function collectRows(tree: StepTree): RawRow[] {
  const rows: RawRow[] = [];
  const row = (depth: number): RawRow => {
    while (rows.length < depth) rows.push({ steps: [], branches: [] });
    return rows[depth - 1] ?? { steps: [], branches: [] };
  };
  const visit = ({ steps, branch }: StepTree, start: number): void => {
    let depth = start;
    for (const step of steps) {
      const { steps: list } = row(depth++);
      if (step.kind === 'action') list.push(step);
    }
    if (branch === undefined) return;
    row(depth).branches.push(branch);
    for (const { body } of branch.cases) visit(body, depth + 1);
    visit(branch.otherwise, depth + 1);
  };
  visit(tree, 1);
  return rows;
}

function allowedRpbs(
  steps: readonly (Step & { kind: 'action' })[],
  branches: boolean,
  dataPlane: DataPlane,
): Uint8Array {
  const names = new Set(steps.map(({ effect }) => actionName(effect)));
  if (branches) names.add(actionName({ kind: 'setBranch' }));
  return Uint8Array.from(dataPlane.rpbs, ({ actions }) => ([...names].every((name) => actions.has(name)) ? 1 : 0));
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
