/** Figure 11 of the paper as data; see results/published/README.md. */
import { numberIn, publishedTable } from '../../../hw-driver/cli/kit/published-figures.js';

export interface PublishedRecirculation {
  readonly packetBytes: number;
  readonly recirculations: number;
  readonly throughputGbps: number;
  /** Increase of the round trip time over that of 128 bytes without recirculation. */
  readonly rttIncreaseMs: number;
}

export function publishedRecirculation(): readonly PublishedRecirculation[] {
  return publishedTable('recirculation.csv').map((row) => ({
    packetBytes: numberIn(row, 'packet_bytes'),
    recirculations: numberIn(row, 'recirculations'),
    throughputGbps: numberIn(row, 'throughput_gbps'),
    rttIncreaseMs: numberIn(row, 'normalized_rtt_increase_ms'),
  }));
}
