/** Loss-free rates and latencies as a table for the terminal and as CSV, with the published figures. */

import { stringify } from 'csv-stringify/sync';
import { must } from '../../../compiler/data-plane/must.js';
import type { LossFreeRow } from '../../measure/timing/loss-free-rate.js';
import type { PublishedRecirculation } from '../../measure/timing/published-recirculation.js';

const COLUMNS = [
  ['bytes', 6],
  ['recirc.', 8],
  ['Gbit/s', 8],
  ['published', 10],
  ['', 8],
  ['Mpackets/s', 11],
  ['latency ns', 11],
  ['more ns', 9],
] as const;

/** Two throughputs agree within this share of the published one. */
export const AGREES_WITHIN = 0.05;

const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => cell.padStart(must(COLUMNS[i]?.[1], 'width of a column'))).join(' ');

export const recirculationHeader = (): string => line(COLUMNS.map(([name]) => name));

export function verdict(row: LossFreeRow, published: PublishedRecirculation | undefined): '' | 'agrees' | 'differs' {
  if (published === undefined) return '';
  const distance = Math.abs(row.throughputGbps - published.throughputGbps);
  return distance <= AGREES_WITHIN * published.throughputGbps ? 'agrees' : 'differs';
}

/** @param first reference row of latencies: shortest packets without recirculation */
export function recirculationLine(
  row: LossFreeRow,
  published: PublishedRecirculation | undefined,
  first: LossFreeRow,
): string {
  return line([
    String(row.packetBytes),
    String(row.recirculations),
    row.throughputGbps.toFixed(2),
    published === undefined ? '–' : String(published.throughputGbps),
    verdict(row, published),
    (row.packetsPerSecond / 1e6).toFixed(3),
    row.latencyNs.toFixed(1),
    (row.latencyNs - first.latencyNs).toFixed(1),
  ]);
}

export function recirculationCsv(
  rows: readonly LossFreeRow[],
  publishedFor: (row: LossFreeRow) => PublishedRecirculation | undefined,
): string {
  return stringify(
    rows.map((row) => {
      const published = publishedFor(row);
      return {
        packet_bytes: row.packetBytes,
        recirculations: row.recirculations,
        throughput_gbps: Number(row.throughputGbps.toFixed(6)),
        published_throughput_gbps: published?.throughputGbps ?? '',
        throughput_verdict: verdict(row, published),
        packets_per_second: Math.round(row.packetsPerSecond),
        latency_ns: row.latencyNs,
        published_rtt_increase_ms: published?.rttIncreaseMs ?? '',
      };
    }),
    { header: true },
  );
}
