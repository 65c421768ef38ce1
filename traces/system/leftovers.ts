/** Temporary files and locks that are removed when the process ends, also by a signal. */
import { rmSync } from 'node:fs';
import { holdSignals, releaseSignals } from './signals.js';

const partial = new Set<string>();
const locks = new Set<string>();
let watchesExit = false;

/** Registers a file that is being written. Signals wait until it is complete or removed. */
export function addPartial(path: string): void {
  watchExit();
  if (partial.size === 0) holdSignals(removeLeftovers);
  partial.add(path);
}

/** Unregisters a file that has been renamed or removed. */
export function forgetPartial(path: string): void {
  if (partial.delete(path) && partial.size === 0) releaseSignals(removeLeftovers);
}

/**
 * A lock. It holds no signal: a process that computes for long has to end at once, and a lock of one that has ended is
 * taken over.
 */
export function addLock(path: string): void {
  watchExit();
  locks.add(path);
}

export function forgetLock(path: string): void {
  locks.delete(path);
}

function watchExit(): void {
  if (watchesExit) return;
  watchesExit = true;
  process.on('exit', removeLeftovers);
}

function removeLeftovers(): void {
  for (const path of [...partial, ...locks]) {
    try {
      rmSync(path, { force: true });
    } catch {
      // Its folder may have been removed, or may no longer be writable.
    }
  }
}
