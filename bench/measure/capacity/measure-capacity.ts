/** The capacity experiment: for each workload and allocator, a switch is filled until the first failure. */
import { must } from '../../../compiler/data-plane/must.js';
import { type Allocator, analyse, type DataPlane, lower } from '../../../compiler/index.js';
import { isModulePath } from '../../../hw-driver/index.js';
import { type ArrivalProcess, oneByOne } from '../../workloads/arrivals/arrival-process.js';
import { isProgramKey } from '../../workloads/program-kind.js';
import { loadWorkload, type Workload } from '../../workloads/workload.js';
import { type Distribution, distribution } from '../statistics/statistics.js';
import { type CapacityBound, capacityBound } from './capacity-bound.js';
import { type FilledSwitch, fillSwitch } from './fill-switch.js';

export interface CapacityOptions {
  readonly dataPlane: DataPlane;
  readonly workloads: readonly string[];
  readonly memoryBytes: number | undefined;
  /** Number of elastic cases. */
  readonly cases: number;
  readonly recirculations: number;
  /** When programs arrive and depart; the first that does not fit ends it. Absent: one by one. */
  readonly arrivals?: ArrivalProcess;
  /** Virtual time after which nothing arrives or departs, in seconds; absent: to the end of the arrivals. */
  readonly untilSeconds?: number | undefined;
  /** Each fills a switch of its own; the label says which it is. */
  readonly allocators: readonly { readonly label: string; readonly allocator: Allocator }[];
  /** Number of seeds of random workloads; other workloads are deterministic and filled once. */
  readonly repeats: number;
  readonly seed: string;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (workload: string, programs: number) => void;
}

export interface CapacityRow {
  readonly workload: string;
  readonly allocator: string;
  readonly cases: number;
  readonly memoryBytes: number | null;
  readonly repeats: number;
  /** Mean over the repeats, as all numbers below except minimum and maximum. */
  readonly capacity: number;
  readonly least: number;
  readonly greatest: number;
  readonly bound: CapacityBound | null;
  readonly passes: number;
  readonly recirculating: number;
  readonly entryUtilization: number;
  readonly memoryUtilization: number;
  readonly allocationUs: Distribution;
  /** Allocation time of the first and of the last tenth of the programs: an empty and a nearly full switch. */
  readonly allocationUsEmpty: Distribution;
  readonly allocationUsFull: Distribution;
  /** Programs that arrived and had a place in the last repeat. */
  readonly admitted: number;
  /** Failure of the last repeat; null if all arrivals had a place: the switch holds at least `capacity`. */
  readonly failure: string | null;
}

/** Yields each row when it is finished; an interrupt ends the sequence. */
export async function* measureCapacity(options: CapacityOptions): AsyncGenerator<CapacityRow> {
  const arrivals = options.arrivals ?? oneByOne('max');
  for (const name of options.workloads) {
    const bound = hasOneKind(name) ? boundOf(await loadWorkload({ ...options, name }), options) : null;
    for (const { label, allocator } of options.allocators) {
      const repeats = isRandom(name) ? options.repeats : 1;
      const filled: FilledSwitch[] = [];
      for (let repeat = 0; repeat < repeats; repeat++) {
        const seed = repeats === 1 ? options.seed : `${options.seed}/${repeat}`;
        const workload = await loadWorkload({ ...options, name, seed });
        const onProgress = (programs: number): void => options.onProgress(name, programs);
        filled.push(await fillSwitch({ ...options, arrivals, seed, workload, allocator, onProgress }));
        if (options.signal.aborted) return;
      }
      yield summarise(name, label, filled, options, bound);
    }
  }
}

/** Whether all programs of a workload are instances of one. */
export const hasOneKind = (workload: string): boolean => isProgramKey(workload) || workload.endsWith('.p4runpro');

/** Whether another seed gives other programs. */
const isRandom = (workload: string): boolean => !hasOneKind(workload) && !isModulePath(workload);

/** The bound of a workload of one kind. */
export function boundOf(
  workload: Workload,
  options: Pick<CapacityOptions, 'dataPlane' | 'recirculations'>,
): CapacityBound | null {
  const [program] = analyse(workload.arrival(0).source, options.dataPlane).programs;
  if (program === undefined) return null;
  return capacityBound(lower(program, options.dataPlane, options.recirculations), options.dataPlane);
}

function summarise(
  workload: string,
  allocator: string,
  filled: readonly FilledSwitch[],
  { cases, memoryBytes }: CapacityOptions,
  bound: CapacityBound | null,
): CapacityRow {
  const mean = (of: (each: FilledSwitch) => number): number =>
    filled.reduce((sum, each) => sum + of(each), 0) / filled.length;
  const last = must(filled.at(-1), 'filled switch');
  const capacities = filled.map(({ capacity }) => capacity);
  const times = (from: number, to: number): Distribution =>
    distribution(
      filled.flatMap(({ allocationUs }) =>
        allocationUs.slice(Math.floor(from * allocationUs.length), Math.ceil(to * allocationUs.length)),
      ),
    );
  return {
    workload,
    allocator,
    cases,
    memoryBytes: memoryBytes ?? null,
    repeats: filled.length,
    capacity: mean(({ capacity }) => capacity),
    least: Math.min(...capacities),
    greatest: Math.max(...capacities),
    bound,
    passes: mean(({ passes }) => passes),
    recirculating: mean(({ recirculating }) => recirculating),
    entryUtilization: mean(({ entryUtilization }) => entryUtilization),
    memoryUtilization: mean(({ memoryUtilization }) => memoryUtilization),
    allocationUs: times(0, 1),
    allocationUsEmpty: times(0, 0.1),
    allocationUsFull: times(0.9, 1),
    admitted: last.admitted,
    failure: last.failure,
  };
}
