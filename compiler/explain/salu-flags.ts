/**
 * The SALU flags that packets may have at each step: the offset step before an access selects the operation of the pair
 * by it. A forward analysis over branches and rows.
 */
import { must } from '../data-plane/must.js';
import type { RowEntry } from '../rows/rows.js';
import { addressStepOf } from '../steps/steps.js';
import type { BranchItem, BranchItems } from './branch-items.js';
import { DepthValues } from './depth-values.js';

export interface SaluFlags {
  /** The flags that packets of a branch may have at a depth, before its entries; 0 is the first operation. */
  at(branch: number, depth: number): readonly (0 | 1)[];
}

/** Sets of flags as bits. */
const FIRST = 1;
const SECOND = 2;

export function saluFlags(items: BranchItems): SaluFlags {
  const flags = new DepthValues(1);
  flags.set(0, 1, FIRST);
  const { byDepth } = items;
  for (let i = 0; i < byDepth.length; ) {
    const { depth } = must(byDepth[i], `item ${i}`);
    // By branch: its flags behind this depth, where they may be others than before.
    const behind = new Map<number, number>();
    const add = (branch: number, set: number): void => {
      behind.set(branch, (behind.get(branch) ?? 0) | set);
    };
    const first = i;
    for (; byDepth[i]?.depth === depth; i++) addFlags(must(byDepth[i], `item ${i}`), flags, items, add);
    const own = new Set(byDepth.slice(first, i).map(({ branch }) => branch));
    for (const [branch, set] of behind) {
      flags.set(branch, depth + 1, own.has(branch) ? set : set | flags.at(branch, depth));
    }
  }
  return {
    at(branch, depth) {
      const set = flags.at(branch, depth);
      return ([0, 1] as const).filter((flag) => (set & (flag === 0 ? FIRST : SECOND)) !== 0);
    },
  };
}

/** Adds the flags that packets have behind an item: of its branch, and of those that they enter. */
function addFlags(
  { branch, depth, entries }: BranchItem,
  flags: DepthValues,
  items: BranchItems,
  add: (branch: number, set: number) => void,
): void {
  const before = flags.at(branch, depth);
  let mayPass = true;
  add(branch, 0);
  for (const entry of entries) {
    add(entry.does.kind === 'step' ? branch : items.branchWith(entry.does.id), flagsBehind(entry, before));
    if (entry.conditions.every(({ mask }) => mask === 0)) mayPass = false;
  }
  if (mayPass) add(branch, before);
}

function flagsBehind({ does }: RowEntry, before: number): number {
  if (does.kind !== 'step' || addressStepOf(does.step) !== 'offset') return before;
  const flag = does.step.parameters[1];
  if (flag?.kind !== 'constant') return FIRST | SECOND;
  return flag.value === 0 ? FIRST : SECOND;
}
