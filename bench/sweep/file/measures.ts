/** What a cell can be measured by: the parameters that each measure takes, and the columns of its results. */
import type { ParameterName } from './parameters.js';

/** One number or text of a result. */
export interface Column {
  /** Without its unit. */
  readonly name: string;
  /** At the end of the name of the column; empty for texts and plain counts of what the name says. */
  readonly unit: string;
  readonly kind: 'number' | 'text';
  readonly about: string;
}

export interface Measure {
  readonly about: string;
  readonly parameters: readonly ParameterName[];
  /** Equal for equal cells. */
  readonly columns: readonly Column[];
  /** Times, which differ from run to run. */
  readonly times: readonly Column[];
}

const number = (name: string, unit: string, about: string): Column => ({ name, unit, kind: 'number', about });
const text = (name: string, about: string): Column => ({ name, unit: '', kind: 'text', about });

const ALLOCATION = number('allocation_median', 'us', 'Median time of an allocation');
const SWITCH = ['dataplane', 'allocator', 'memory', 'cases', 'recirculations'] as const;
const ENTRY_USE = number('entry_use', 'share', 'Share of all table entries in use at the end');
const MEMORY_USE = number('memory_use', 'share', 'Share of all memory in use at the end');
const PROGRAMS = number('deployed', 'programs', 'Programs in the switch at the end');

/** The measures by name. */
export const MEASURES = {
  run: {
    about: 'Deploys programs and runs packets through them, as bench run does',
    parameters: ['workload', 'trace', ...SWITCH, 'programs', 'packets', 'seed'],
    columns: [
      PROGRAMS,
      ENTRY_USE,
      MEMORY_USE,
      number('arrived', 'packets', 'Packets that came in'),
      number('left', 'packets', 'Packets that left by a port'),
      number('dropped', 'packets', 'Packets that programs dropped'),
      number('reported', 'packets', 'Packets that went to the CPU'),
      number('unmatched', 'packets', 'Packets that no filter matched'),
      number('recirculated', 'passes', 'Passes of packets after their first'),
      text('state_hash', 'Hash of all memories at the end'),
      text('output_hash', 'Hash of all packets that left, in order'),
    ],
    times: [ALLOCATION, number('speed', 'packets_per_s', 'Packets a second of wall time')],
  },
  capacity: {
    about: 'Fills a switch until a program does not fit, as bench capacity does',
    parameters: ['workload', ...SWITCH, 'seed'],
    columns: [
      number('capacity', 'programs', 'Programs in the switch when one did not fit'),
      number('bound', 'programs', 'What no allocator can exceed; empty for workloads of several kinds'),
      text('bound_resource', 'The resource of that bound'),
      number('passes', 'mean', 'Mean number of passes of a program'),
      number('recirculating', 'share', 'Share of the programs that recirculate'),
      ENTRY_USE,
      MEMORY_USE,
      text('failure', 'What the program that did not fit lacked'),
    ],
    times: [ALLOCATION],
  },
  churn: {
    about: 'Lets programs come and go, as bench churn does',
    parameters: ['workload', ...SWITCH, 'gap', 'lifetime', 'hours', 'seed'],
    columns: [
      number('arrived', 'programs', 'Programs that arrived'),
      number('refused', 'programs', 'Programs that arrived and did not fit'),
      number('departed', 'programs', 'Programs that departed'),
      PROGRAMS,
      ENTRY_USE,
      MEMORY_USE,
      number(
        'fragmentation',
        'share',
        'Share of the free memory outside the largest free range of its RPB, at the end',
      ),
    ],
    times: [ALLOCATION],
  },
  verify: {
    about: 'Compares a program with a plain implementation of it, as bench verify does',
    parameters: ['workload', 'trace', ...SWITCH, 'companions', 'packets', 'seed'],
    columns: [
      text('verdict', 'equal, or what differs: packet or memory'),
      number('compared', 'packets', 'Packets that were compared'),
      number('ran', 'packets', 'Compared packets that ran the program'),
      number('compared_memory', 'words', 'Words of memory that were compared'),
    ],
    times: [],
  },
  network: {
    about: 'Runs a network of switches and hosts in virtual time, as bench network run does',
    parameters: ['network', 'microseconds', 'seed'],
    columns: [
      number('sent', 'packets', 'Packets that hosts sent, answers included'),
      number('fed', 'packets', 'Packets from outside of the network'),
      number('received', 'packets', 'Packets that hosts received'),
      number('left', 'packets', 'Packets that left by a port without a link'),
      number('reported', 'packets', 'Packets that went to the CPU of a switch'),
      number('lost', 'packets', 'Packets that were lost, for any reason'),
      number('in_flight', 'packets', 'Packets in switches, hosts and links at the end'),
      number('round_trip_largest_median', 'ns', 'Median round trip of the host where it is longest'),
      number('round_trip_largest_p99', 'ns', '99th percentile of the round trip of the host where it is longest'),
      text('state_hash', 'Hash of the states of all switches'),
      text('output_hash', 'Hash of the outputs of all switches'),
    ],
    times: [],
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = [
  'run',
  'capacity',
  'churn',
  'verify',
  'network',
] as const satisfies readonly MeasureName[];
export const measureOf = (name: MeasureName): Measure => MEASURES[name];

/** The name of a column in CSV and Parquet files: with its unit. */
export const columnName = ({ name, unit }: { readonly name: string; readonly unit: string }): string =>
  unit === '' ? name : `${name}_${unit}`;
