/** Progress as a bar on a terminal. Loaded for terminals only, as its package takes 12 ms. */
import { Presets, SingleBar } from 'cli-progress';

const PERMILLE = 1000;

/** A bar, and a new one where the label changes. */
export class ProgressBar {
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
