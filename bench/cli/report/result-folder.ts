/** A folder for results: checked before the work starts, locked by one run, with atomically written files. */

import { join } from 'node:path';
import { DomainError } from '../../../compiler/index.js';
import { Locked, lock, makeFolders, reasonOf, removeFolders, writeFile } from '../../../traces/system/index.js';

/** Thrown for a folder that cannot be written. */
export class ResultFolderError extends DomainError {
  override readonly name = 'ResultFolderError';
  readonly code = 'no-result-folder';
  readonly ends = 'bad-input';
}

/** Name of the lock file that a run holds while it writes results. */
const LOCK = '.lock';

export class ResultFolder {
  private constructor(
    readonly path: string,
    /** The topmost folder that was created, which a failed run removes. */
    private readonly created: string | undefined,
    private readonly unlock: () => void,
  ) {}

  /** Creates and locks the folder until {@link close}. @throws {ResultFolderError} also if another run has locked it */
  static open(path: string): ResultFolder {
    let created: string | undefined;
    try {
      created = makeFolders(path);
      return new ResultFolder(path, created, lock(join(path, LOCK)));
    } catch (error) {
      removeFolders(path, created);
      const reason =
        error instanceof Locked
          ? `process ${error.processId} writes results there; if not, remove ${error.path}`
          : reasonOf(error);
      throw new ResultFolderError(`cannot write results to ${path}: ${reason}`);
    }
  }

  /** Locks a folder during some work. @throws {ResultFolderError} and errors of the work */
  static async during<T>(path: string, work: (folder: ResultFolder) => Promise<T>): Promise<T> {
    const folder = ResultFolder.open(path);
    try {
      return await work(folder);
    } finally {
      folder.close();
    }
  }

  /** Writes a file atomically. @throws {ResultFolderError} an older file of this name is then unchanged */
  write(name: string, text: string | Uint8Array): void {
    const target = join(this.path, name);
    try {
      writeFile(target, text);
    } catch (error) {
      throw new ResultFolderError(`cannot write ${target}: ${reasonOf(error)}`);
    }
  }

  /** Unlocks the folder. Does nothing once closed. */
  close(): void {
    this.unlock();
  }

  /** Unlocks the folder and removes the empty folders that this run created. */
  discard(): void {
    this.close();
    removeFolders(this.path, this.created);
  }
}
