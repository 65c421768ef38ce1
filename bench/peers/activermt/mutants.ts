/**
 * Mutants of a program: variants with NOPs before instructions, so that accesses fall on other stages. Source: as of
 * active-switch.ts.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { type ActiveProgram, checkActiveProgram, ownAccesses } from './active-program.js';
import { INGRESS_STAGES, passEnd, RECIRCULATION, stageOf } from './active-switch.js';

/**
 * `mc` is most constrained: no more passes than the program takes as it is, and instructions of ingress stay there. `lc`
 * is least constrained: one more recirculation, and no instruction is bound to ingress.
 */
export const MUTATIONS = ['mc', 'lc'] as const;
export type Mutation = (typeof MUTATIONS)[number];

export interface Mutant {
  /** Position of each access. */
  readonly positions: readonly number[];
  /** Stages of the accesses that need memory of their own, as of {@link ownAccesses}: all different. */
  readonly stages: readonly number[];
}

export interface Mutants {
  /** Number of vectors of positions before those are dropped that change which accesses share a stage. */
  readonly vectors: number;
  /** In lexicographic order of positions. */
  readonly mutants: readonly Mutant[];
}

/** @throws Error if the program is malformed */
export function enumerateMutants(program: ActiveProgram, mutation: Mutation): Mutants {
  checkActiveProgram(program);
  const starts = program.accesses.map(({ position }) => position);
  const limits = upperBounds(program, mutation);
  const own = ownAccesses(program);
  const stagesBefore = starts.map(stageOf);
  const mutants: Mutant[] = [];
  let vectors = 0;
  const positions: number[] = [];
  const visit = (k: number): void => {
    const start = starts[k];
    if (start === undefined) {
      vectors++;
      const stages = positions.map(stageOf);
      if (sharesAlike(stages, stagesBefore)) {
        const ownStages = own.map((i) => must(stages[i], `stage of access ${i}`));
        mutants.push({ positions: [...positions], stages: ownStages });
      }
      return;
    }
    const limit = must(limits[k], `upper bound of access ${k}`);
    for (let position = start + shiftBefore(starts, positions, k); position <= limit; position++) {
      positions[k] = position;
      visit(k + 1);
    }
    positions.length = k;
  };
  visit(0);
  return { vectors, mutants };
}

/** NOPs before the access before this one: gaps between accesses never shrink. */
function shiftBefore(starts: readonly number[], positions: readonly number[], k: number): number {
  if (k === 0) return 0;
  return must(positions[k - 1], `position of access ${k - 1}`) - must(starts[k - 1], `access ${k - 1}`);
}

/** Greatest position of each access, inclusive. The program without NOPs is always among its mutants. */
function upperBounds({ length, accesses, ingressLimit }: ActiveProgram, mutation: Mutation): number[] {
  const end = passEnd(length) + (mutation === 'lc' ? RECIRCULATION : 0);
  const isBound = mutation === 'mc' && ingressLimit !== null && ingressLimit < INGRESS_STAGES;
  return accesses.map(({ position }) => {
    const nops = isBound && position < ingressLimit ? INGRESS_STAGES - ingressLimit - 1 : end - length - 1;
    return position + Math.max(0, nops);
  });
}

/** Whether accesses share a stage exactly if they did before. */
function sharesAlike(stages: readonly number[], before: readonly number[]): boolean {
  return stages.every((stage, i) =>
    stages.every((other, j) => j >= i || (stage === other) === (before[i] === before[j])),
  );
}

/** Gives the mutants of a program; a parameter of the allocator, so that callers can time or keep the enumeration. */
export type MutantSource = (program: ActiveProgram) => readonly Mutant[];

/** Enumerates on each arrival, as the published controller does. */
export const enumeratingSource =
  (mutation: Mutation): MutantSource =>
  (program) =>
    enumerateMutants(program, mutation).mutants;

/** Enumerates once for equal programs. */
export function rememberingSource(source: MutantSource): MutantSource {
  const known = new Map<string, readonly Mutant[]>();
  return (program) => {
    const key = JSON.stringify(program);
    const mutants = known.get(key) ?? source(program);
    known.set(key, mutants);
    return mutants;
  };
}
