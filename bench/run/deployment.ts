/** First half of a run: programs arrive one by one and are linked into the switch. */
import {
  type Allocator,
  analyse,
  type CompiledProgram,
  type DataPlane,
  DoesNotFit,
  defaultForwardEntry,
  link,
  lower,
  type Operation,
  type Program,
  renderDiagnostic,
} from '../../compiler/index.js';
import { Controller } from '../../hw-driver/index.js';
import { InProcessTarget, type Switch } from '../../sim/index.js';
import { FRONT_PORTS } from '../workloads/traffic.js';
import { type Arrival, type Workload, WorkloadError } from '../workloads/workload.js';

export interface DeployOptions {
  readonly workload: Workload;
  /** How many programs, or `max`: until the first that does not fit. */
  readonly programs: number | 'max';
  readonly allocator: Allocator;
  readonly recirculations: number;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (deployed: number) => void;
}

export interface DeployedProgram {
  readonly arrival: Arrival;
  readonly program: Program;
  readonly compiled: CompiledProgram;
}

/** One row per arrival that was deployed. */
export interface AllocationRecord {
  readonly number: number;
  readonly key: string;
  readonly allocationUs: number;
  /** Text to entries, allocation included. */
  readonly compileUs: number;
  readonly entryUtilization: number;
  readonly memoryUtilization: number;
}

export interface Deployment {
  readonly controller: Controller;
  readonly programs: readonly DeployedProgram[];
  readonly allocations: readonly AllocationRecord[];
  readonly failure: { readonly program: string; readonly reason: string } | null;
  /** All changes so far, for replicas of the switch. */
  readonly operations: readonly Operation[];
}

/** Deploys until the number is reached, a program does not fit, or the run is interrupted. */
export async function deployWorkload(emulator: Switch, options: DeployOptions): Promise<Deployment> {
  const target = new RecordingTarget(emulator);
  const controller = new Controller(emulator.dataPlane, target);
  await target.apply(frontPortForwarding(emulator.dataPlane));
  const programs: DeployedProgram[] = [];
  const allocations: AllocationRecord[] = [];
  let failure: Deployment['failure'] = null;
  const wanted = options.programs === 'max' ? Number.POSITIVE_INFINITY : options.programs;
  for (let number = 0; number < wanted && !options.signal.aborted; number++) {
    const arrival = options.workload.arrival(number);
    try {
      const { program, compiled, ...times } = await deployOne(arrival, controller, options);
      programs.push({ arrival, program, compiled });
      allocations.push({ number, key: arrival.key, ...times, ...utilization(controller) });
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      failure = { program: arrival.name, reason: error.message };
      break;
    }
    options.onProgress(programs.length);
  }
  return { controller, programs, allocations, failure, operations: target.operations };
}

/** The emulator as a target that remembers the changes it was asked for. */
class RecordingTarget extends InProcessTarget {
  readonly operations: Operation[] = [];

  override async apply(operations: readonly Operation[]): Promise<void> {
    await super.apply(operations);
    this.operations.push(...operations);
  }
}

/** Neighbouring front ports are connected, so that packets that no program forwards leave. */
function frontPortForwarding(dataPlane: DataPlane): Operation[] {
  return Array.from({ length: FRONT_PORTS }, (_, port) => ({
    kind: 'insertEntry',
    entry: defaultForwardEntry(dataPlane, port, port ^ 1),
  }));
}

async function deployOne(arrival: Arrival, controller: Controller, options: DeployOptions) {
  const { dataPlane } = controller.state;
  const { clock } = options;
  const start = clock();
  const analysis = analyse(arrival.source, dataPlane);
  const [program] = analysis.programs;
  if (analysis.hasErrors || program === undefined) {
    const findings = analysis.diagnostics.map((finding) => renderDiagnostic(finding, arrival.name, arrival.source));
    throw new WorkloadError(`the workload's program ${arrival.name} has errors:\n${findings.join('\n')}`);
  }
  const lowered = lower(program, dataPlane, options.recirculations);
  const beforeAllocation = clock();
  const compiled = link(lowered, controller.state, analysis.sourceHash, {
    allocator: options.allocator,
    filterPriority: arrival.number,
  });
  const end = clock();
  await controller.install(compiled);
  await fillMemories(arrival, compiled, controller);
  return { program, compiled, allocationUs: (end - beforeAllocation) * 1000, compileUs: (end - start) * 1000 };
}

async function fillMemories(arrival: Arrival, compiled: CompiledProgram, controller: Controller): Promise<void> {
  const { memoryValue } = arrival;
  if (memoryValue === undefined) return;
  for (const { name, buckets } of compiled.memories) {
    const values = Uint32Array.from({ length: buckets }, (_, bucket) => memoryValue(name, bucket));
    await controller.writeMemory(arrival.name, name, values);
  }
}

/** Shares of all RPB entries and of all buckets that are taken. */
export function utilization({ state }: Controller): { entryUtilization: number; memoryUtilization: number } {
  const { rpbs } = state.dataPlane;
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
  const entries = sum(rpbs.map((rpb) => rpb.entries));
  const buckets = sum(rpbs.map((rpb) => rpb.buckets));
  return {
    entryUtilization: 1 - sum(state.entries) / entries,
    memoryUtilization: 1 - sum(state.memory.map(({ free }) => free)) / buckets,
  };
}
