/** The progress of a command: one line that is redrawn on a terminal, elsewhere a line every few seconds. */

const CLEAR_LINE = '\r\u001b[K';
/** Time between two lines where they are not redrawn, and before the first, so that short commands print none. */
const LINE_INTERVAL_MS = 5000;
/** Time between two redraws on a terminal. */
const REDRAW_INTERVAL_MS = 50;

/** The stream of a status line: `process.stderr`, except in tests. */
export type StatusStream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

/** Whether a stream is a terminal for colours and redrawn lines; NO_COLOR turns them off. */
export function isFancy({ isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>): boolean {
  return isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
}

/** Takes progress as often as the caller reports it, and writes it at the intervals above. */
export class StatusLine {
  private readonly isRedrawn: boolean;
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
    this.isRedrawn = isFancy(stream);
    this.start = clock();
    this.last = this.isRedrawn ? Number.NEGATIVE_INFINITY : this.start;
  }

  /** @param text `cache: 1,200 programs` */
  show(text: string): void {
    this.text = text;
    // While threads or other processes compute for the command, nothing calls `show`.
    this.timer ??= setInterval(() => this.write(), LINE_INTERVAL_MS).unref();
    this.write();
  }

  /** Shows the progress after a step that is worth a line of its own where lines are not redrawn, whenever it ends. */
  step(text: string, detail: string): void {
    if (!this.isRedrawn) {
      this.last = Number.NEGATIVE_INFINITY;
      this.text = `${text}: ${detail}`;
      this.write();
    }
    this.show(text);
  }

  /** To be called before results are written to the same terminal. */
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
    if (now - this.last < (this.isRedrawn ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS)) return;
    this.last = now;
    if (!this.isRedrawn) {
      this.stream.write(`${this.text}, after ${Math.round((now - this.start) / 1000)} s\n`);
      return;
    }
    this.stream.write(`${CLEAR_LINE}${this.text}`);
    this.isShown = true;
  }
}
