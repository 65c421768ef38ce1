/** The explanation of why a program does not fit a switch, whether it fits an empty one, and what would make it fit. */

import type { DataPlane } from '../data-plane/data-plane.js';
import { maxRecirculations } from '../data-plane/state-fields.js';
import type { Program } from '../language/program.js';
import { type AllocateOptions, allocate } from '../link/allocate.js';
import { DoesNotFit, type DoesNotFitReason } from '../link/does-not-fit.js';
import { SwitchState } from '../link/switch-state.js';
import { type LoweredProgram, lower } from '../passes/compile.js';
import { isProvenUnplaceable } from '../passes/lowerings.js';
import { type MissingResource, missingResource } from './missing-resource.js';
import { missingText } from './missing-text.js';
import { unitKindOf } from './placement-units.js';
import { type Proposal, ProposalSearch } from './proposals.js';

export interface Misfit {
  readonly program: string;
  readonly missing: MissingResource;
  readonly why: string;
  readonly emptySwitch: EmptySwitch;
  /** Changes with which the program fits; each was tried. */
  readonly proposals: readonly Proposal[];
  readonly tries: number;
  /** Whether the search ended at `maxTries`. */
  readonly isCutShort: boolean;
}

/** Whether the program fits an empty switch, with the same allocator. */
export type EmptySwitch =
  | { readonly fits: true }
  | {
      readonly fits: false;
      readonly why: string;
      /** Whether it fits with more recirculations than were allowed. */
      readonly fitsWithMore: boolean;
      /** Whether a complete search has shown that no allocator could place it; otherwise this one found no place. */
      readonly isProven: boolean;
    };

export interface MisfitOptions extends AllocateOptions {
  readonly recirculations: number;
  /** Maximum number of placements to try. */
  readonly maxTries?: number;
}

export const DEFAULT_MAX_TRIES = 200;

/**
 * @param program one that {@link allocate} refuses in this state, which is not changed
 * @param reason why it was refused
 */
export function explainMisfit(
  program: Program,
  dataPlane: DataPlane,
  state: SwitchState,
  reason: DoesNotFitReason,
  options: MisfitOptions,
): Misfit {
  const lowered = lower(program, dataPlane, options.recirculations);
  const missing = missingIn(lowered, state, reason, options);
  const emptySwitch = onEmptySwitch(program, dataPlane, options);
  const search = new ProposalSearch(program, state, reason, options, options.maxTries ?? DEFAULT_MAX_TRIES);
  const proposals = search.all(emptySwitch.fits);
  const why = missingText(missing, lowered);
  const { tries, isCutShort } = search;
  return { program: program.name, missing, why, emptySwitch, proposals, tries, isCutShort };
}

/** Tries an empty switch with the allowed number of recirculations, then with the maximum of the data plane. */
export function onEmptySwitch(program: Program, dataPlane: DataPlane, options: MisfitOptions): EmptySwitch {
  const empty = new SwitchState(dataPlane);
  const most = maxRecirculations(dataPlane);
  const tried = [options.recirculations, most].map((recirculations) => {
    const lowered = lower(program, dataPlane, recirculations);
    return { lowered, refused: refusalOf(lowered, empty, options) };
  });
  const [allowed, withMore] = tried;
  if (allowed?.refused === undefined) return { fits: true };
  const missing = missingIn(allowed.lowered, empty, allowed.refused, options);
  const why = missingText(missing, allowed.lowered);
  if (withMore?.refused === undefined) {
    return {
      fits: false,
      why,
      fitsWithMore: true,
      isProven: isProvenUnplaceable(program, dataPlane, options.recirculations),
    };
  }
  const last = missingIn(withMore.lowered, empty, withMore.refused, options);
  // The same kind of reason is stated for the allowed passes, another kind for the maximum of passes.
  const isSame = last.kind === missing.kind;
  return {
    fits: false,
    why: isSame ? why : missingText(last, withMore.lowered),
    fitsWithMore: false,
    isProven: last.kind === 'other' || isProvenUnplaceable(program, dataPlane, most),
  };
}

const missingIn = (
  { problem }: LoweredProgram,
  state: SwitchState,
  reason: DoesNotFitReason,
  { allocator }: AllocateOptions,
): MissingResource => missingResource(problem, state, unitKindOf(allocator), reason);

/** Why a program does not fit, or undefined if it does. */
export function refusalOf(
  lowered: LoweredProgram,
  state: SwitchState,
  options: AllocateOptions,
): DoesNotFitReason | undefined {
  try {
    allocate(lowered, state, options);
    return undefined;
  } catch (error) {
    if (error instanceof DoesNotFit) return error.reason;
    throw error;
  }
}
