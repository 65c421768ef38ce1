/** Plans the operations of each update of a script, by the books of the switch at that time. */
import { analyse, lower, type Program, renderDiagnostics } from '../../../compiler/index.js';
import { PlanningTarget } from '../../../hw-driver/control/planning-target.js';
import { Controller, readSource } from '../../../hw-driver/index.js';
import { PS_PER_SECOND, type TimedUpdate } from '../../../sim/index.js';
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
