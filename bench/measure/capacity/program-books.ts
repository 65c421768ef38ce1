/** Programs that take resources in the books of a switch and give them back: no packets, no emulator. */
import {
  type Allocation,
  type Allocator,
  allocate,
  analyse,
  type CompiledProgram,
  type DataPlane,
  emitAllocated,
  type LoweredProgram,
  lower,
  type Program,
  SwitchState,
} from '../../../compiler/index.js';
import { MAX_INSTANCES } from '../../../sim/made-packet/addresses.js';
import { type Arrival, type Workload, WorkloadError } from '../../workloads/workload.js';

export interface ProgramBooksOptions {
  readonly workload: Workload;
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  readonly recirculations: number;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
}

interface BookedProgram {
  readonly instance: number;
  readonly compiled: CompiledProgram;
}

export class ProgramBooks {
  readonly state: SwitchState;
  /** Microseconds that the allocation of the last arrival took, also of one that was refused. */
  allocationUs = 0;
  /** Programs of one kind differ in name and filter only, so each kind is lowered once. */
  private readonly kinds = new Map<string, LoweredProgram>();
  /** By number in the arrival process. */
  private readonly present = new Map<number, BookedProgram>();
  /** Instances of the workload that are in the switch. */
  private readonly inUse = new Set<number>();
  private lastInstance = -1;

  constructor(private readonly options: ProgramBooksOptions) {
    this.state = new SwitchState(options.dataPlane);
  }

  /**
   * Lets the workload's next instance in: the number after the last one, or, once all numbers have been used, the next
   * that is free again.
   *
   * @param program its number in the arrival process
   * @throws {DoesNotFit} and nothing is taken
   * @throws {WorkloadError} for a program with errors
   */
  arrive(program: number): CompiledProgram {
    const { workload, allocator, clock } = this.options;
    const instance = this.freeInstance();
    const arrival = workload.arrival(instance);
    const { lowered, sourceHash } = this.lowered(arrival);
    const start = clock();
    let allocation: Allocation;
    try {
      allocation = allocate(lowered, this.state, { allocator, filterPriority: instance });
    } finally {
      this.allocationUs = (clock() - start) * 1000;
    }
    const compiled = emitAllocated(lowered, allocation, sourceHash, instance);
    this.state.commit(compiled);
    this.inUse.add(instance);
    this.present.set(program, { instance, compiled });
    return compiled;
  }

  /** Gives back what a program took; false for one that found no place when it arrived. */
  depart(program: number): boolean {
    const booked = this.present.get(program);
    if (booked === undefined) return false;
    this.state.release(booked.compiled.program);
    this.inUse.delete(booked.instance);
    return this.present.delete(program);
  }

  private lowered(arrival: Arrival): { readonly lowered: LoweredProgram; readonly sourceHash: string } {
    const { dataPlane, recirculations } = this.options;
    const { programs, sourceHash } = analyse(arrival.source, dataPlane);
    const [program]: readonly (Program | undefined)[] = programs;
    if (program === undefined) throw new WorkloadError(`the workload's program ${arrival.name} has errors`);
    const kind = this.kinds.get(arrival.key) ?? lower(program, dataPlane, recirculations);
    this.kinds.set(arrival.key, kind);
    return { lowered: { ...kind, program }, sourceHash };
  }

  private freeInstance(): number {
    let number = this.lastInstance;
    do number = (number + 1) % MAX_INSTANCES;
    while (this.inUse.has(number));
    this.lastInstance = number;
    return number;
  }
}
