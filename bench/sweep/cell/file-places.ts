/** Where the files of a cell are on the machine that computes it. */
import { readFileSync, statSync } from 'node:fs';
import { DomainError } from '../../../compiler/index.js';
import { hashOf } from './named-files.js';

/** A file that is not what it was when the sweep was planned. */
export class ChangedFile extends DomainError {
  override readonly name = 'ChangedFile';
  readonly code = 'changed-file';
  readonly ends = 'bad-input';
}

/** Paths by the names that cells give files. */
export type FilePlaces = Readonly<Record<string, string>>;

/** Files whose contents were compared: time of change by path and hash. */
const compared = new Map<string, number>();

/** Looks whether files have the contents that cells are keyed by. @throws {ChangedFile} */
export function requireContents(files: Readonly<Record<string, string>>, places: FilePlaces): void {
  for (const [name, hash] of Object.entries(files)) {
    const path = places[name];
    if (path === undefined) throw new ChangedFile(`${name} is not here`);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (changed === undefined) throw new ChangedFile(`${name} is gone: there is no ${path}`);
    if (compared.get(`${path} ${hash}`) === changed) continue;
    if (hashOf(readFileSync(path)) !== hash) {
      throw new ChangedFile(`${name} has changed since the sweep began; the same command takes it as it is now`);
    }
    compared.set(`${path} ${hash}`, changed);
  }
}
