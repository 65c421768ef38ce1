/** A folder that results go to: checked before the work starts, of one run at a time, each file whole or not there. */

import { join } from 'node:path';
import { DomainError } from '../../../compiler/index.js';
import { Locked, lock, makeFolders, reasonOf, removeFolders, writeFile } from '../../../traces/system/index.js';

/** A folder that cannot be written. */
export class ResultFolderError extends DomainError {
  override readonly name = 'ResultFolderError';
  readonly code = 'no-result-folder';
  readonly ends = 'bad-input';
}

/** Its lock, while a run writes results there. */
const LOCK = '.lock';

export class ResultFolder {
  private constructor(
    readonly path: string,
    /** The first folder that had to be made, so that a run that fails leaves none behind. */
    private readonly created: string | undefined,
    private readonly unlock: () => void,
  ) {}

  /** Makes the folder, and holds it until {@link close}. @throws {ResultFolderError} also if another run writes there */
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

  /** Holds a folder for the time of some work. @throws {ResultFolderError} and what the work throws */
  static async during<T>(path: string, work: (folder: ResultFolder) => Promise<T>): Promise<T> {
    const folder = ResultFolder.open(path);
    try {
      return await work(folder);
    } finally {
      folder.close();
    }
  }

  /** @throws {ResultFolderError} and leaves an older file of this name as it was */
  write(name: string, text: string): void {
    const target = join(this.path, name);
    try {
      writeFile(target, text);
    } catch (error) {
      throw new ResultFolderError(`cannot write ${target}: ${reasonOf(error)}`);
    }
  }

  /** Another run may write there now. Does nothing once closed. */
  close(): void {
    this.unlock();
  }

  /** Closes it, and removes the folders that this run made, as far as nothing is in them. */
  discard(): void {
    this.close();
    removeFolders(this.path, this.created);
  }
}
