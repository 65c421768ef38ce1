/** The choice of a mutant: all are priced, infeasible ones are left out. Source: as of active-switch.ts. */
import { must } from '../../../compiler/data-plane/must.js';
import { isElastic } from './active-program.js';
import type { Mutant } from './mutants.js';
import type { StageBooks, StageState } from './stage-books.js';

/**
 * `worst` takes the least price, `best` the greatest, `first` the first feasible mutant, and `realloc` the one that
 * reallocates the fewest programs. The first of equal prices is taken.
 */
export const FITS = ['worst', 'best', 'first', 'realloc'] as const;
export type Fit = (typeof FITS)[number];

/**
 * Holes that admit an inelastic newcomer which would leave elastic programs without a block if it lay behind them: any
 * that is large enough, or, as in the published controller, only one that is larger than the elastic region (`strict`).
 */
export const HOLE_RULES = ['any', 'strict'] as const;
export type HoleRule = (typeof HOLE_RULES)[number];

export interface ChoiceRules {
  readonly fit: Fit;
  readonly holes: HoleRule;
}

/** @param demands of the mutant's stages, in blocks */
export function chooseMutant(
  books: StageBooks,
  mutants: readonly Mutant[],
  demands: readonly number[],
  rules: ChoiceRules,
): Mutant | null {
  let chosen: Mutant | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const mutant of mutants) {
    const price = priceOf(books, mutant, demands, rules);
    if (price === null) continue;
    if (rules.fit === 'first') return mutant;
    const ranked = rules.fit === 'best' ? -price : price;
    if (ranked < least) {
      least = ranked;
      chosen = mutant;
    }
  }
  return chosen;
}

/** Sum over the stages; null if a stage has no room. */
function priceOf(books: StageBooks, { stages }: Mutant, demands: readonly number[], rules: ChoiceRules): number | null {
  let price = 0;
  for (let i = 0; i < stages.length; i++) {
    const state = books.stage(must(stages[i], `stage ${i} of the mutant`));
    const demand = must(demands[i], `demand ${i} of the program`);
    if (!hasRoom(state, books.blocks, demand, rules.holes)) return null;
    price +=
      rules.fit === 'realloc' ? reallocationPrice(state, books.blocks, demand) : fillPrice(state, books.blocks, demand);
  }
  return price;
}

/** Whether a stage has room for a newcomer. */
export function hasRoom(state: StageState, blocks: number, demand: number, holes: HoleRule): boolean {
  const { elastic, offset, leastDemand, largestHole } = state;
  if (leastDemand + demand > blocks) return false;
  const region = blocks - offset;
  if (isElastic(demand)) return elastic + 1 <= region;
  const isExcused = largestHole >= demand && (holes === 'any' || largestHole > region);
  return isExcused || region - demand >= elastic;
}

/** Price of `worst` and `best`: how crowded the stage is. */
export function fillPrice({ elastic, offset, leastDemand }: StageState, blocks: number, demand: number): number {
  return isElastic(demand) ? (elastic * blocks) / (blocks - offset) : leastDemand + demand;
}

/** Price of `realloc`: the programs whose share changes. */
export function reallocationPrice({ elastic, leastDemand }: StageState, blocks: number, demand: number): number {
  if (!isElastic(demand) || elastic === 0) return elastic;
  const shared = blocks - (leastDemand - elastic);
  const sharing = elastic + 1;
  const isLessForAll = Math.floor(shared / sharing) < Math.floor(shared / elastic);
  return isLessForAll ? elastic : elastic - (shared % sharing);
}
