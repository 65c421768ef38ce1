/** Progress of a run: a bar on a terminal, elsewhere a line every few seconds. */

import { counted } from '../../../compiler/data-plane/counting.js';
import { isFancy, StatusLine, type StatusStream } from '../../../hw-driver/index.js';
import type { RunProgress } from '../../measure/run/run-workload.js';

/** Shows how far work under a label has come, as a share if it is known. */
interface Display {
  show(label: string, share: number | undefined, detail: string): void;
  stop(): void;
}

/** @param clock monotonic time in milliseconds */
export async function progressDisplay(
  stream: NodeJS.WriteStream | StatusStream,
  clock: () => number,
): Promise<ProgressDisplay> {
  if (!isFancy(stream)) return new ProgressDisplay(new Lines(stream, clock));
  const { ProgressBar } = await import('./progress-bar.js');
  return new ProgressDisplay(new ProgressBar(stream as NodeJS.WriteStream));
}

class ProgressDisplay implements RunProgress {
  constructor(private readonly display: Display) {}

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
class Lines implements Display {
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
