/** Long work in a thread that also has to hear whether it should stop. */
import { SessionError } from './failure.js';
import type { SessionProgress } from './protocol.js';

/** What a question that takes long is given. */
export interface Working {
  readonly progress: (progress: SessionProgress) => void;
  readonly signal: AbortSignal;
}

/** Lets messages come, then says how far the work is. @throws {SessionError} `cancelled` */
export async function breathe({ progress, signal }: Working, at: SessionProgress): Promise<void> {
  progress(at);
  await new Promise((resolve) => setTimeout(resolve));
  if (signal.aborted) throw new SessionError('cancelled', 'cancelled');
}
