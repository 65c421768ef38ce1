/** CSV files and figure of a run with timing model. */
import { stringify } from 'csv-stringify/sync';
import { DROP_REASONS, type DropReason } from '../../../sim/index.js';
import { renderFigure } from '../../figures/figure.js';
import type { LatencySummary } from '../../measure/timing/latencies.js';
import { gigabitsPerSecond, type TimedTraffic } from '../../measure/timing/timing-result.js';

type Row = Readonly<Record<string, string | number>>;

const csv = (rows: readonly Row[], columns: readonly string[]): string =>
  stringify([...rows], { header: true, columns: [...columns] });

const DECIMALS = 6;
const rounded = (value: number): number => Number(value.toFixed(DECIMALS));
const microseconds = (ps: number): number => ps / 1e6;

export async function timingSvg(timing: TimedTraffic): Promise<string> {
  const { timingFigure } = await import('../../measure/timing/timing-figure.js');
  return renderFigure(timingFigure(timing));
}

/** File contents by file name. */
export function timingTables(timing: TimedTraffic): ReadonlyMap<string, string> {
  return new Map([
    ['latency.csv', latency(timing)],
    ['intervals.csv', intervals(timing)],
    ['queues.csv', queues(timing)],
    ['ports.csv', ports(timing)],
    ...(timing.updates === undefined ? [] : [['updates.csv', updates(timing)] as const]),
  ]);
}

const LATENCY_ROWS: readonly (readonly [measure: string, key: keyof LatencySummary])[] = [
  ['minimum', 'min'],
  ['mean', 'mean'],
  ['50 %', 'p50'],
  ['90 %', 'p90'],
  ['99 %', 'p99'],
  ['99.9 %', 'p999'],
  ['maximum', 'max'],
];

function latency({ latencyNs }: TimedTraffic): string {
  const rows = LATENCY_ROWS.flatMap(([measure, key]) =>
    latencyNs === null ? [] : [{ measure, nanoseconds: rounded(latencyNs[key]) }],
  );
  return csv(rows, ['measure', 'nanoseconds']);
}

const lostColumn = (reason: DropReason): string => `lost_${reason}`;

function intervals({ intervals: rows, options }: TimedTraffic): string {
  const ps = options.intervalNs * 1000;
  const columns = [
    ...['start_us', 'in', 'out', 'marked', ...DROP_REASONS.map(lostColumn), 'in_gbps', 'out_gbps', 'most_cells'],
    ...['latency_p50_ns', 'latency_p99_ns', 'latency_max_ns'],
  ];
  return csv(
    rows.map((row) => ({
      start_us: microseconds(row.startPs),
      in: row.packetsIn,
      out: row.packetsOut,
      marked: row.packetsMarked,
      ...Object.fromEntries(DROP_REASONS.map((reason) => [lostColumn(reason), row.lost[reason]])),
      in_gbps: rounded(gigabitsPerSecond(row.bytesIn, ps)),
      out_gbps: rounded(gigabitsPerSecond(row.bytesOut, ps)),
      most_cells: row.mostCells,
      latency_p50_ns: row.latencyNs === null ? '' : rounded(row.latencyNs.p50),
      latency_p99_ns: row.latencyNs === null ? '' : rounded(row.latencyNs.p99),
      latency_max_ns: row.latencyNs === null ? '' : rounded(row.latencyNs.max),
    })),
    columns,
  );
}

/** The number of the switch, of several in a row. */
const switchColumn = (rows: readonly { readonly switch?: number }[]): string[] =>
  rows.some((row) => row.switch !== undefined) ? ['switch'] : [];

function queues({ queues: rows }: TimedTraffic): string {
  return csv(
    rows.map(({ startPs, port, mostCells, cells, ...place }) => ({
      start_us: microseconds(startPs),
      ...place,
      port,
      most_cells: mostCells,
      cells_at_end: cells,
    })),
    ['start_us', ...switchColumn(rows), 'port', 'most_cells', 'cells_at_end'],
  );
}

function ports({ ports: rows }: TimedTraffic): string {
  const columns = [
    ...switchColumn(rows),
    ...['port', 'packets_in', 'bytes_in', 'lost_input', 'queued', 'lost_queue', 'lost_buffer', 'most_cells'],
    ...['packets_out', 'bytes_out'],
  ];
  return csv(
    rows.map((row) => ({
      ...(row.switch === undefined ? {} : { switch: row.switch }),
      port: row.port,
      packets_in: row.packetsIn,
      bytes_in: row.bytesIn,
      lost_input: row.lostInput,
      queued: row.queued,
      lost_queue: row.lostQueue,
      lost_buffer: row.lostBuffer,
      most_cells: row.mostCells,
      packets_out: row.packetsOut,
      bytes_out: row.bytesOut,
    })),
    columns,
  );
}

function updates({ updates: rows = [] }: TimedTraffic): string {
  return csv(
    rows.map((row) => ({
      update: row.name,
      operations: row.operations,
      start_us: microseconds(row.startPs),
      end_us: microseconds(row.endPs),
      settled_us: microseconds(row.drainedPs),
      packets_before: row.before,
      packets_after: row.after,
      packets_mixed: row.mixed,
    })),
    ['update', 'operations', 'start_us', 'end_us', 'settled_us', 'packets_before', 'packets_after', 'packets_mixed'],
  );
}
