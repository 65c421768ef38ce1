/** A switch whose programs come and go: as a table to read, and as CSV. */
import { stringify } from 'csv-stringify/sync';
import { must } from '../../../compiler/data-plane/must.js';
import type { ChurnResult, ChurnSample } from '../../measure/churn/measure-churn.js';

const COLUMNS = ['hours', 'programs', 'arrivals', 'refused', 'entries', 'memory', 'fragmentation', 'p50 µs', 'p95 µs'];
const WIDTHS = [8, 9, 9, 8, 8, 8, 14, 8, 8] as const;

const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => cell.padStart(must(WIDTHS[i], 'width of a column'))).join('');
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const count = (value: number): string => value.toLocaleString('en-US');

/** The table's first line. */
export const churnHeader = (): string => line(COLUMNS);

export const churnLine = (sample: ChurnSample): string =>
  line([
    (sample.seconds / 3600).toFixed(2),
    count(sample.programs),
    count(sample.arrivals),
    percent(sample.refused),
    percent(sample.entries),
    percent(sample.memory),
    percent(sample.fragmentation),
    sample.allocationP50Us.toFixed(0),
    sample.allocationP95Us.toFixed(0),
  ]);

export function churnSummary({ arrivals, refused, departures }: ChurnResult): string[] {
  const share = percent(refused / Math.max(1, arrivals));
  return [`arrivals ${count(arrivals)}, departures ${count(departures)}, refused ${count(refused)} (${share})`];
}

export const churnCsv = (samples: readonly ChurnSample[]): string =>
  stringify(
    samples.map((sample) => ({
      seconds: sample.seconds,
      programs: sample.programs,
      arrivals: sample.arrivals,
      refused_share: sample.refused,
      table_entry_utilization: sample.entries,
      memory_utilization: sample.memory,
      fragmentation: sample.fragmentation,
      allocation_us_p50: sample.allocationP50Us,
      allocation_us_p95: sample.allocationP95Us,
    })),
    { header: true },
  );
