/** Whether the rows of a program can be placed on an empty switch. */
import type { DataPlane } from '../data-plane/data-plane.js';
import { rpbIndexOf } from '../data-plane/logical-rpb.js';
import { must } from '../data-plane/must.js';
import type { Placeable } from '../link/allocate.js';
import { SwitchState } from '../link/switch-state.js';
import { type CompleteResult, MAX_CHOICES, searchCompletely } from '../place/complete.js';
import type { TreeRow } from '../place/problem.js';

const emptySwitches = new WeakMap<DataPlane, SwitchState>();

function emptySwitch(dataPlane: DataPlane): SwitchState {
  const known = emptySwitches.get(dataPlane);
  if (known !== undefined) return known;
  const empty = new SwitchState(dataPlane);
  emptySwitches.set(dataPlane, empty);
  return empty;
}

const hasBranchIds = ({ dataPlane, rows }: Placeable): boolean =>
  rows.branchIds.length <= 2 ** dataPlane.description.state.branchIdBits;

/**
 * By a complete search.
 * @param tree the rows with their order
 */
export function fitsEmptySwitch(
  lowered: Placeable,
  tree: readonly TreeRow[],
  maxChoices = MAX_CHOICES,
): CompleteResult['kind'] {
  if (!hasBranchIds(lowered)) return 'none';
  const { dataPlane, problem } = lowered;
  const { rpbCount, logicalRpbs } = problem;
  return searchCompletely({ tree, rpbCount, logicalRpbs }, emptySwitch(dataPlane), maxChoices).kind;
}

/** What is placed in an RPB so far. */
interface Taken {
  entries: number;
  /** Buckets of memories. */
  readonly sizes: number[];
}

/**
 * Whether each depth as a whole can go to the first RPB behind that of the depth before that has its actions and room
 * for it. Then the rows can be placed depth by depth, and each row at the place of its depth too. Most programs can;
 * for the others only a search can tell.
 */
export function fitsInOrder(lowered: Placeable): boolean {
  const { dataPlane, rows, problem } = lowered;
  const { tree, rpbCount, logicalRpbs } = problem;
  if (!hasBranchIds(lowered)) return false;
  // Rows that share an RPB at different depths take an RPB in several passes.
  if (tree.some(({ link, depth }) => link >= 0 && tree[link]?.depth !== depth)) return false;
  const empty = emptySwitch(dataPlane);
  const taken = Array.from({ length: rpbCount }, (): Taken => ({ entries: 0, sizes: [] }));
  const byDepth = rowsByDepth(tree, rows.depth);
  let x = 0;
  for (const here of byDepth) {
    do x++;
    while (x <= logicalRpbs && !take(here, rpbIndexOf(x, rpbCount), taken, empty));
    if (x > logicalRpbs) return false;
  }
  return true;
}

function rowsByDepth(tree: readonly TreeRow[], depth: number): readonly (readonly TreeRow[])[] {
  const byDepth = Array.from({ length: depth }, (): TreeRow[] => []);
  for (const row of tree) byDepth[row.depth - 1]?.push(row);
  return byDepth;
}

/** Takes what these rows need of an RPB. @returns false if it has not all of it; then nothing is taken */
function take(here: readonly TreeRow[], rpb: number, taken: readonly Taken[], free: SwitchState): boolean {
  if (here.some(({ allowed }) => allowed[rpb] !== 1)) return false;
  const before = must(taken[rpb], 'RPB');
  const entries = here.reduce((sum, row) => sum + row.entries, before.entries);
  if (entries > must(free.entries[rpb], 'free entries of an RPB')) return false;
  const count = before.sizes.length;
  for (const { memories } of here) for (const { buckets } of memories) before.sizes.push(buckets);
  if (before.sizes.length > count && !free.fitsMemory(rpb, before.sizes)) {
    before.sizes.length = count;
    return false;
  }
  before.entries = entries;
  return true;
}
