/** How the process of a server was started, and when it has to end. */
import { once } from 'node:events';

const POLL_MS = 500;

export interface Launch {
  /** Whether npm or npx started the process: npm does not pass on all signals. */
  readonly byNpm: boolean;
  /** The id of the present parent process. */
  readonly parent: () => number;
}

/** The launch of this process. */
export const thisLaunch = (): Launch => ({
  byNpm: process.env['npm_command'] !== undefined,
  parent: () => process.ppid,
});

/** Resolves when the signal aborts or, if npm started the process, when its parent has ended. */
export async function serveUntil(signal: AbortSignal, { byNpm, parent }: Launch): Promise<void> {
  const first = parent();
  const orphaned = new AbortController();
  const look = byNpm ? setInterval(() => parent() !== first && orphaned.abort(), POLL_MS) : undefined;
  try {
    const end = AbortSignal.any([signal, orphaned.signal]);
    if (!end.aborted) await once(end, 'abort');
  } finally {
    clearInterval(look);
  }
}
