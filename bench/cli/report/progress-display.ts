/** Progress of a run: a bar on a terminal, elsewhere a line every few seconds. */

import { Presets, SingleBar } from 'cli-progress';
import { counted } from '../../../compiler/data-plane/counting.js';
import { isFancy, StatusLine, type StatusStream } from '../../../hw-driver/index.js';
import type { RunProgress } from '../../measure/run/run-workload.js';

const PERMILLE = 1000;

export class ProgressDisplay implements RunProgress {
  private readonly display: { show(label: string, share: number | undefined, detail: string): void; stop(): void };

  /** @param clock monotonic time in milliseconds */
  constructor(stream: NodeJS.WriteStream | StatusStream, clock: () => number) {
    this.display = isFancy(stream) ? new Bar(stream as NodeJS.WriteStream) : new Lines(stream, clock);
  }

  deploying(deployed: number, wanted: number | 'max'): void {
    const detail = counted(deployed, 'program');
    this.display.show('deploying', wanted === 'max' ? undefined : deployed / wanted, detail);
  }

  processing(progress: number, packets: number): void {
    this.display.show('packets', progress, counted(packets, 'packet'));
  }

  stop(): void {
    this.display.stop();
  }
}

/** Progress as a line, for output that is not a terminal: `packets: 45 %, 450,000 packets`. */
class Lines {
  private readonly status: StatusLine;

  constructor(stream: StatusStream, clock: () => number) {
    this.status = new StatusLine(stream, clock);
  }

  show(label: string, share: number | undefined, detail: string): void {
    this.status.show(`${label}: ${share === undefined ? '' : `${Math.floor(share * 100)} %, `}${detail}`);
  }

  stop(): void {
    this.status.stop();
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
