/** Capacities as a table for the terminal, and as CSV. */

import { stringify } from 'csv-stringify/sync';
import { counted } from '../../../compiler/data-plane/counting.js';
import { wrap } from '../../../compiler/explain/text-wrap.js';
import type { CapacityRow } from '../../measure/capacity/measure-capacity.js';
import type { PublishedCapacity } from '../../measure/capacity/published-capacity.js';
import { withLineOfInstance } from './instance-lines.js';

/** Characters of the column of workloads; paths may be longer. */
const WORKLOAD_WIDTH = 10;

/** The columns: heading, width, and what stands there; those that a narrow terminal leaves out are marked. */
const COLUMNS: readonly Column[] = [
  {
    name: 'workload',
    width: WORKLOAD_WIDTH,
    isText: true,
    text: ({ workload }) => shortened(workload, WORKLOAD_WIDTH),
  },
  { name: 'allocator', width: 12, isText: true, text: ({ allocator }) => allocator },
  { name: 'paper', width: 6, text: (_, published) => (published === undefined ? '–' : count(published.capacity)) },
  { name: 'capacity', width: 8, text: held },
  { name: 'bound', width: 6, text: ({ bound }) => (bound === null ? '–' : count(bound.programs)) },
  {
    name: 'of bound',
    width: 8,
    text: ({ bound, capacity }) => (bound === null ? '–' : percent(capacity / bound.programs)),
  },
  { name: 'passes', width: 6, isDetail: true, text: ({ passes }) => passes.toFixed(2) },
  { name: 'recirc.', width: 7, isDetail: true, text: ({ recirculating }) => percent(recirculating) },
  { name: 'entries', width: 7, text: ({ entryUtilization }) => percent(entryUtilization) },
  { name: 'memory', width: 7, text: ({ memoryUtilization }) => percent(memoryUtilization) },
  { name: 'p50 µs', width: 6, isDetail: true, text: ({ allocationUs }) => count(allocationUs.p50) },
  { name: 'p95 µs', width: 6, text: ({ allocationUs }) => count(allocationUs.p95) },
];

interface Column {
  readonly name: string;
  /** Characters. */
  readonly width: number;
  /** Text stands to the left, numbers to the right. */
  readonly isText?: true;
  /** Left out where the table is wider than the terminal. */
  readonly isDetail?: true;
  readonly text: (row: CapacityRow, published: PublishedCapacity | undefined) => string;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const count = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A switch that refused nothing may hold more. */
function held({ repeats, capacity, failure }: CapacityRow): string {
  const programs = count(capacity, repeats === 1 ? 0 : 1);
  return failure === null ? `≥ ${programs}` : programs;
}

const isWide = (room: number): boolean => COLUMNS.reduce((all, { width }) => all + width + 1, -1) <= room;
const shownIn = (room: number): readonly Column[] => COLUMNS.filter(({ isDetail }) => isWide(room) || !isDetail);

/** The heading of the table. @param room width of the terminal in columns, at least 80 */
export const capacityHeader = (room: number): string => line(shownIn(room), ({ name }) => name);

/** A line of the table. @param room width of the terminal in columns, at least 80 */
export const capacityLine = (row: CapacityRow, published: PublishedCapacity | undefined, room: number): string =>
  line(shownIn(room), ({ text }) => text(row, published));

/** What a table of this width leaves out: no line, or one. */
export function leftOutNote(room: number): string[] {
  if (isWide(room)) return [];
  const names = COLUMNS.filter(({ isDetail }) => isDetail).map(({ name }) => name);
  return [`not shown in ${room} columns: ${names.join(', ')} (in capacity.csv)`];
}

/** The end of a text that is too long for its column: of a path, the file. */
const shortened = (text: string, width: number): string =>
  text.length <= width ? text : `…${text.slice(text.length - width + 1)}`;

const line = (columns: readonly Column[], text: (column: Column) => string): string =>
  columns
    .map((column) => (column.isText ? text(column).padEnd(column.width) : text(column).padStart(column.width)))
    .join(' ')
    .trimEnd();

/** What limits a row: the resource of the upper bound, and the resource that the first program that did not fit lacked. */
export function capacityNote({ workload, bound, failure, admitted, greatest }: CapacityRow, room: number): string[] {
  const limit = bound === null ? '' : ` bound by ${bound.resource};`;
  const end =
    failure === null
      ? `the arrivals ended after ${counted(admitted, 'program')} and nothing was refused: the switch holds at least ${count(greatest)}`
      : `ended as ${withLineOfInstance(failure, workload)}`;
  return wrap(`${workload}:${limit} ${end}`, room, '', '  ');
}

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
