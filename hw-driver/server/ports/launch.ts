/** How the process of a server was started, and when it is to end. */
import { once } from 'node:events';

const LOOK_MS = 500;

export interface Launch {
  /** Whether npm or npx made the process: a signal to npm is meant for this one, and npm does not pass all on. */
  readonly byNpm: boolean;
  /** The process that is the parent now. */
  readonly parent: () => number;
}

/** As the process was started. */
export const thisLaunch = (): Launch => ({
  byNpm: process.env['npm_command'] !== undefined,
  parent: () => process.ppid,
});

/** Resolves when the signal aborts or, if npm made the process, when its parent has ended. */
export async function serveUntil(signal: AbortSignal, { byNpm, parent }: Launch): Promise<void> {
  const first = parent();
  const orphaned = new AbortController();
  const look = byNpm ? setInterval(() => parent() !== first && orphaned.abort(), LOOK_MS) : undefined;
  try {
    const end = AbortSignal.any([signal, orphaned.signal]);
    if (!end.aborted) await once(end, 'abort');
  } finally {
    clearInterval(look);
  }
}
