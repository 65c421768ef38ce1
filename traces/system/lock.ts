/** A lock is a file that names the process that holds it. A lock of a process that has ended is taken over. */

import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { addLock, forgetLock } from './leftovers.js';
import { errorCode } from './reason.js';

/** Thrown if another process holds the lock. */
export class Locked extends Error {
  override readonly name = 'Locked';

  constructor(
    readonly path: string,
    readonly processId: number,
  ) {
    super(`process ${processId} has locked it; if this is wrong, remove ${path}`);
  }
}

/** Locks of this process. */
const held = new Set<string>();
let attempts = 0;

/** Takes the lock at a path. @returns a function that releases it @throws {Locked}, or errors of the system */
export function lock(named: string): () => void {
  const path = join(realpathSync(dirname(resolve(named))), basename(named));
  const own = `${path}.${process.pid}-${attempts++}`;
  // Created by a hard link, so that a visible lock always names its process.
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
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code ?? '')) throw error;
    return tryToCreate(own, path);
  }
}

/** Error codes of file systems without hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

function tryToCreate(own: string, path: string): boolean {
  try {
    writeFileSync(path, readFileSync(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
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
    // Another process took it at the same time.
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  // It may have taken the lock between the two reads, and keeps it then.
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
  /** Start time of the process; '' if the system does not report it. */
  readonly start: string;
}

/** The holder of a lock; undefined if the lock has been released. */
function ownerOf(path: string): Owner | undefined {
  try {
    const [processId = '', start = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { processId: /^\d+$/.test(processId) ? Number(processId) : 0, start };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isHeld(path: string, { processId, start }: Owner): boolean {
  if (processId <= 0) return false;
  const now = startOf(processId);
  // The number has been reused by another process.
  if (start !== '' && now !== '' && start !== now) return false;
  if (processId === process.pid) return held.has(path);
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Start time of a process in clock ticks since boot: field 22 of its stat, after the name in parentheses. */
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
