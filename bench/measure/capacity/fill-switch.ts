/** How many programs a switch holds: they arrive until the first that does not fit. No packets, no emulator. */
import {
  type Allocator,
  allocate,
  analyse,
  type DataPlane,
  emitAllocated,
  type LoweredProgram,
  lower,
  SwitchState,
} from '../../../compiler/index.js';
import { type AdmissionOptions, admitAll, utilization } from '../../workloads/admission.js';
import type { Workload } from '../../workloads/workload.js';
import { WorkloadError } from '../../workloads/workload.js';

export interface FillOptions extends AdmissionOptions {
  readonly workload: Workload;
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  readonly recirculations: number;
}

export interface FilledSwitch {
  readonly capacity: number;
  readonly failure: string | null;
  readonly entryUtilization: number;
  readonly memoryUtilization: number;
  /** Mean over the programs. */
  readonly passes: number;
  /** Share of the programs that recirculate. */
  readonly recirculating: number;
  /** Microseconds, in order of arrival. */
  readonly allocationUs: readonly number[];
}

/** Instances of one kind differ in name and filter only, so each kind is lowered once. */
export async function fillSwitch(options: FillOptions): Promise<FilledSwitch> {
  const { dataPlane, workload, clock } = options;
  const state = new SwitchState(dataPlane);
  const kinds = new Map<string, LoweredProgram>();
  const { admitted, failure } = await admitAll(state, options, async (number) => {
    const arrival = workload.arrival(number);
    const { programs, sourceHash } = analyse(arrival.source, dataPlane);
    const [program] = programs;
    if (program === undefined) throw new WorkloadError(`the workload's program ${arrival.name} has errors`);
    const kind = kinds.get(arrival.key) ?? lower(program, dataPlane, options.recirculations);
    kinds.set(arrival.key, kind);
    const lowered: LoweredProgram = { ...kind, program };
    const start = clock();
    const allocation = allocate(lowered, state, { allocator: options.allocator, filterPriority: number });
    const allocationUs = (clock() - start) * 1000;
    const compiled = emitAllocated(lowered, allocation, sourceHash, number);
    state.commit(compiled);
    return {
      number,
      key: arrival.key,
      name: arrival.name,
      programId: compiled.programId,
      entries: compiled.entries.length,
      passes: compiled.passes,
      firstRpb: compiled.placement[0]?.rpb ?? 0,
      buckets: compiled.memories.reduce((sum, { buckets }) => sum + buckets, 0),
      allocationUs,
      compileUs: allocationUs,
    };
  });
  const count = Math.max(1, admitted.length);
  return {
    capacity: admitted.length,
    failure: failure?.reason ?? null,
    ...utilization(state),
    passes: admitted.reduce((sum, { passes }) => sum + passes, 0) / count,
    recirculating: admitted.filter(({ passes }) => passes > 1).length / count,
    allocationUs: admitted.map(({ allocationUs }) => allocationUs),
  };
}
