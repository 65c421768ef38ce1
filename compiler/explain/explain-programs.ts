/** The programs of a text one after another: where they lie and why, or why they do not fit. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Program } from '../language/program.js';
import type { AllocateOptions } from '../link/allocate.js';
import { DoesNotFit } from '../link/does-not-fit.js';
import type { SwitchState } from '../link/switch-state.js';
import { type Analysis, lower } from '../passes/compile.js';
import { explain, type ProgramExplanation } from './explanation.js';
import { explanationText } from './explanation-text.js';
import { DEFAULT_MAX_TRIES, explainMisfit, type Misfit } from './misfit.js';
import { misfitText } from './misfit-text.js';

export type ProgramResult = ({ readonly fits: true } & ProgramExplanation) | ({ readonly fits: false } & Misfit);

/** Fewer than of other allocators: a solver takes seconds for each try. */
const SOLVER_TRIES = 40;

/**
 * For all programs of a text: where thousands do not fit, a search for each of them would take hours. The programs after
 * the limit get the reason alone.
 */
export const MAX_TRIES_OF_TEXT = 1_000;

/** Each for the switch that runs those before it. @param state is given the programs that fit */
export function explainPrograms(
  { programs, sourceHash }: Pick<Analysis, 'programs' | 'sourceHash'>,
  dataPlane: DataPlane,
  state: SwitchState,
  options: AllocateOptions & { readonly recirculations: number },
): ProgramResult[] {
  let triesLeft = MAX_TRIES_OF_TEXT;
  return programs.map((program: Program): ProgramResult => {
    try {
      const lowered = lower(program, dataPlane, options.recirculations);
      const { explanation, compiled } = explain(lowered, state, sourceHash, options);
      state.commit(compiled);
      return { fits: true, ...explanation };
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      const maxTries = Math.min(options.allocator.isSlow ? SOLVER_TRIES : DEFAULT_MAX_TRIES, triesLeft);
      const misfit = explainMisfit(program, dataPlane, state, error.reason, { ...options, maxTries });
      triesLeft -= misfit.tries;
      return { fits: false, ...misfit };
    }
  });
}

/** @param width columns of the lines */
export const explainedText = (
  result: ProgramResult,
  dataPlane: DataPlane,
  recirculations: number,
  width: number,
): string => (result.fits ? explanationText(result, width) : misfitText(result, dataPlane, recirculations, width));
