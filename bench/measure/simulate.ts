/** Runs and capacities for scripts: what the commands do, with defaults for all that a script does not say. */
import {
  ALLOCATOR_NAMES,
  ALLOCATORS,
  type Allocator,
  type AllocatorKind,
  type AllocatorName,
  type DataPlane,
  DEFAULT_ALLOCATORS,
  DEFAULT_RECIRCULATIONS,
  defaultDataPlane,
  type Expected,
  eitherOf,
  instanceOf,
  isPowerOfTwo,
  objectWith,
  oneOf,
  requireOptions,
  TEXT,
  wholeNumberIn,
} from '../../compiler/index.js';
import { switchOptions } from '../../hw-driver/control/simulated-switch.js';
import { ENGINES, type EngineName } from '../../sim/index.js';
import { MAX_INSTANCES } from '../../sim/made-packet/addresses.js';
import type { Workload } from '../workloads/arrival.js';
import { oneByOne } from '../workloads/arrivals/arrival-process.js';
import { type OwnWorkload, type WorkloadSettings, workloadFrom } from '../workloads/own-workload.js';
import { BYTES_PER_BUCKET, loadWorkload } from '../workloads/workload.js';
import type { CapacityBound } from './capacity/capacity-bound.js';
import { type FilledSwitch, fillSwitch } from './capacity/fill-switch.js';
import { boundOf, hasOneKind } from './capacity/measure-capacity.js';
import { type RunResult, runWorkload } from './run/run-workload.js';

/** Which programs arrive in a switch, and how they are placed. */
export interface ArrivalOptions {
  /** A name (`lb`, `all-mixed`), the path of a .p4runpro file or of a module, or a workload of one's own. */
  readonly workload: string | OwnWorkload;
  /** How many, or 'max': until one does not fit; 'max' if left out. */
  readonly programs?: number | 'max';
  /** A name, or one's own, which is checked; `price` if left out. */
  readonly allocator?: AllocatorName | Allocator;
  /** That a program may take at most; 1 if left out. */
  readonly recirculations?: number;
  /** Of each memory; as the programs have it if left out. */
  readonly memoryBytes?: number;
  /** Elastic cases of cache, nc and lb; 2 if left out. */
  readonly cases?: number;
  /** Of all that is drawn at random; '1' if left out. */
  readonly seed?: string;
  /** `default` if left out. */
  readonly dataPlane?: DataPlane;
  /** Ends the work early; what was done is the result. */
  readonly signal?: AbortSignal;
}

/** Options of {@link simulate}. */
export interface SimulationOptions extends ArrivalOptions {
  /** Synthetic packets, spread over the programs; 10,000 if left out. */
  readonly packets?: number;
  /** Capture files to run in place of synthetic packets; their packets are addressed to the programs. */
  readonly captures?: readonly string[];
  /** 'compiled' if left out. */
  readonly engine?: EngineName;
  /** Threads; 1 if left out. Results do not depend on them. */
  readonly workers?: number;
}

const DEFAULT_PACKETS = 10_000;
const DEFAULT_CASES = 2;
const DEFAULT_SEED = '1';
const DEFAULT_WORKERS = 1;
const DEFAULT_ENGINE: EngineName = 'compiled';
const NO_CAPTURES: readonly string[] = [];

const MAX_PACKETS = 1e12;
const MAX_WORKERS = 64;
const MAX_CASES = 1024;
/** The largest memory of the language, in bytes. */
const MAX_MEMORY_BYTES = 2 ** 18;

const MEMORY_BYTES: Expected = {
  text: `a power of two from ${BYTES_PER_BUCKET} to ${MAX_MEMORY_BYTES.toLocaleString('en-US')}`,
  accepts: (value) =>
    typeof value === 'number' && value >= BYTES_PER_BUCKET && value <= MAX_MEMORY_BYTES && isPowerOfTwo(value),
};

const MAX: Expected = { text: "'max'", accepts: (value) => value === 'max' };

