/** First half of a run: programs are compiled and deployed one by one. */
import {
  type Allocator,
  allocate,
  analyse,
  type CompiledProgram,
  emitAllocated,
  lower,
  type MulticastGroup,
  type Operation,
  type Program,
  renderDiagnostics,
} from '../../compiler/index.js';
import { Controller, frontPortForwarding } from '../../hw-driver/index.js';
import { type Emulator, InProcessTarget } from '../../sim/index.js';
import { type Admission, type AdmissionOptions, admitAll } from './admission.js';
import { type Arrival, type Workload, WorkloadError } from './workload.js';

/** Options of compilation and deployment. */
export interface LinkingOptions {
  readonly allocator: Allocator;
  readonly recirculations: number;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
}

export interface DeployOptions extends AdmissionOptions, LinkingOptions {
  readonly workload: Workload;
  /** Groups of the switch; none if left out. */
  readonly groups?: readonly MulticastGroup[];
}

/** An arrival with its compiled program. */
export interface LinkedProgram {
  readonly arrival: Arrival;
  readonly program: Program;
  readonly compiled: CompiledProgram;
}

export interface Deployment extends Admission {
  readonly controller: Controller;
  readonly programs: readonly LinkedProgram[];
  /** All operations so far, for replicas of the switch. */
  readonly operations: readonly Operation[];
}

/** Deploys until the requested number, the first program that does not fit, or an interrupt. */
export async function deployWorkload(emulator: Emulator, options: DeployOptions): Promise<Deployment> {
  const target = new RecordingTarget(emulator);
  const controller = new Controller(emulator.dataPlane, target);
  await target.apply(frontPortForwarding(emulator.dataPlane));
  if (options.groups !== undefined) await target.apply(options.groups.map((group) => ({ kind: 'insertGroup', group })));
  const programs: LinkedProgram[] = [];
  const contents = new FirstContents();
  const admission = await admitAll(controller.state, options, async (number) => {
    const arrival = options.workload.arrival(number);
    const { program, compiled, ...times } = await deployArrival(arrival, controller, options, contents);
    programs.push({ arrival, program, compiled });
    return { ...taken(arrival, compiled), ...times };
  });
  return { ...admission, controller, programs, operations: target.operations };
}

const taken = ({ number, key, name }: Arrival, compiled: CompiledProgram) => ({
  number,
  key,
  name,
  programId: compiled.programId,
  entries: compiled.entries.length,
  passes: compiled.passes,
  firstRpb: compiled.placement[0]?.rpb ?? 0,
  buckets: compiled.memories.reduce((sum, { buckets }) => sum + buckets, 0),
});

/** The emulator as a target that records its operations. */
class RecordingTarget extends InProcessTarget {
  readonly operations: Operation[] = [];

  override async apply(operations: readonly Operation[]): Promise<void> {
    await super.apply(operations);
    this.operations.push(...operations);
  }
}

/** What the control plane writes into memories at first. Instances that share a function share its words. */
class FirstContents {
  private of: Arrival['memoryValue'];
  private readonly words = new Map<string, Uint32Array>();

  /** Words by bucket of a memory. */
  wordsOf(memoryValue: NonNullable<Arrival['memoryValue']>, memory: string, buckets: number): Uint32Array {
    if (this.of !== memoryValue) this.words.clear();
    this.of = memoryValue;
    const known = this.words.get(memory);
    if (known?.length === buckets) return known;
    const words = Uint32Array.from({ length: buckets }, (_, bucket) => memoryValue(memory, bucket));
    this.words.set(memory, words);
    return words;
  }
}

/** Compiles an arrival, installs it and fills its memories. */
export async function deployArrival(
  arrival: Arrival,
  controller: Controller,
  options: LinkingOptions,
  contents = new FirstContents(),
) {
  const { dataPlane } = controller.state;
  const { clock } = options;
  const start = clock();
  const analysis = analyse(arrival.source, dataPlane);
  const [program] = analysis.programs;
  if (analysis.hasErrors || program === undefined) {
    const findings = renderDiagnostics(analysis, arrival.name, arrival.source);
    throw new WorkloadError(`the workload's program ${arrival.name} has errors:\n${findings}`);
  }
  const lowered = lower(program, dataPlane, options.recirculations);
  const filterPriority = arrival.number;
  const beforeAllocation = clock();
  const allocation = allocate(lowered, controller.state, { allocator: options.allocator, filterPriority });
  const afterAllocation = clock();
  const compiled = emitAllocated(lowered, allocation, analysis.sourceHash, filterPriority);
  const end = clock();
  await controller.install(compiled);
  await fillMemories(arrival, compiled, controller, contents);
  const allocationUs = (afterAllocation - beforeAllocation) * 1000;
  return { program, compiled, allocationUs, compileUs: (end - start) * 1000 };
}

async function fillMemories(
  arrival: Arrival,
  compiled: CompiledProgram,
  controller: Controller,
  contents: FirstContents,
): Promise<void> {
  const { memoryValue } = arrival;
  if (memoryValue === undefined) return;
  for (const { name, buckets } of compiled.memories) {
    await controller.writeMemory(arrival.name, name, contents.wordsOf(memoryValue, name, buckets));
  }
}
