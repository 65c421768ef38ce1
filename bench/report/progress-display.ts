/** How far a run has come: a bar on a terminal, elsewhere a line every few seconds. */
import { Presets, SingleBar } from 'cli-progress';
import type { RunProgress } from '../run/run-workload.js';

const PERMILLE = 1000;
/** Between two lines; the first comes as late, so that short runs write none. */
const LINE_INTERVAL_MS = 5000;

/** What a display writes to: `process.stderr`, but for tests. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

export class ProgressDisplay implements RunProgress {
  private readonly display: { show(label: string, share: number | undefined, detail: string): void; stop(): void };

  /** @param clock milliseconds from any start */
  constructor(stream: NodeJS.WriteStream | ProgressStream, clock: () => number) {
    this.display = stream.isTTY === true ? new Bar(stream as NodeJS.WriteStream) : new Lines(stream, clock);
  }

  deploying(deployed: number, wanted: number | 'max'): void {
    const detail = `${deployed.toLocaleString('en-US')} programs`;
    this.display.show('deploying', wanted === 'max' ? undefined : deployed / wanted, detail);
  }

  processing(progress: number, packets: number): void {
    this.display.show('packets', progress, `${packets.toLocaleString('en-US')} packets`);
  }

  stop(): void {
    this.display.stop();
  }
}

/** `packets: 45 %, 450,000 packets, after 10 s` where nobody would see a bar move: a pipe, a file, a log. */
class Lines {
  private readonly start: number;
  private last: number;

  constructor(
    private readonly stream: ProgressStream,
    private readonly clock: () => number,
  ) {
    this.start = clock();
    this.last = this.start;
  }

  show(label: string, share: number | undefined, detail: string): void {
    const now = this.clock();
    if (now - this.last < LINE_INTERVAL_MS) return;
    this.last = now;
    const part = share === undefined ? '' : `${Math.floor(share * 100)} %, `;
    this.stream.write(`${label}: ${part}${detail}, after ${Math.round((now - this.start) / 1000)} s\n`);
  }

  stop(): void {
    // A line that was written needs no end.
  }
}

class Bar {
  private bar: SingleBar | undefined;
  private label = '';

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show(label: string, share: number | undefined, detail: string): void {
    if (this.label !== label) {
      this.stop();
      this.label = label;
      this.bar = new SingleBar(
        {
          format: `${label.padEnd(10)} {bar} {percentage} %  {detail}  ETA {eta_formatted}`,
          stream: this.stream,
          clearOnComplete: true,
          hideCursor: true,
          fps: 10,
        },
        Presets.shades_classic,
      );
      this.bar.start(PERMILLE, 0, { detail });
    }
    this.bar?.update(Math.round((share ?? 0) * PERMILLE), { detail });
  }

  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
