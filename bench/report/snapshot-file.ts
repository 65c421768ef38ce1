/** A file for a snapshot: opened before the work starts, and whole or as it was afterwards. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { UsageError } from '../../hw-driver/index.js';
import { reasonOf } from './result-folder.js';

export class SnapshotFile {
  private readonly temporary: string;
  private file: number | undefined;

  /** @throws {UsageError} */
  constructor(readonly path: string) {
    this.temporary = `${path}.partial`;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new UsageError(`cannot write ${path}: a folder, not a file`);
    }
    this.file = this.orFail(() => openSync(this.temporary, 'w'));
  }

  /** @throws {UsageError} and leaves an older file as it was */
  write(bytes: Uint8Array): void {
    this.orFail(() => {
      const { file } = this;
      if (file === undefined) return;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
      this.close();
      renameSync(this.temporary, this.path);
    });
  }

  /** Nothing was to be kept. */
  discard(): void {
    if (this.file === undefined) return;
    this.close();
    rmSync(this.temporary, { force: true });
  }

  private close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private orFail<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.discard();
      throw new UsageError(`cannot write ${this.path}: ${reasonOf(error)}`);
    }
  }
}
