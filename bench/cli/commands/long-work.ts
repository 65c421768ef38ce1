/** Long work of a command: progress, results as they are computed, and an end on a signal. */
import { StatusLine } from '../../../hw-driver/index.js';
import { interruptible } from '../../../traces/system/index.js';

export class LongWork {
  private readonly status = new StatusLine();

  /** @param isSilent true for a command that prints one JSON document: no other lines go to standard output */
  constructor(private readonly isSilent: boolean) {}

  /** Shows the progress. */
  show(text: string): void {
    this.status.show(text);
  }

  /** Prints lines of results on standard output. */
  say(lines: readonly string[]): void {
    this.status.clear();
    if (!this.isSilent) for (const line of lines) process.stdout.write(`${line}\n`);
  }

  /** Does the work; resolves to whether a signal ended it. */
  async during(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    try {
      return await interruptible(async (signal) => {
        await work(signal);
        return signal.aborted;
      });
    } finally {
      this.status.stop();
    }
  }
}
