/** Options that several commands have, and what they say. */
import { type AllocateOptions, type DataPlane, DEFAULT_RECIRCULATIONS } from '../../../compiler/index.js';
import { ALLOCATOR_OPTIONS, type AllocatorArguments, allocatorFrom } from './allocators.js';
import { wholeNumber } from './inputs.js';

export const JSON_OPTION = {
  json: { type: 'boolean', default: false, describe: 'Print one JSON document' },
} as const;

export const DATA_PLANE_OPTION = {
  dataplane: {
    type: 'string',
    default: 'default',
    describe: 'Data plane: a name, or a JSON file',
    requiresArg: true,
  },
} as const;

/** Documents of programs on the switch that a command compiles for. */
export const STATE_OPTION = {
  state: {
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'Compiled programs that run already',
    requiresArg: true,
  },
} as const;

export const RECIRCULATIONS_OPTION = {
  recirculations: {
    alias: 'R',
    type: 'string',
    default: String(DEFAULT_RECIRCULATIONS),
    describe: 'Maximum recirculations of a program',
    requiresArg: true,
  },
} as const;

/** The options of every command that links programs into a switch. */
export const LINK_OPTIONS = {
  ...ALLOCATOR_OPTIONS,
  ...RECIRCULATIONS_OPTION,
  priority: {
    type: 'string',
    default: '0',
    describe: 'Of the filter among overlapping ones: lower wins',
    requiresArg: true,
  },
} as const;

export interface LinkArguments extends AllocatorArguments {
  readonly recirculations: string;
  readonly priority: string;
}

const MAX_PRIORITY = 2 ** 24 - 1;

/** The recirculations that a data plane can count. */
export const maxRecirculations = ({ description }: DataPlane): number => 2 ** description.state.recirculationIdBits - 1;

/** @throws {UsageError} */
export const recirculationsFrom = (text: string, dataPlane: DataPlane): number =>
  wholeNumber('--recirculations', text, 0, maxRecirculations(dataPlane));

/** What {@link LINK_OPTIONS} say. @throws {UsageError} */
export const linkOptionsFrom = async (
  args: LinkArguments,
  dataPlane: DataPlane,
): Promise<AllocateOptions & { readonly recirculations: number }> => ({
  recirculations: recirculationsFrom(args.recirculations, dataPlane),
  allocator: await allocatorFrom(args),
  filterPriority: wholeNumber('--priority', args.priority, 0, MAX_PRIORITY),
});