function arrivalOptions(dataPlane: unknown) {
  const { engine: _, ...common } = switchOptions(dataPlane);
  return {
    ...common,
    workload: eitherOf(TEXT, objectWith([], 'a workload { name, program }')),
    programs: eitherOf(wholeNumberIn(1, MAX_INSTANCES), MAX),
    allocator: eitherOf(oneOf(ALLOCATOR_NAMES), common.allocator),
    memoryBytes: MEMORY_BYTES,
    cases: wholeNumberIn(2, MAX_CASES),
    seed: TEXT,
    signal: instanceOf(AbortSignal, 'an AbortSignal'),
  };
}

const simulationOptions = (dataPlane: unknown) => ({
  ...arrivalOptions(dataPlane),
  packets: wholeNumberIn(0, MAX_PACKETS),
  captures: {
    text: 'an array of paths',
    accepts: (value: unknown) => Array.isArray(value) && value.every((path) => typeof path === 'string'),
  },
  engine: oneOf(ENGINES),
  workers: wholeNumberIn(1, MAX_WORKERS),
});

/**
 * Deploys the programs of a workload on an emulated switch, and takes packets through it: `bench run` without its files.
 * `summary` of the result is its document; `memory` what memories hold in the end, by program and memory.
 * @throws {WorkloadError} {@link OptionError} {@link AllocatorError} and errors of captures
 */
export async function simulate(options: SimulationOptions): Promise<RunResult> {
  requireOptions('simulate', options, simulationOptions(options?.dataPlane), ['workload']);
  const common = await commonOf(options);
  return runWorkload({
    ...common,
    traces: options.captures ?? NO_CAPTURES,
    packets: options.packets ?? DEFAULT_PACKETS,
    warmup: 0,
    workers: options.workers ?? DEFAULT_WORKERS,
    engine: options.engine ?? DEFAULT_ENGINE,
    readsMemory: true,
    writer: undefined,
    progress: { deploying: () => undefined, processing: () => undefined },
  });
}

/** How many programs a switch held, and the least that its resources allow with any allocator. */
export type Capacity = FilledSwitch & {
  /** Null where the programs differ in kind. */
  readonly bound: CapacityBound | null;
};

/** Fills an empty switch with programs of a workload: no packets. @throws {WorkloadError} {@link OptionError} {@link AllocatorError} */
export async function capacityOf(options: ArrivalOptions): Promise<Capacity> {
  requireOptions('capacityOf', options, arrivalOptions(options?.dataPlane), ['workload']);
  const common = await commonOf(options);
  const filled = await fillSwitch({ ...common, arrivals: oneByOne(common.programs), onProgress: () => undefined });
  const { workload: asked } = options;
  const isOfOneKind = typeof asked === 'string' && hasOneKind(asked);
  return { ...filled, bound: isOfOneKind ? boundOf(common.workload, common) : null };
}

async function commonOf(options: ArrivalOptions) {
  const { dataPlane = defaultDataPlane(), seed = DEFAULT_SEED, cases = DEFAULT_CASES, memoryBytes } = options;
  return {
    dataPlane,
    seed,
    programs: options.programs ?? ('max' as const),
    allocator: allocatorOf(options.allocator ?? DEFAULT_ALLOCATORS.sound),
    recirculations: options.recirculations ?? DEFAULT_RECIRCULATIONS,
    workload: await workloadFor(options.workload, { seed, cases, memoryBytes, dataPlane }),
    signal: options.signal ?? new AbortController().signal,
    clock: () => performance.now(),
  };
}

/** A workload of one's own is what it is: the settings are for those with a name. */
const workloadFor = async (asked: string | OwnWorkload, settings: WorkloadSettings): Promise<Workload> =>
  typeof asked === 'string' ? loadWorkload({ ...settings, name: asked }) : workloadFrom(asked, settings.dataPlane);

function allocatorOf(allocator: AllocatorName | Allocator): Allocator {
  if (typeof allocator !== 'string') return allocator;
  const kind: AllocatorKind = ALLOCATORS[allocator];
  return kind.make({});
}
