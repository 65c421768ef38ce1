/** A lock is a file that names the process which holds it. Those of processes that have ended are taken over. */
import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { addLock, forgetLock } from './leftovers.js';

/** Somebody else holds it. */
export class Locked extends Error {
  override readonly name = 'Locked';

  constructor(
    readonly path: string,
    readonly processId: number,
  ) {
    super(`process ${processId} works with it; if not, remove ${path}`);
  }
}

/** Those of this process. */
const held = new Set<string>();
let attempts = 0;

/** Takes the lock at a path. @returns what gives it back @throws {Locked}, or errors of the system */
export function lock(named: string): () => void {
  const path = join(realpathSync(dirname(resolve(named))), basename(named));
  const own = `${path}.${process.pid}-${attempts++}`;
  // Linked, not written: a lock that can be seen names its process.
  writeFileSync(own, `${process.pid} ${startOf(process.pid)}\n`, { flag: 'wx' });
  try {
    while (!tryToLink(own, path)) takeOver(path, `${own}.stale`, named);
  } finally {
    rmSync(own, { force: true });
  }
  held.add(path);
  addLock(path);
  return () => {
    if (!held.delete(path)) return;
    rmSync(path, { force: true });
    forgetLock(path);
  };
}

function tryToLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code ?? '')) throw error;
    return tryToCreate(own, path);
  }
}

/** What file systems without hard links say. */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

function tryToCreate(own: string, path: string): boolean {
  try {
    writeFileSync(path, readFileSync(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock whose process has ended. @throws {Locked} */
function takeOver(path: string, stale: string, named: string): void {
  const owner = ownerOf(path);
  if (owner === undefined) return;
  if (isHeld(path, owner)) throw new Locked(named, owner.processId);
  try {
    renameSync(path, stale);
  } catch (error) {
    // Another process was as quick.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // And may have locked between the two looks: then it keeps its lock.
  const moved = ownerOf(stale);
  if (moved !== undefined && isHeld(path, moved)) {
    tryToLink(stale, path);
    rmSync(stale, { force: true });
    throw new Locked(named, moved.processId);
  }
  rmSync(stale, { force: true });
}

interface Owner {
  readonly processId: number;
  /** When it began; '' where the system does not say. */
  readonly start: string;
}

/** Undefined if there is no lock any more. */
function ownerOf(path: string): Owner | undefined {
  try {
    const [processId = '', start = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { processId: /^\d+$/.test(processId) ? Number(processId) : 0, start };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isHeld(path: string, { processId, start }: Owner): boolean {
  if (processId <= 0) return false;
  const now = startOf(processId);
  // A process that has the number of one that has ended.
  if (start !== '' && now !== '' && start !== now) return false;
  if (processId === process.pid) return held.has(path);
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Clock ticks since the machine began when a process did: field 22 of its stat, behind the name in parentheses. */
const START_BEHIND_NAME = 19;

function startOf(processId: number): string {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return (
      text
        .slice(text.lastIndexOf(')') + 1)
        .trim()
        .split(' ')[START_BEHIND_NAME] ?? ''
    );
  } catch {
    return '';
  }
}
