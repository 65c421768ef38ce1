/** The registry of allocators by name. */
import { z3Allocator } from '#platform/z3';
import type { Allocator } from './allocator.js';
import { greedyAllocator } from './greedy.js';
import { latestInnerRows } from './latest-inner-rows.js';
import { f1, f2, f3, hierarchical, type PaperObjective } from './objectives.js';
import { priceAllocator } from './price.js';

/** Settings of allocators; each takes some of them. */
export interface AllocatorSettings {
  /** Weights of f1 for the last and for the first logical RPB; by default 0.7 and 0.3. */
  readonly weights?: readonly [last: number, first: number] | undefined;
  /**
   * Cost of a recirculation; 1 is about the price of four entries, infinity lets programs recirculate only if they
   * must.
   */
  readonly recirculationWeight?: number | undefined;
}

/** An allocator of the registry. */
export interface AllocatorKind {
  /** The settings that it takes. */
  readonly takes: readonly (keyof AllocatorSettings)[];
  /** @throws {SolverError} if it needs a package that is not installed */
  readonly make: (settings: AllocatorSettings) => Allocator;
  /**
   * The same for published constraints, with rows between the first and the last as late as possible, as by the
   * authors' solver; absent where the allocator decides this itself.
   */
  readonly makeForShapes?: (settings: AllocatorSettings) => Allocator;
}

/** The objectives of the paper. */
export const OBJECTIVES = {
  f1: ({ weights }: AllocatorSettings = {}): PaperObjective => (weights === undefined ? f1() : f1(...weights)),
  f2: () => f2,
  f3: () => f3,
  hierarchical: () => hierarchical,
} as const;
export type ObjectiveName = keyof typeof OBJECTIVES;

const greedy = (name: ObjectiveName): AllocatorKind => {
  const make = (settings: AllocatorSettings): Allocator => greedyAllocator(OBJECTIVES[name](settings));
  return {
    takes: name === 'f1' ? ['weights'] : [],
    make,
    makeForShapes: (settings) => latestInnerRows(make(settings)),
  };
};

/** All built-in allocators by name. */
export const ALLOCATORS = {
  price: {
    takes: ['recirculationWeight'],
    make: ({ recirculationWeight }) => priceAllocator(recirculationWeight === undefined ? {} : { recirculationWeight }),
  },
  f1: greedy('f1'),
  f2: greedy('f2'),
  f3: greedy('f3'),
  hierarchical: greedy('hierarchical'),
  z3: { takes: ['weights'], make: (settings) => z3Allocator(OBJECTIVES.f1(settings)) },
} as const satisfies Readonly<Record<string, AllocatorKind>>;

/** Name of a built-in allocator. */
export type AllocatorName = keyof typeof ALLOCATORS;
/** Names of the built-in allocators. */
export const ALLOCATOR_NAMES = Object.keys(ALLOCATORS) as AllocatorName[];

/** The default allocators: under sound constraints, and under published ones the paper's choice. */
export const DEFAULT_ALLOCATORS = { sound: 'price', published: 'f1' } as const satisfies Record<string, AllocatorName>;

/** The allocator of this name; undefined if there is none. */
export const allocatorKind = (name: string): AllocatorKind | undefined =>
  ALLOCATOR_NAMES.includes(name as AllocatorName) ? ALLOCATORS[name as AllocatorName] : undefined;

/** The names of the allocators that take a setting: `f1 and z3`. */
export const namesThatTake = (setting: keyof AllocatorSettings): string =>
  ALLOCATOR_NAMES.filter((name) => (ALLOCATORS[name] as AllocatorKind).takes.includes(setting)).join(' and ');
