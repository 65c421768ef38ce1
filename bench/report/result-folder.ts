/** A folder that results go to: checked before the work starts, each file whole or not there. */

import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../hw-driver/index.js';

/** A folder that cannot be written. */
export class ResultFolderError extends UsageError {
  override readonly name = 'ResultFolderError';
}

export class ResultFolder {
  /** The first folder that had to be made, so that a run that fails leaves none behind. */
  private readonly created: string | undefined;

  /** @throws {ResultFolderError} */
  constructor(readonly path: string) {
    const probe = join(path, `.probe-${process.pid}`);
    try {
      this.created = makeFolders(path);
      writeFileSync(probe, '');
      rmSync(probe);
    } catch (error) {
      throw new ResultFolderError(`cannot write results to ${path}: ${reasonOf(error)}`);
    }
  }

  /** @throws {ResultFolderError} and leaves an older file of this name as it was */
  write(name: string, text: string): void {
    const target = join(this.path, name);
    const temporary = `${target}.partial`;
    try {
      writeFileSync(temporary, text);
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new ResultFolderError(`cannot write ${target}: ${reasonOf(error)}`);
    }
  }

  /** Removes the folders that this run made, as far as nothing is in them. */
  discard(): void {
    if (this.created === undefined) return;
    const first = resolve(this.created);
    try {
      for (let folder = resolve(this.path); folder.length >= first.length; folder = dirname(folder)) rmdirSync(folder);
    } catch {
      // Somebody else has put something there: it stays.
    }
  }
}

/**
 * Makes a folder and those above it, and returns the first that was not there. Step by step, as Node's own way hangs where
 * a system says that a folder is missing which nobody can make, below /proc for one.
 */
function makeFolders(path: string): string | undefined {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  const made: string[] = [];
  try {
    for (const folder of missing) {
      if (existsSync(folder)) continue;
      mkdirSync(folder);
      made.unshift(folder);
    }
  } catch (error) {
    for (const folder of made) rmdirSync(folder);
    throw error;
  }
  return missing[0];
}

/** What the system said, without its internal prefix. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^E[A-Z]+: /, '').replace(/, \w+ '.*'$/, '');
}
