/** A file for a snapshot: opened before the work starts, and written atomically after it. */
import { UsageError } from '../../../hw-driver/index.js';
import { OutputFile, reasonOf } from '../../../traces/system/index.js';

export class SnapshotFile {
  private readonly file: OutputFile;

  /** @throws {UsageError} */
  constructor(readonly path: string) {
    this.file = this.orFail(() => OutputFile.open(path));
  }

  /** @throws {UsageError} an older file is then unchanged */
  write(bytes: Uint8Array): void {
    this.orFail(() => {
      this.file.write(bytes);
      this.file.close(true);
    });
  }

  /** Discards the new file; an older one is unchanged. */
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
