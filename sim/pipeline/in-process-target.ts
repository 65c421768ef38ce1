/** The emulator, or a chain, as a {@link SwitchTarget}, in this process. */
import type { MulticastGroup, Operation, TableEntry } from '../../compiler/index.js';
import { type EntryHits, type SwitchTarget, TargetError } from '../target/target.js';
import type { Emulator } from './emulator.js';

/** An emulated switch in this process, as a target of a controller. */
export class InProcessTarget implements SwitchTarget {
  constructor(private readonly emulator: Emulator) {}

  get dataPlane(): { readonly name: string; readonly hash: string } {
    return this.emulator.dataPlane;
  }

  async apply(operations: readonly Operation[]): Promise<void> {
    for (const [i, operation] of operations.entries()) {
      try {
        this.emulator.apply(operation);
      } catch (error) {
        if (error instanceof TargetError) error.applied = i;
        throw error;
      }
    }
  }

  async readMemory(rpb: number, base: number, buckets: number): Promise<readonly Uint32Array[]> {
    return this.emulator.registersOfPipes.map((memory) => memory.range(rpb, base, buckets).slice());
  }

  async writeMemory(rpb: number, base: number, values: ArrayLike<number>): Promise<void> {
    const buckets = values.length / this.emulator.dataPlane.rpb(rpb).words;
    for (const memory of this.emulator.registersOfPipes) memory.range(rpb, base, buckets).set(values);
  }

  async entryCount(table: string): Promise<number> {
    return this.emulator.entryCount(table);
  }

  async entries(): Promise<readonly TableEntry[]> {
    return this.emulator.entries();
  }

  async groups(): Promise<readonly MulticastGroup[]> {
    return this.emulator.groups();
  }

  async hits(): Promise<readonly EntryHits[] | undefined> {
    const { hits } = this.emulator;
    return hits && this.emulator.entries().map((entry) => ({ entry, packets: hits.of(entry) }));
  }
}
