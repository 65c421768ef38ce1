/** Where the files of a cell are on the machine that computes it. */
import { statSync } from 'node:fs';
import { DomainError } from '../../../compiler/index.js';
import { namedContent } from './module-bundle.js';
import { hashOf } from './named-files.js';

/** A file that is not what it was when the sweep was planned. */
export class ChangedFile extends DomainError {
  override readonly name = 'ChangedFile';
  readonly code = 'changed-file';
  readonly ends = 'bad-input';
}

/** Paths by the names that cells give files. */
export type FilePlaces = Readonly<Record<string, string>>;

/** Files whose contents were compared: what they were read from with times of change, by path and hash. */
const compared = new Map<string, ReadonlyMap<string, number | undefined>>();

const changeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.mtimeMs;

/** Looks whether files have the contents that cells are keyed by. @throws {ChangedFile} */
export function requireContents(files: Readonly<Record<string, string>>, places: FilePlaces): void {
  for (const [name, hash] of Object.entries(files)) {
    const path = places[name];
    if (path === undefined) throw new ChangedFile(`${name} is not here`);
    if (changeOf(path) === undefined) throw new ChangedFile(`${name} is gone: there is no ${path}`);
    const before = compared.get(`${path} ${hash}`);
    if (before !== undefined && [...before].every(([each, changed]) => changeOf(each) === changed)) continue;
    const { bytes, paths } = namedContent(path);
    if (hashOf(bytes) !== hash) {
      throw new ChangedFile(`${name} has changed since the sweep began; the same command takes it as it is now`);
    }
    compared.set(`${path} ${hash}`, new Map(paths.map((each) => [each, changeOf(each)])));
  }
}
