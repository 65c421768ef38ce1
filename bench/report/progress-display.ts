/** Progress bars of a run, on a terminal only. */
import { Presets, SingleBar } from 'cli-progress';
import type { RunProgress } from '../run/run-workload.js';

const PERMILLE = 1000;

export class ProgressDisplay implements RunProgress {
  private bar: SingleBar | undefined;
  private label = '';
  private readonly enabled: boolean;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.enabled = stream.isTTY === true;
  }

  deploying(deployed: number, wanted: number | 'max'): void {
    const detail = `${deployed.toLocaleString('en-US')} programs`;
    this.show('deploying', wanted === 'max' ? 0 : deployed / wanted, detail);
  }

  processing(progress: number, packets: number): void {
    this.show('packets', progress, `${packets.toLocaleString('en-US')} packets`);
  }

  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private show(label: string, share: number, detail: string): void {
    if (!this.enabled) return;
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
    this.bar?.update(Math.round(share * PERMILLE), { detail });
  }
}
