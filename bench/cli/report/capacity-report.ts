/** Capacities as a table for the terminal, and as CSV. */

import { stringify } from 'csv-stringify/sync';
import { must } from '../../../compiler/data-plane/must.js';
import type { CapacityRow } from '../../measure/capacity/measure-capacity.js';
import type { PublishedCapacity } from '../../measure/capacity/published-capacity.js';

const COLUMNS = [
  ['workload', 10],
  ['allocator', 12],
  ['published', 10],
  ['capacity', 9],
  ['bound', 7],
  ['of bound', 9],
  ['passes', 7],
  ['recirc.', 8],
  ['entries', 8],
  ['memory', 8],
  ['p50 µs', 7],
  ['p95 µs', 7],
] as const;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** The heading of the table. */
export const capacityHeader = (): string => line(COLUMNS.map(([name]) => name));

export function capacityLine(row: CapacityRow, published: PublishedCapacity | undefined): string {
  return line([
    row.workload,
    row.allocator,
    published === undefined ? '–' : String(published.capacity),
    row.repeats === 1 ? String(row.capacity) : row.capacity.toFixed(1),
    row.bound === null ? '–' : String(row.bound.programs),
    row.bound === null ? '–' : percent(row.capacity / row.bound.programs),
    row.passes.toFixed(2),
    percent(row.recirculating),
    percent(row.entryUtilization),
    percent(row.memoryUtilization),
    row.allocationUs.p50.toFixed(0),
    row.allocationUs.p95.toFixed(0),
  ]);
}

/** What limits a row: the resource of the upper bound, and the resource that the first program that did not fit lacked. */
export function capacityNote({ workload, bound, failure }: CapacityRow): string {
  const limit = bound === null ? '' : ` bound by ${bound.resource};`;
  return `${workload}:${limit} ${failure === null ? 'ended at the maximum number of programs' : `ended as ${failure}`}`;
}

const line = (cells: readonly string[]): string =>
  cells
    .map((cell, i) =>
      i < 2
        ? cell.padEnd(must(COLUMNS[i]?.[1], 'width of a column'))
        : cell.padStart(must(COLUMNS[i]?.[1], 'width of a column')),
    )
    .join(' ')
    .trimEnd();

export function capacityCsv(
  rows: readonly CapacityRow[],
  publishedFor: (row: CapacityRow) => PublishedCapacity | undefined,
): string {
  return stringify(
    rows.map((row) => ({
      workload: row.workload,
      allocator: row.allocator,
      cases: row.cases,
      memory_bytes: row.memoryBytes ?? '',
      repeats: row.repeats,
      published: publishedFor(row)?.capacity ?? '',
      capacity: row.capacity,
      least: row.least,
      greatest: row.greatest,
      bound: row.bound?.programs ?? '',
      bound_resource: row.bound?.resource ?? '',
      mean_passes: row.passes,
      recirculating_share: row.recirculating,
      table_entry_utilization: row.entryUtilization,
      memory_utilization: row.memoryUtilization,
      allocation_us_p50: row.allocationUs.p50,
      allocation_us_p95: row.allocationUs.p95,
      allocation_us_p95_empty: row.allocationUsEmpty.p95,
      allocation_us_p95_full: row.allocationUsFull.p95,
    })),
    { header: true },
  );
}
