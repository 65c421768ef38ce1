/** What a cell of a sweep can set: its parameters, with their units, and which measures take them. */
import type { Field } from '../../../hw-driver/network/index.js';
import { WORKLOAD_CHOICES } from '../../workloads/workload.js';

/** A value of a parameter. */
export type ParameterValue = string | number;

/** One thing that a cell sets. */
export interface Parameter {
  /** What a value is, for the schema and for checks. */
  readonly field: Field;
  readonly kind: 'number' | 'text';
  /** Unit at the end of the name of its column; empty for none. */
  readonly unit: string;
  /** Value of a cell that does not set it; null if the measure decides. */
  readonly otherwise: ParameterValue | null;
  /** Whether a value can be the path of a file. */
  readonly isFile?: true;
}

const MAX_PACKETS = 1e12;
const MAX_PROGRAMS = 1e6;
const MAX_BYTES = 2 ** 18;
const MAX_SEED = 2 ** 53 - 1;
const MAX_HOURS = 1e6;
const MAX_US = 9e9;

const whole = (about: string, least: number, most: number, unit: string, otherwise: number | null): Parameter => ({
  field: { type: 'number', whole: true, least, most, about },
  kind: 'number',
  unit,
  otherwise,
});

const amount = (about: string, least: number, most: number, unit: string, otherwise: number | null): Parameter => ({
  field: { type: 'number', whole: false, least, most, about },
  kind: 'number',
  unit,
  otherwise,
});

const text = (about: string, otherwise: string | null): Parameter => ({
  field: { type: 'text', about },
  kind: 'text',
  unit: '',
  otherwise,
});

/** All parameters by name, in the order of their columns. */
export const PARAMETERS = {
  network: { ...text('A network file (docs/network.schema.json)', null), isFile: true },
  workload: { ...text(`Programs: ${WORKLOAD_CHOICES}`, 'lb'), isFile: true },
  trace: { ...text('A capture with the packets to run, in place of generated ones', null), isFile: true },
  dataplane: { ...text('Name of a data plane, or a JSON file with its description', 'default'), isFile: true },
  allocator: { ...text('Allocator: a name, or a .js or .mjs module', 'price'), isFile: true },
  memory: whole('Size of each memory in bytes, a power of two', 4, MAX_BYTES, 'bytes', 1024),
  cases: whole('Number of elastic cases of cache, nc and lb', 2, 1024, '', 2),
  recirculations: whole('Maximum recirculations of a program', 0, 255, '', 1),
  programs: whole('Number of programs to deploy, or fewer if one does not fit', 1, MAX_PROGRAMS, '', 100),
  packets: whole('Number of generated packets', 0, MAX_PACKETS, '', 100_000),
  companions: whole('Number of other programs in a further switch; 0 for none', 0, 2000, '', 0),
  gap: amount('Mean time between two arrivals, exponentially distributed', 1e-6, 1e9, 's', 30),
  lifetime: amount('Mean time that a program stays, exponentially distributed', 1e-6, MAX_HOURS, 'h', 30),
  hours: amount('Virtual time of a churn', 1e-6, MAX_HOURS, '', 48),
  microseconds: amount('Virtual time of a network, in place of that of its file', 0.001, MAX_US, '', null),
  seed: whole('Seed of all random draws', 0, MAX_SEED, '', 1),
} as const satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof PARAMETERS;

/** The names of all parameters, in the order of their columns. */
export const PARAMETER_NAMES: readonly ParameterName[] = Object.keys(PARAMETERS).filter(isParameterName);

function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name);
}

/** What an object has by parameters, in its own order. */
export const byParameter = <Value>(
  values: Readonly<Partial<Record<ParameterName, Value>>>,
): readonly (readonly [ParameterName, Value])[] =>
  Object.keys(values)
    .filter(isParameterName)
    .flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value] as const];
    });

export const parameterOf = (name: ParameterName): Parameter => PARAMETERS[name];
