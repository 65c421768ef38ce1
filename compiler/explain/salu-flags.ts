/**
 * The SALU flags that packets may have at each step: the offset step before an access selects the operation of the pair
 * by it. A forward analysis over branches and rows.
 */
import { must } from '../data-plane/must.js';
import type { ProgramRows, RowEntry } from '../rows/rows.js';
import { addressStepOf } from '../steps/steps.js';
import type { BranchItems } from './branch-items.js';

export interface SaluFlags {
  /** The flags that packets of a branch may have at a depth, before its entries; 0 is the first operation. */
  at(branch: number, depth: number): readonly (0 | 1)[];
}

/** Sets of flags as bits. */
const FIRST = 1;
const SECOND = 2;

export function saluFlags({ depth, branchIds }: ProgramRows, items: BranchItems): SaluFlags {
  const flags = branchIds.map(() => new Uint8Array(depth + 2));
  must(flags[0], 'flags of the first branch')[1] = FIRST;
  for (let at = 1; at <= depth; at++) {
    for (const [branch, sets] of flags.entries()) {
      const before = must(sets[at], `flags at depth ${at}`);
      let mayPass = true;
      for (const entry of items[branch]?.[at]?.entries ?? []) {
        const to = entry.does.kind === 'step' ? sets : flags[branchIds.indexOf(entry.does.id)];
        if (to !== undefined) to[at + 1] = must(to[at + 1], `flags at depth ${at + 1}`) | flagsBehind(entry, before);
        if (entry.conditions.every(({ mask }) => mask === 0)) mayPass = false;
      }
      if (mayPass) sets[at + 1] = must(sets[at + 1], `flags at depth ${at + 1}`) | before;
    }
  }
  return {
    at(branch, at) {
      const set = must(flags[branch]?.[at], `flags at depth ${at} of branch ${branch}`);
      return ([0, 1] as const).filter((flag) => (set & (flag === 0 ? FIRST : SECOND)) !== 0);
    },
  };
}

function flagsBehind({ does }: RowEntry, before: number): number {
  if (does.kind !== 'step' || addressStepOf(does.step) !== 'offset') return before;
  const flag = does.step.parameters[1];
  if (flag?.kind !== 'constant') return FIRST | SECOND;
  return flag.value === 0 ? FIRST : SECOND;
}
