/** What the paper prints in figure 11; see results/published/README.md. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../hw-driver/package-root.js';

export interface PublishedRecirculation {
  readonly packetBytes: number;
  readonly recirculations: number;
  readonly throughputGbps: number;
  /** Of the round trip time, against that of 128 bytes without recirculation. */
  readonly rttIncreaseMs: number;
}

export function publishedRecirculation(): readonly PublishedRecirculation[] {
  const [, ...lines] = readFileSync(packageFile('results', 'published', 'recirculation.csv'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [packetBytes, recirculations, throughputGbps, rttIncreaseMs] = line.split(',').map(Number);
    return {
      packetBytes: packetBytes ?? 0,
      recirculations: recirculations ?? 0,
      throughputGbps: throughputGbps ?? 0,
      rttIncreaseMs: rttIncreaseMs ?? 0,
    };
  });
}
