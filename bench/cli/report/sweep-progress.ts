/** Progress of a sweep: cells done, rate, time left, what runs. */
import { counted } from '../../../compiler/data-plane/counting.js';
import type { StatusLine } from '../../../hw-driver/index.js';

const MS_PER_SECOND = 1000;
const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;

/** A time span for people: `12 s`, `3 min`, `2.5 h`. */
export function spanText(seconds: number): string {
  if (seconds < 2 * SECONDS_PER_MINUTE) return `${Math.ceil(seconds)} s`;
  if (seconds < 2 * SECONDS_PER_HOUR) return `${Math.ceil(seconds / SECONDS_PER_MINUTE)} min`;
  return `${(seconds / SECONDS_PER_HOUR).toFixed(1)} h`;
}

const THREE_DIGITS = { maximumSignificantDigits: 3 } as const;

export class SweepDisplay {
  private readonly start: number;
  private done = 0;
  private failed = 0;
  private now = '';
  private workers = '';

  /** @param missing cells that are to be computed @param clock milliseconds from any start */
  constructor(
    private readonly status: StatusLine,
    private readonly missing: number,
    private readonly clock: () => number,
  ) {
    this.start = clock();
  }

  starts(cell: string): void {
    this.now = cell;
    this.show();
  }

  ends(isDone: boolean): void {
    if (isDone) this.done++;
    else this.failed++;
    this.show();
  }

  /** Who computes, of a sweep through a queue. */
  says(workers: string): void {
    this.workers = workers;
    this.show();
  }

  private show(): void {
    const ended = this.done + this.failed;
    const parts = [`${ended.toLocaleString('en-US')} of ${counted(this.missing, 'cell')}`];
    if (this.failed > 0) parts.push(`${this.failed.toLocaleString('en-US')} failed`);
    const seconds = (this.clock() - this.start) / MS_PER_SECOND;
    if (ended > 0 && seconds > 0) {
      parts.push(`${(ended / seconds).toLocaleString('en-US', THREE_DIGITS)} cells/s`);
      if (ended < this.missing) parts.push(`${spanText(((this.missing - ended) * seconds) / ended)} left`);
    }
    for (const part of [this.workers, this.now]) if (part !== '') parts.push(part);
    this.status.show(parts.join(', '));
  }
}
