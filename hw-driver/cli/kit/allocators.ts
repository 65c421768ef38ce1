/** Allocators by the names that the commands take. */
import {
  type Allocator,
  type Constraints,
  DEFAULT_RECIRCULATION_WEIGHT,
  f1,
  f2,
  f3,
  greedyAllocator,
  hierarchical,
  latestInnerRows,
  priceAllocator,
  SolverError,
  withPublishedConstraints,
  z3Allocator,
} from '../../../compiler/index.js';
import { UsageError } from './command-line.js';

export const ALLOCATOR_NAMES = ['price', 'f1', 'f2', 'f3', 'hierarchical', 'z3'] as const;
export type AllocatorName = (typeof ALLOCATOR_NAMES)[number];

/** The options of every command that allocates. */
export const ALLOCATOR_OPTIONS = {
  allocator: { choices: ALLOCATOR_NAMES, describe: 'How RPBs are chosen (price; published constraints: f1)' },
  weights: { type: 'string', describe: 'a,b of a · last RPB - b · first RPB (f1 and z3; 0.7,0.3)', requiresArg: true },
  'recirculation-weight': {
    type: 'string',
    describe: `What a recirculation costs (price): 0 nothing, 1 about four entries, 'never' (${DEFAULT_RECIRCULATION_WEIGHT})`,
    requiresArg: true,
  },
} as const;

export interface AllocatorArguments {
  /** By default price, which needs sound constraints; f1, the paper's choice, under published ones. */
  readonly allocator: AllocatorName | undefined;
  readonly weights: string | undefined;
  readonly recirculationWeight: string | undefined;
}

/**
 * @param constraints under published ones, the greedy breaks ties as the authors' solver nearly does
 * @throws {UsageError} also if the solver is not installed
 */
export function allocatorFrom(args: AllocatorArguments, constraints: Constraints = 'sound'): Allocator {
  const name = args.allocator ?? (constraints === 'sound' ? 'price' : 'f1');
  const allocator = soundAllocator(name, args);
  if (constraints === 'sound') return allocator;
  return withPublishedConstraints(isGreedy(name) ? latestInnerRows(allocator) : allocator);
}

const isGreedy = (name: AllocatorName): boolean => ['f1', 'f2', 'f3', 'hierarchical'].includes(name);

function soundAllocator(name: AllocatorName, { weights, recirculationWeight }: AllocatorArguments): Allocator {
  if (weights !== undefined && name !== 'f1' && name !== 'z3') {
    throw new UsageError(`--weights belongs to f1 and z3, not to ${name}`);
  }
  if (recirculationWeight !== undefined && name !== 'price') {
    throw new UsageError(`--recirculation-weight belongs to price, not to ${name}`);
  }
  switch (name) {
    case 'price':
      return priceAllocator(recirculationWeight === undefined ? {} : parseRecirculationWeight(recirculationWeight));
    case 'f1':
      return greedyAllocator(f1(...parseWeights(weights)));
    case 'f2':
      return greedyAllocator(f2);
    case 'f3':
      return greedyAllocator(f3);
    case 'hierarchical':
      return greedyAllocator(hierarchical);
    case 'z3':
      return z3OrUsageError(weights);
  }
}

function z3OrUsageError(weights: string | undefined): Allocator {
  const objective = f1(...parseWeights(weights));
  try {
    return z3Allocator(objective);
  } catch (error) {
    if (error instanceof SolverError) throw new UsageError(error.message);
    throw error;
  }
}

function parseRecirculationWeight(text: string): { readonly recirculationWeight: number } {
  const weight = text === 'never' ? Number.POSITIVE_INFINITY : text.trim() === '' ? Number.NaN : Number(text);
  if (!(weight >= 0))
    throw new UsageError(`--recirculation-weight takes a number from 0 on, or 'never', not '${text}'`);
  return { recirculationWeight: weight };
}

function parseWeights(text: string | undefined): [number, number] | [] {
  if (text === undefined) return [];
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [last = Number.NaN, first = Number.NaN] = values;
  // With a greater weight on the first RPB the cost would fall as programs move back: no optimum to speak of.
  if (values.length !== 2 || !(last > 0) || !(first >= 0)) {
    throw new UsageError(`--weights takes two numbers a,b with a > 0 and b >= 0, not '${text}'`);
  }
  return [last, first];
}
