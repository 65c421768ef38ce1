/** Plans the operations of each update of a script, by the books of the switch at that time. */
import {
  analyse,
  type DataPlane,
  lower,
  type MulticastGroup,
  type Operation,
  type Program,
  renderDiagnostics,
  type TableEntry,
} from '../../../compiler/index.js';
import { Controller, readSource } from '../../../hw-driver/index.js';
import { type MemoryWrite, PS_PER_SECOND, type SwitchTarget, type TimedUpdate } from '../../../sim/index.js';
import { type Deployment, deployArrival, type LinkedProgram } from '../../workloads/deployment.js';
import type { Workload } from '../../workloads/workload.js';
import { type UpdateRequest, type UpdateScript, UpdateScriptError } from './update-script.js';

type PlanOptions = Parameters<typeof deployArrival>[2] & { readonly workload: Workload };

export interface UpdatePlan {
  readonly updates: readonly TimedUpdate[];
  readonly psPerOperation: number;
  /** Arrivals of the workload that the script deploys; the traffic includes their packets. */
  readonly arrivals: readonly LinkedProgram[];
}

const PS_PER_US = 1e6;

/** @throws {UpdateScriptError} {@link NoSuchProgram} {@link DoesNotFit} {@link NotIncremental} */
export async function planUpdates(
  script: UpdateScript,
  deployment: Deployment,
  options: PlanOptions,
): Promise<UpdatePlan> {
  const { dataPlane } = deployment.controller.state;
  const target = new PlanningTarget(dataPlane);
  const controller = new Controller(dataPlane, target);
  for (const { compiled } of deployment.programs) controller.state.commit(compiled);
  const planner = new Planner(controller, deployment, options);
  const updates: TimedUpdate[] = [];
  for (const { atUs, request } of script.updates) {
    const name = await planner.plan(request);
    updates.push({ name, atPs: Math.round(atUs * PS_PER_US), ...target.take() });
  }
  const psPerOperation = Math.round(PS_PER_SECOND / script.operationsPerSecond);
  return { updates, psPerOperation, arrivals: planner.arrivals };
}

class Planner {
  readonly arrivals: LinkedProgram[] = [];

  constructor(
    private readonly controller: Controller,
    private readonly deployment: Deployment,
    private readonly options: PlanOptions,
  ) {}

  /** Lets the controller make the requested change. @returns the name of the update */
  async plan(request: UpdateRequest): Promise<string> {
    switch (request.kind) {
      case 'deployArrival':
        return this.deployArrival(request.number);
      case 'deployFile':
        return this.deployFile(request.path);
      case 'revoke':
        await this.controller.revoke(request.program);
        return `revoke ${request.program}`;
      case 'cases':
        return this.changeCases(request.path);
    }
  }

  private async deployArrival(number: number): Promise<string> {
    const arrival = this.options.workload.arrival(number);
    this.refuseRunning(arrival.name);
    this.arrivals.push({ arrival, ...(await deployArrival(arrival, this.controller, this.options)) });
    return `deploy ${arrival.name}`;
  }

  private async deployFile(path: string): Promise<string> {
    const { programs, sourceHash } = this.read(path);
    for (const program of programs) {
      this.refuseRunning(program.name);
      const lowered = lower(program, this.controller.state.dataPlane, this.options.recirculations);
      // Priorities after those of the arrivals, which are their numbers.
      const filterPriority = this.deployment.programs.length + this.arrivals.length;
      await this.controller.deploy(lowered, sourceHash, { allocator: this.options.allocator, filterPriority });
    }
    return `deploy ${programs.map(({ name }) => name).join(', ')}`;
  }

  private async changeCases(path: string): Promise<string> {
    const { programs, sourceHash } = this.read(path);
    const [program, ...more] = programs;
    if (program === undefined || more.length > 0) throw new UpdateScriptError(`${path}: exactly one program is needed`);
    await this.controller.changeCases(program, sourceHash, { recirculations: this.options.recirculations });
    return `cases ${program.name}`;
  }

  private read(path: string): { programs: readonly Program[]; sourceHash: string } {
    const text = readSource(path);
    const analysis = analyse(text, this.controller.state.dataPlane);
    if (!analysis.hasErrors) return analysis;
    throw new UpdateScriptError(`${path} has errors:\n${renderDiagnostics(analysis, path, text)}`);
  }

  private refuseRunning(program: string): void {
    if (this.controller.state.programs.has(program)) {
      throw new UpdateScriptError(`program ${program} runs already when the script deploys it`);
    }
  }
}

/** A target that records the operations of a controller. */
class PlanningTarget implements SwitchTarget {
  private operations: Operation[] = [];
  private memory: MemoryWrite[] = [];

  constructor(readonly dataPlane: DataPlane) {}

  /** Operations since the last call. */
  take(): { operations: readonly Operation[]; memory: readonly MemoryWrite[] } {
    const { operations, memory } = this;
    this.operations = [];
    this.memory = [];
    return { operations, memory };
  }

  async apply(operations: readonly Operation[]): Promise<void> {
    this.operations.push(...operations);
  }

  async writeMemory(rpb: number, base: number, values: ArrayLike<number>): Promise<void> {
    this.memory.push({ rpb, base, values: Uint32Array.from(values) });
  }

  /** Memory at the time of the update: 0, since only memory that was reset is read. */
  async readMemory(_rpb: number, _base: number, buckets: number): Promise<readonly Uint32Array[]> {
    return [new Uint32Array(buckets)];
  }

  entryCount(): Promise<number> {
    throw new Error('an update that is planned asks for no entries');
  }

  groups(): Promise<readonly MulticastGroup[]> {
    throw new Error('an update that is planned asks for no groups');
  }

  hits(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  entries(): Promise<readonly TableEntry[]> {
    throw new Error('an update that is planned asks for no entries');
  }
}
