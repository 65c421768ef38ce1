/**
 * The live registers of each step: as in steps/liveness.ts, but after all passes of the
 * compiler, over branches and rows. A backward analysis; no register is live at the end of the program.
 */
import { REGISTERS, type Register } from '../data-plane/description.js';
import type { Place } from '../data-plane/instructions/instruction.js';
import type { RowEntry } from '../rows/rows.js';
import type { ActionStep } from '../steps/steps.js';
import type { BranchItems } from './branch-items.js';
import { DepthValues } from './depth-values.js';
import type { SaluFlags } from './salu-flags.js';

export interface RegisterLiveness {
  /** Registers live before the entries of a branch at a depth, from 1 to the greatest depth + 1. */
  before(branch: number, depth: number): readonly Register[];
  /** Registers live after one of these entries. */
  after(branch: number, depth: number, entry: RowEntry): readonly Register[];
}

/** Sets of facts as bits: a register is live; its saved copy is live; sar is live if the next memory access writes. */
type Facts = number;
const FACT: Readonly<Record<Place, Facts>> = {
  har: 1,
  sar: 2,
  mar: 4,
  'saved har': 8,
  'saved sar': 16,
  'saved mar': 32,
};
const SAR_IF_WRITTEN: Facts = 64;

export function registerLiveness(items: BranchItems, flags: SaluFlags): RegisterLiveness {
  const live = new DepthValues(-1);
  const branchBehind = (branch: number, { does }: RowEntry): number =>
    does.kind === 'step' ? branch : items.branchWith(does.id);
  for (const { branch, depth, entries } of items.byDepth.toReversed()) {
    const facts = beforeItem(entries, live.at(branch, depth + 1), (entry) =>
      live.at(branchBehind(branch, entry), depth + 1),
    );
    live.set(branch, depth, facts);
  }
  const registersIn = (facts: Facts, branch: number, at: number): Register[] => {
    const writes = (facts & SAR_IF_WRITTEN) !== 0 && flags.at(branch, at).includes(1);
    const all = writes ? facts | FACT.sar : facts;
    return REGISTERS.filter((register) => (all & FACT[register]) !== 0);
  };
  return {
    before: (branch, at) => registersIn(live.at(branch, at), branch, at),
    after(branch, at, entry) {
      const next = branchBehind(branch, entry);
      return registersIn(live.at(next, at + 1), next, at + 1);
    },
  };
}

/** @param otherwise the facts where no entry matches */
function beforeItem(entries: readonly RowEntry[], otherwise: Facts, after: (entry: RowEntry) => Facts): Facts {
  let facts: Facts = 0;
  for (const entry of entries) {
    const compared = entry.conditions.filter(({ mask }) => mask !== 0);
    for (const { register } of compared) facts |= FACT[register];
    facts |= entry.does.kind === 'step' ? beforeStep(entry.does.step, after(entry)) : after(entry);
    // No packet passes an entry without conditions.
    if (compared.length === 0) return facts;
  }
  return facts | otherwise;
}

function beforeStep({ instruction, parameters }: ActionStep, after: Facts): Facts {
  const { reads, writes, discards, copies, address, secondStores } = instruction.effects;
  let facts = after & ~factsOf([...writes, ...discards]);
  for (const [from, to] of copies) {
    facts &= ~FACT[to];
    if ((after & FACT[to]) !== 0) facts |= FACT[from];
  }
  facts |= factsOf(reads);
  if (address === 'access') return secondStores ? facts | SAR_IF_WRITTEN : facts & ~SAR_IF_WRITTEN;
  if (address !== 'offset') return facts;
  const flag = parameters[1];
  const stores = (after & SAR_IF_WRITTEN) !== 0 && (flag?.kind !== 'constant' || flag.value !== 0);
  return (facts & ~SAR_IF_WRITTEN) | (stores ? FACT.sar : 0);
}

const factsOf = (places: readonly Place[]): Facts => places.reduce((facts, place) => facts | FACT[place], 0);
