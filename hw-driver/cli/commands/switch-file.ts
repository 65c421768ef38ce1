/** An emulated switch that is kept in a snapshot file: every change is in the file when its call returns. */
import { existsSync } from 'node:fs';
import type { CompiledProgram, DataPlane, Operation } from '../../../compiler/index.js';
import { InProcessTarget, Switch } from '../../../sim/index.js';
import { readSnapshot, restoreSnapshot, SnapshotError, takeSnapshot } from '../../../sim/snapshot/snapshot.js';
import { readInput, reasonOf, writeFile } from '../../../traces/system/index.js';
import { frontPortForwarding } from '../../control/front-ports.js';
import { UsageError } from '../kit/command-line.js';

export class SwitchFile extends InProcessTarget {
  private constructor(
    readonly path: string,
    private readonly inFile: Switch,
    /** What ran on the switch when the snapshot was taken. */
    readonly programs: readonly CompiledProgram[],
    private readonly note: unknown,
  ) {
    super(inFile);
  }

  /**
   * @param creates whether to start with an empty switch if the file does not exist
   * @param remedy how to create one, for the message if it does not exist
   * @throws {UsageError}
   */
  static open(path: string, dataPlane: DataPlane, creates: boolean, remedy: () => string): SwitchFile {
    const emulator = new Switch(dataPlane);
    if (!existsSync(path)) {
      if (!creates) throw new UsageError(`${path}: no such file; ${remedy()}`);
      for (const operation of frontPortForwarding(dataPlane)) emulator.apply(operation);
      return new SwitchFile(path, emulator, [], null);
    }
    try {
      const snapshot = readSnapshot(readInput(path), dataPlane);
      restoreSnapshot(emulator, snapshot);
      return new SwitchFile(path, emulator, snapshot.programs, snapshot.note);
    } catch (error) {
      if (error instanceof SnapshotError) throw new UsageError(`${path}: ${error.message}`);
      throw new UsageError(`${path}: ${reasonOf(error)}`);
    }
  }

  /** If an operation is refused, those before it are saved. */
  override async apply(operations: readonly Operation[]): Promise<void> {
    if (operations.length === 0) return;
    try {
      await super.apply(operations);
    } finally {
      this.save();
    }
  }

  override async writeMemory(rpb: number, base: number, values: ArrayLike<number>): Promise<void> {
    await super.writeMemory(rpb, base, values);
    this.save();
  }

  /** Replaces the file as a whole. @throws {UsageError} */
  private save(): void {
    const bytes = takeSnapshot(this.inFile, this.programs, this.inFile.counters, this.note);
    try {
      writeFile(this.path, bytes, { durable: true });
    } catch (error) {
      throw new UsageError(`cannot write ${this.path}: ${reasonOf(error)}`);
    }
  }
}
