/** A file for a snapshot: opened before the work starts, and whole or as it was afterwards. */
import { UsageError } from '../../../hw-driver/index.js';
import { OutputFile, reasonOf } from '../../../traces/system/index.js';

export class SnapshotFile {
  private readonly file: OutputFile;

  /** @throws {UsageError} */
  constructor(readonly path: string) {
    this.file = this.orFail(() => OutputFile.open(path));
  }

  /** @throws {UsageError} and leaves an older file as it was */
  write(bytes: Uint8Array): void {
    this.orFail(() => {
      this.file.write(bytes);
      this.file.close(true);
    });
  }

  /** Nothing was to be kept. */
  discard(): void {
    this.file.discard();
  }

  private orFail<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new UsageError(`cannot write ${this.path}: ${reasonOf(error)}`);
    }
  }
}
