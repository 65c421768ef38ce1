/** Destinations of output paths: a file that is replaced, or a device or pipe that is written directly. */
import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

export type Destination =
  /** A regular file, existing or new. */
  | { readonly kind: 'file'; readonly path: string; readonly before: FileRights | undefined }
  /** A device or a named pipe. */
  | { readonly kind: 'device'; readonly path: string }
  /** A file that this process has open, as in `/dev/stdout`. */
  | { readonly kind: 'descriptor'; readonly descriptor: number };

/** Attributes that an existing file keeps when it is replaced. */
export interface FileRights {
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
}

/** Maximum number of symbolic links, as in Linux. */
const MAX_LINKS = 40;
const PERMISSIONS = 0o7777;
/** Where Linux shows the open files of this process; elsewhere `/dev/fd/N` are devices, and opening one duplicates it. */
const OPEN_FILES = `/proc/${process.pid}/fd`;

/**
 * `-` is standard output; `./-` is a file of that name. Follows symbolic links, the last of which may lead to nothing yet.
 * @throws errors of the system
 */
export function destinationOf(path: string): Destination {
  if (path === '') throw new Error('its name is empty');
  if (path === '-') return { kind: 'descriptor', descriptor: process.stdout.fd };
  let at = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const folder = realpathSync(dirname(resolve(at)));
    const name = basename(resolve(at));
    if (folder === OPEN_FILES && /^\d+$/.test(name)) return { kind: 'descriptor', descriptor: Number(name) };
    const full = join(folder, name);
    const found = lstatSync(full, { throwIfNoEntry: false });
    if (found?.isSymbolicLink() !== true) return notLinked(full, found, at.endsWith('/'));
    at = resolve(folder, readlinkSync(full));
  }
  throw new Error('too many symbolic links');
}

/** Whether writing a path writes standard output, where nothing else should go then. @throws errors of the system */
export function isStandardOutput(path: string): boolean {
  const destination = destinationOf(path);
  return destination.kind === 'descriptor' && destination.descriptor === process.stdout.fd;
}

function notLinked(path: string, found: Stats | undefined, isNamedAsFolder: boolean): Destination {
  if (found === undefined) {
    if (isNamedAsFolder) throw new Error('no such folder');
    return { kind: 'file', path, before: undefined };
  }
  if (found.isDirectory()) throw new Error('a folder, not a file');
  if (found.isFile()) {
    const before = { mode: found.mode & PERMISSIONS, owner: found.uid, group: found.gid };
    return { kind: 'file', path, before };
  }
  return { kind: 'device', path };
}
