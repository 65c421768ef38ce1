/** Work that takes long: how far it has come, results said as they come, and an end that a signal may bring. */
import { StatusLine } from '../../../hw-driver/index.js';
import { interruptible } from '../../../traces/system/index.js';

export class LongWork {
  private readonly status = new StatusLine();

  /** @param isSilent of a command that prints one document: nothing is said before it */
  constructor(private readonly isSilent: boolean) {}

  /** How far the work has come. */
  show(text: string): void {
    this.status.show(text);
  }

  /** Lines of results, on standard output. */
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
