/** How far a command has come: one line that is drawn over on a terminal, elsewhere a line every few seconds. */

const CLEAR_LINE = '\r\u001b[K';
/** Between two lines that stay; the first comes as late, so that short commands write none. */
const LINE_INTERVAL_MS = 5000;
/** Between two that are drawn over one another. */
const REDRAW_INTERVAL_MS = 50;

/** What a status goes to: `process.stderr`, but for tests. */
export type StatusStream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

/** Whether to write colours and lines that are drawn over to a stream. */
export function isFancy({ isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>): boolean {
  return isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
}

/** Work that lasts says what it is at as often as it likes: little of it is written. */
export class StatusLine {
  private readonly isDrawnOver: boolean;
  private readonly start: number;
  private last: number;
  private text = '';
  private isShown = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param clock milliseconds from any start */
  constructor(
    private readonly stream: StatusStream = process.stderr,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.isDrawnOver = isFancy(stream);
    this.start = clock();
    this.last = this.isDrawnOver ? Number.NEGATIVE_INFINITY : this.start;
  }

  /** @param text `cache: 1,200 programs` */
  show(text: string): void {
    this.text = text;
    // Threads and programs that compute for this command do not call.
    this.timer ??= setInterval(() => this.write(), LINE_INTERVAL_MS).unref();
    this.write();
  }

  /** Before results are written to the same terminal. */
  clear(): void {
    if (this.isShown) this.stream.write(CLEAR_LINE);
    this.isShown = false;
  }

  stop(): void {
    this.clear();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private write(): void {
    const now = this.clock();
    if (now - this.last < (this.isDrawnOver ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS)) return;
    this.last = now;
    if (!this.isDrawnOver) {
      this.stream.write(`${this.text}, after ${Math.round((now - this.start) / 1000)} s\n`);
      return;
    }
    this.stream.write(`${CLEAR_LINE}${this.text}`);
    this.isShown = true;
  }
}
