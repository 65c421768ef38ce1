/**
 * The programs of ActiveRMT's evaluation. Source: the listings of its public artefact; the final positions of cache and
 * telemetry were not found in it. Lengths of cache and load balancer are about these.
 */
import type { ActiveProgram } from './active-program.js';

const access = (blocks: number) => (position: number) => ({ position, blocks });

/** Reads an object from the cache. */
export const CACHE_READ: ActiveProgram = { length: 10, accesses: [0, 3, 7].map(access(1)), ingressLimit: 7 };

/** The Cheetah load balancer, its part for SYN packets. */
export const CHEETAH: ActiveProgram = { length: 20, accesses: [4, 6, 15, 17].map(access(2)), ingressLimit: 18 };

/** Telemetry of frequent items; accesses 15 and 25 are to one cell. */
export const FREQUENT_ITEMS: ActiveProgram = {
  length: 29,
  accesses: [7, 12, 15, 20, 25, 27].map(access(16)),
  ingressLimit: null,
};

/** What each program of the P4runpro paper's comparison is to ActiveRMT. */
export const ACTIVE_PROGRAMS = { cache: CACHE_READ, lb: CHEETAH, hh: FREQUENT_ITEMS } as const;
export type ActiveProgramKey = keyof typeof ACTIVE_PROGRAMS;

const WORD_BYTES = 4;

/** What the published sources leave open. */
export interface AssumedOfPrograms {
  readonly lengths: Readonly<Record<ActiveProgramKey, number>>;
  /** Least demand of an inelastic access in blocks; a demand of one block would be elastic. */
  readonly leastInelastic: number;
}

export const ASSUMED_OF_PROGRAMS: AssumedOfPrograms = {
  lengths: { cache: CACHE_READ.length, lb: CHEETAH.length, hh: FREQUENT_ITEMS.length },
  leastInelastic: 2,
};

export interface ComparedMemory {
  /** Memory of each access in bytes. */
  readonly memoryBytes: number;
  /** Words of a stage. */
  readonly words: number;
  /** Blocks of a stage. */
  readonly blocks: number;
}

/**
 * A program with the memory of a comparison. Cache stays elastic. How the authors of P4runpro turned bytes into blocks
 * is not published; here they are rounded up.
 */
export function comparedProgram(
  key: ActiveProgramKey,
  { memoryBytes, words, blocks }: ComparedMemory,
  { lengths, leastInelastic }: AssumedOfPrograms = ASSUMED_OF_PROGRAMS,
): ActiveProgram {
  const program = { ...ACTIVE_PROGRAMS[key], length: lengths[key] };
  if (key === 'cache') return program;
  const blockBytes = Math.floor(words / blocks) * WORD_BYTES;
  const demand = Math.max(leastInelastic, Math.ceil(memoryBytes / blockBytes));
  return { ...program, accesses: program.accesses.map(({ position }) => ({ position, blocks: demand })) };
}
