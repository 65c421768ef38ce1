/** A target without a switch: what a controller would do is planned, for a time at which packets run. */
import type { DataPlane, MulticastGroup, Operation, TableEntry } from '../../compiler/index.js';
import type { MemoryWrite, SwitchTarget } from '../../sim/index.js';

/** A target that records the operations of a controller. */
export class PlanningTarget implements SwitchTarget {
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
