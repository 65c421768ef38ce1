/**
 * Which registers hold a value that is still needed, step by step: liveness.ts once more, but behind all passes of the
 * compiler, over branches and rows. Backwards; nothing lives beyond the program.
 */
import type { ActionEffect } from '../data-plane/actions.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import type { ProgramRows, RowEntry } from '../rows/rows.js';
import type { ActionStep } from '../steps/steps.js';
import type { BranchItems } from './branch-items.js';
import type { SaluFlags } from './salu-flags.js';

export interface RegisterLiveness {
  /** Registers live before what a branch does at a depth; from 1 to one beyond the greatest. */
  before(branch: number, depth: number): readonly Register[];
  /** Registers live behind one of the entries that do it. */
  after(branch: number, depth: number, entry: RowEntry): readonly Register[];
}

/** Sets of facts as bits: a register is live; what BACKUP saved of it is; it is if the next access of memory writes. */
type Facts = number;
const LIVE: Record<Register, Facts> = { har: 1, sar: 2, mar: 4 };
const SAVED: Record<Register, Facts> = { har: 8, sar: 16, mar: 32 };
const SAR_IF_WRITTEN: Facts = 64;

export function registerLiveness(
  { depth, branchIds }: ProgramRows,
  items: BranchItems,
  flags: SaluFlags,
): RegisterLiveness {
  const live = branchIds.map(() => new Uint8Array(depth + 2));
  const factsBefore = (branch: number, at: number): Facts => live[branch]?.[at] ?? 0;
  const factsAfter = (branch: number, at: number, { does }: RowEntry): Facts =>
    factsBefore(does.kind === 'step' ? branch : branchIds.indexOf(does.id), at + 1);
  for (let at = depth; at >= 1; at--) {
    for (const [branch, facts] of live.entries()) {
      facts[at] = beforeItem(items[branch]?.[at]?.entries ?? [], facts[at + 1] ?? 0, (entry) =>
        factsAfter(branch, at, entry),
      );
    }
  }
  const registersIn = (facts: Facts, branch: number, at: number): Register[] => {
    const writes = (facts & SAR_IF_WRITTEN) !== 0 && flags.at(branch, at).includes(1);
    const live = writes ? facts | LIVE.sar : facts;
    return REGISTERS.filter((register) => (live & LIVE[register]) !== 0);
  };
  return {
    before: (branch, at) => registersIn(factsBefore(branch, at), branch, at),
    after(branch, at, { does }) {
      const next = does.kind === 'step' ? branch : branchIds.indexOf(does.id);
      return registersIn(factsBefore(next, at + 1), next, at + 1);
    },
  };
}

/** @param otherwise what is live where no entry matches */
function beforeItem(entries: readonly RowEntry[], otherwise: Facts, after: (entry: RowEntry) => Facts): Facts {
  let facts: Facts = 0;
  for (const entry of entries) {
    const compared = entry.conditions.filter(({ mask }) => mask !== 0);
    for (const { register } of compared) facts |= LIVE[register];
    facts |= entry.does.kind === 'step' ? beforeStep(entry.does.step, after(entry)) : after(entry);
    // Nothing gets past an entry without conditions.
    if (compared.length === 0) return facts;
  }
  return facts | otherwise;
}

function beforeStep({ effect, parameters }: ActionStep, after: Facts): Facts {
  if (effect.kind === 'offset') {
    const flag = parameters[1];
    const writes = flag?.kind !== 'constant' || flag.value !== 0;
    const sar = (after & SAR_IF_WRITTEN) !== 0 && writes ? LIVE.sar : 0;
    return (after & ~SAR_IF_WRITTEN) | LIVE.mar | sar;
  }
  if (effect.kind === 'backup') {
    const saved = REGISTERS.filter((register) => (after & SAVED[register]) !== 0);
    return saved.reduce((facts, register) => (facts & ~SAVED[register]) | LIVE[register], after);
  }
  const { reads, writes } = factsOf(effect);
  return (after & ~writes) | reads;
}

/** What a step needs and what it sets in full. */
function factsOf(effect: ActionEffect): { readonly reads: Facts; readonly writes: Facts } {
  switch (effect.kind) {
    case 'hash':
      // The hash is 16 bits. Those above them stay in har; in mar the mask that follows a hash clears them.
      return { reads: effect.input === 'har' ? LIVE.har : 0, writes: effect.into === 'mar' ? LIVE.mar : 0 };
    case 'mask':
      return { reads: LIVE.mar, writes: LIVE.mar };
    case 'salu':
      // The address is in no register. A pair reads sar whichever operation it does, but for the one that may write it.
      return { reads: effect.pair === 'read_write' ? SAR_IF_WRITTEN : LIVE.sar, writes: LIVE.sar | SAR_IF_WRITTEN };
    case 'loadImmediate':
    case 'extract':
      return { reads: 0, writes: LIVE[effect.register] };
    case 'alu':
      return { reads: LIVE[effect.destination] | LIVE[effect.source], writes: LIVE[effect.destination] };
    case 'modify':
      return { reads: LIVE[effect.register], writes: 0 };
    case 'recover':
      return { reads: SAVED[effect.register], writes: LIVE[effect.register] };
    case 'setBranch':
    case 'offset':
    case 'backup':
    case 'forward':
    case 'return':
    case 'report':
    case 'drop':
      return { reads: 0, writes: 0 };
  }
}
