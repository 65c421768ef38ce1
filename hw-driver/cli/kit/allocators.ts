/** The command-line options that select an allocator, and the allocator that they select. */
import { basename } from 'node:path';
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
import { allocatorOfModule, guardedAllocator } from './allocator-modules.js';
import { UsageError } from './command-line.js';
import { DEFAULT_ANSWER_SECONDS, isModulePath, MODULE_PATHS } from './user-modules.js';

/** What can be named as an allocator, in words. */
export const ALLOCATOR_CHOICES = `${ALLOCATOR_NAMES.join(', ')}, or ${MODULE_PATHS}`;

/** The settings of an allocator. */
export const ALLOCATOR_SETTINGS = {
  'allocator-limit': {
    type: 'string',
    describe: `Maximum time of a module for one placement, in seconds, or none`,
    defaultDescription: String(DEFAULT_ANSWER_SECONDS),
  },
  weights: {
    type: 'string',
    describe: `Weights a,b of the cost a · last RPB - b · first RPB (for ${namesThatTake('weights')})`,
    defaultDescription: '0.7,0.3',
  },
  'recirculation-weight': {
    type: 'string',
    describe: `Cost of a recirculation: a number, where 1 is about the price of four entries, or 'never' (for ${namesThatTake('recirculationWeight')})`,
    defaultDescription: String(DEFAULT_RECIRCULATION_WEIGHT),
  },
} as const;

/** The options of every command that allocates. */
export const ALLOCATOR_OPTIONS = {
  allocator: {
    type: 'string',
    describe: `Allocator, which chooses an RPB for each row: ${ALLOCATOR_CHOICES}`,
    defaultDescription: `${DEFAULT_ALLOCATORS.sound}; ${DEFAULT_ALLOCATORS.published} with published constraints`,
  },
  ...ALLOCATOR_SETTINGS,
} as const;

export interface AllocatorArguments {
  /** By default price, which needs sound constraints; f1, the paper's choice, under published ones. */
  readonly allocator?: string | undefined;
  /** Seconds. */
  readonly allocatorLimit?: string | undefined;
  readonly weights?: string | undefined;
  readonly recirculationWeight?: string | undefined;
}

/**
 * The allocator of a name or of a module; a built-in name goes before a file of that name.
 * @throws {UsageError} {@link SolverError} if a solver is not installed
 */
export async function allocatorFrom(args: AllocatorArguments, constraints: Constraints = 'sound'): Promise<Allocator> {
  const name = args.allocator ?? DEFAULT_ALLOCATORS[constraints];
  const known = ALLOCATOR_NAMES.find((each) => each === name);
  if (known !== undefined) return builtInAllocator(known, args, constraints);
  const allocator = guardedAllocator(await ownAllocator(name, args), name, limitFrom(args.allocatorLimit));
  return constraints === 'sound' ? allocator : withPublishedConstraints(allocator);
}

/** The allocator of a name or of a module, without a guard: for who guards it in his own way. @throws {UsageError} */
export async function unguardedAllocatorFrom(name: string, args: AllocatorArguments): Promise<Allocator> {
  const known = ALLOCATOR_NAMES.find((each) => each === name);
  return known === undefined ? ownAllocator(name, args) : builtInAllocator(known, args);
}

/**
 * @param constraints under published ones, greedy allocators break ties nearly as the authors' solver does
 * @throws {UsageError} {@link SolverError} if a solver is not installed
 */
export function builtInAllocator(
  name: AllocatorName,
  args: Omit<AllocatorArguments, 'allocator'> = {},
  constraints: Constraints = 'sound',
): Allocator {
  const kind: AllocatorKind = ALLOCATORS[name];
  if (args.allocatorLimit !== undefined) {
    throw new UsageError(`--allocator-limit belongs to ${MODULE_PATHS}, not to ${name}`);
  }
  const settings = settingsFrom(args, name, kind);
  if (constraints === 'sound') return kind.make(settings);
  return withPublishedConstraints((kind.makeForShapes ?? kind.make)(settings));
}

/** What tables call an allocator that was named so: a module by its file name. */
export const allocatorLabel = (name: string): string => (isModulePath(name) ? basename(name) : name);

async function ownAllocator(path: string, args: AllocatorArguments): Promise<Allocator> {
  if (!isModulePath(path)) throw new UsageError(`there is no allocator '${path}': it is one of ${ALLOCATOR_CHOICES}`);
  return allocatorOfModule(path, settingsOf(args), limitFrom(args.allocatorLimit));
}

const MAX_ANSWER_SECONDS = 3600;

/** Seconds that `--allocator-limit` gives. @throws {UsageError} */
export function limitFrom(text: string | undefined): number {
  if (text === undefined) return DEFAULT_ANSWER_SECONDS;
  if (text === 'none') return Number.POSITIVE_INFINITY;
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (seconds > 0 && seconds <= MAX_ANSWER_SECONDS) return seconds;
  throw new UsageError(
    `--allocator-limit takes seconds above 0, at most ${MAX_ANSWER_SECONDS}, or none, not '${text}'`,
  );
}

/** @throws {UsageError} also for a setting that the allocator does not take */
function settingsFrom(args: AllocatorArguments, name: string, { takes }: AllocatorKind): AllocatorSettings {
  const require = (setting: keyof AllocatorSettings, option: string): void => {
    if (takes.includes(setting)) return;
    throw new UsageError(`allocator ${name} does not take ${option}: it is an option of ${namesThatTake(setting)}`);
  };
  if (args.weights !== undefined) require('weights', '--weights');
  if (args.recirculationWeight !== undefined) require('recirculationWeight', '--recirculation-weight');
  return settingsOf(args);
}

const settingsOf = ({ weights, recirculationWeight }: AllocatorArguments): AllocatorSettings => ({
  weights: weights === undefined ? undefined : parseWeights(weights),
  recirculationWeight: recirculationWeight === undefined ? undefined : parseRecirculationWeight(recirculationWeight),
});

function parseRecirculationWeight(text: string): number {
  const weight = text === 'never' ? Number.POSITIVE_INFINITY : text.trim() === '' ? Number.NaN : Number(text);
  if (weight >= 0) return weight;
  throw new UsageError(`--recirculation-weight takes a number of at least 0 or 'never', not '${text}'`);
}

function parseWeights(text: string): [number, number] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [last = Number.NaN, first = Number.NaN] = values;
  // With a negative weight the cost would fall without bound as programs move to later RPBs.
  if (values.length !== 2 || !(last > 0) || !(first >= 0)) {
    throw new UsageError(`--weights takes two numbers a,b with a > 0 and b >= 0, not '${text}'`);
  }
  return [last, first];
}
