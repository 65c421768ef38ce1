/** The options by which commands choose an allocator, and the allocator that they choose. */
import {
  ALLOCATOR_NAMES,
  ALLOCATORS,
  type Allocator,
  type AllocatorKind,
  type AllocatorName,
  type AllocatorSettings,
  type Constraints,
  DEFAULT_ALLOCATORS,
  DEFAULT_RECIRCULATION_WEIGHT,
  namesThatTake,
  withPublishedConstraints,
} from '../../../compiler/index.js';
import { UsageError } from './command-line.js';

/** The options of every command that allocates. */
export const ALLOCATOR_OPTIONS = {
  allocator: {
    choices: ALLOCATOR_NAMES,
    describe: `How RPBs are chosen (${DEFAULT_ALLOCATORS.sound}; published constraints: ${DEFAULT_ALLOCATORS.published})`,
    requiresArg: true,
  },
  weights: {
    type: 'string',
    describe: `a,b of a · last RPB - b · first RPB (${namesThatTake('weights')}; 0.7,0.3)`,
    requiresArg: true,
  },
  'recirculation-weight': {
    type: 'string',
    describe: `What a recirculation costs (${namesThatTake('recirculationWeight')}): 0 nothing, 1 about four entries, 'never' (${DEFAULT_RECIRCULATION_WEIGHT})`,
    requiresArg: true,
  },
} as const;

export interface AllocatorArguments {
  /** By default price, which needs sound constraints; f1, the paper's choice, under published ones. */
  readonly allocator?: AllocatorName | undefined;
  readonly weights?: string | undefined;
  readonly recirculationWeight?: string | undefined;
}

/**
 * @param constraints under published ones, the greedy breaks ties as the authors' solver nearly does
 * @throws {UsageError} {@link SolverError} if a solver is not installed
 */
export function allocatorFrom(args: AllocatorArguments, constraints: Constraints = 'sound'): Allocator {
  const name = args.allocator ?? DEFAULT_ALLOCATORS[constraints];
  const kind: AllocatorKind = ALLOCATORS[name];
  const settings = settingsFrom(args, name, kind);
  if (constraints === 'sound') return kind.make(settings);
  return withPublishedConstraints((kind.makeForShapes ?? kind.make)(settings));
}

/** @throws {UsageError} also for a setting that the allocator does not take */
function settingsFrom(
  { weights, recirculationWeight }: AllocatorArguments,
  name: string,
  { takes }: AllocatorKind,
): AllocatorSettings {
  const require = (setting: keyof AllocatorSettings, option: string): void => {
    if (takes.includes(setting)) return;
    throw new UsageError(`${option} belongs to ${namesThatTake(setting)}, not to ${name}`);
  };
  if (weights !== undefined) require('weights', '--weights');
  if (recirculationWeight !== undefined) require('recirculationWeight', '--recirculation-weight');
  return {
    weights: weights === undefined ? undefined : parseWeights(weights),
    recirculationWeight: recirculationWeight === undefined ? undefined : parseRecirculationWeight(recirculationWeight),
  };
}

function parseRecirculationWeight(text: string): number {
  const weight = text === 'never' ? Number.POSITIVE_INFINITY : text.trim() === '' ? Number.NaN : Number(text);
  if (weight >= 0) return weight;
  throw new UsageError(`--recirculation-weight takes a number from 0 on, or 'never', not '${text}'`);
}

function parseWeights(text: string): [number, number] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [last = Number.NaN, first = Number.NaN] = values;
  // With a greater weight on the first RPB the cost would fall as programs move back: no optimum to speak of.
  if (values.length !== 2 || !(last > 0) || !(first >= 0)) {
    throw new UsageError(`--weights takes two numbers a,b with a > 0 and b >= 0, not '${text}'`);
  }
  return [last, first];
}
