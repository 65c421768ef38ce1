/** Long work in a thread that also has to hear whether it should stop. */
import { SessionError } from './failure.js';
import type { SessionProgress } from './protocol.js';

/** What a question that takes long is given. */
export interface Working {
  readonly progress: (progress: SessionProgress) => void;
  readonly signal: AbortSignal;
}

/** What browsers have for tasks, as far as it is in use; Node has none. */
declare const scheduler: { postTask?(task: () => void): Promise<void> } | undefined;

/** A pause in which messages come. Timers of browsers wait 4 ms, which tasks do not. */
const pause = (): Promise<void> =>
  typeof scheduler !== 'undefined' && scheduler.postTask !== undefined
    ? scheduler.postTask(() => undefined)
    : new Promise((resolve) => {
        setTimeout(resolve);
      });

/** Lets messages come, then says how far the work is. @throws {SessionError} `cancelled` */
export async function breathe({ progress, signal }: Working, at: SessionProgress): Promise<void> {
  progress(at);
  await pause();
  if (signal.aborted) throw new SessionError('cancelled', 'cancelled');
}
