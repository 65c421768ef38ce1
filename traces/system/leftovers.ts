/** Files that nobody is to find when the process has ended, however it ends. */
import { rmSync } from 'node:fs';
import { holdSignals, releaseSignals } from './signals.js';

const partial = new Set<string>();
const locks = new Set<string>();
let watchesExit = false;

/** A file that is being written. Signals wait until it is whole or removed. */
export function addPartial(path: string): void {
  watchExit();
  if (partial.size === 0) holdSignals(removeLeftovers);
  partial.add(path);
}

/** It has its name now, or is gone. */
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
      // Its folder may be gone, or not be ours any more.
    }
  }
}
