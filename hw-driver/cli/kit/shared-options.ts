/** Options that several commands share, and their values. */
import {
  type AllocateOptions,
  chainOf,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  maxRecirculations,
  maxSwitches,
} from '../../../compiler/index.js';
import { ALLOCATOR_OPTIONS, type AllocatorArguments, allocatorFrom } from './allocators.js';
import { UsageError } from './command-line.js';
import { wholeNumber } from './inputs.js';

/** A positional that takes one or more words. */
export const REQUIRED_WORDS = {
  type: 'string',
  array: true,
  demandOption: true,
  // yargs would show an empty list as the default of a list that is required.
  default: undefined,
} as const;

export const JSON_OPTION = {
  json: { type: 'boolean', default: false, describe: 'Print the result as one JSON document' },
} as const;

export const DATA_PLANE_OPTION = {
  dataplane: {
    type: 'string',
    default: 'default',
    describe: 'Name of a data plane, or a JSON file with its description',
  },
} as const;

/** The compiled programs on the switch for which a command compiles. */
export const STATE_OPTION = {
  state: {
    type: 'string',
    array: true,
    default: [] as string[],
    defaultDescription: 'none',
    describe: 'Compiled programs that already run on the switch (JSON files)',
  },
} as const;

export const RECIRCULATIONS_OPTION = {
  recirculations: {
    alias: 'R',
    type: 'string',
    defaultDescription: String(DEFAULT_RECIRCULATIONS),
    describe: 'Maximum recirculations of a program',
  },
} as const;

/** The options of every command that links programs into a switch. */
export const LINK_OPTIONS = {
  ...ALLOCATOR_OPTIONS,
  ...RECIRCULATIONS_OPTION,
  priority: {
    type: 'string',
    default: '0',
    describe: 'Priority of the filters; where filters of one table overlap, the lower priority wins',
  },
} as const;

export interface LinkArguments extends AllocatorArguments {
  readonly recirculations?: string | undefined;
  readonly priority: string;
}

const MAX_PRIORITY = 2 ** 24 - 1;

/**
 * @param text of {@link RECIRCULATIONS_OPTION}, if it was given
 * @throws {UsageError}
 */
export function recirculationsFrom(text: string | undefined, dataPlane: DataPlane): number {
  const most = maxRecirculations(dataPlane);
  if (text === undefined) return Math.min(DEFAULT_RECIRCULATIONS, most);
  if (dataPlane.switches > 1) {
    throw new UsageError(
      '--recirculations and --switches exclude each other: packets pass each switch of a chain once',
    );
  }
  return wholeNumber('--recirculations', text, 0, most);
}

/** Switches in a row in place of one. */
export const SWITCHES_OPTION = {
  switches: {
    type: 'string',
    default: '1',
    describe: 'Number of switches in a row over which a program is placed, in place of recirculations',
  },
} as const;

/** The chain of {@link SWITCHES_OPTION}; for one switch the data plane itself. @throws {UsageError} {@link ChainError} */
export const chainFrom = ({ switches }: { readonly switches: string }, dataPlane: DataPlane): DataPlane =>
  chainOf(dataPlane, wholeNumber('--switches', switches, 1, maxSwitches(dataPlane)));

/** The values of {@link LINK_OPTIONS}. @throws {UsageError} */
export const linkOptionsFrom = async (
  args: LinkArguments,
  dataPlane: DataPlane,
): Promise<AllocateOptions & { readonly recirculations: number }> => ({
  recirculations: recirculationsFrom(args.recirculations, dataPlane),
  allocator: await allocatorFrom(args),
  filterPriority: wholeNumber('--priority', args.priority, 0, MAX_PRIORITY),
});
