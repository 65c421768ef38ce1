/** The files of a run beside summary.json: CSV, and the traces of packets. */

import { stringify } from 'csv-stringify/sync';
import { must } from '../../../compiler/data-plane/must.js';
import { formatPacketTrace } from '../../../sim/index.js';
import type { ReportedRun } from '../../measure/run/summary.js';
import { timingTables } from './timing-tables.js';

type Row = Readonly<Record<string, string | number>>;

/** Cells in a list are written in half the time of cells by name. */
function csv(rows: readonly Row[], columns: readonly string[]): string {
  const cells = rows.map((row) => columns.map((column) => row[column]));
  return stringify(cells, { header: true, columns: [...columns] });
}

const DECIMALS = 6;
const rounded = (value: number): number => Number(value.toFixed(DECIMALS));

/** File contents by file name. */
export function runTables(result: ReportedRun): ReadonlyMap<string, string> {
  return new Map([
    ['programs.csv', programs(result)],
    ['rpbs.csv', rpbs(result)],
    ['allocations.csv', allocations(result)],
    ['timeseries.csv', timeSeries(result)],
    ...(result.timing === undefined ? [] : timingTables(result.timing)),
    ...packetTraces(result),
  ]);
}

function packetTraces({ traces }: ReportedRun): [string, string][] {
  if (traces.length === 0) return [];
  return [
    ['trace.jsonl', traces.map((trace) => `${JSON.stringify(trace)}\n`).join('')],
    ['trace.txt', traces.map(formatPacketTrace).join('\n')],
  ];
}

function programs({ admission }: ReportedRun): string {
  const rows = admission.admitted.map((program) => ({
    number: program.number,
    key: program.key,
    name: program.name,
    program_id: program.programId,
    entries: program.entries,
    passes: program.passes,
    first_rpb: program.firstRpb,
    buckets: program.buckets,
  }));
  return csv(rows, ['number', 'key', 'name', 'program_id', 'entries', 'passes', 'first_rpb', 'buckets']);
}

function rpbs({ summary, dataPlane }: ReportedRun): string {
  const rows = dataPlane.rpbs.map((rpb, i) => {
    const { entries, buckets } = must(summary.rpb[i], `use of RPB ${rpb.number}`);
    return {
      ...(dataPlane.switches > 1 ? { switch: rpb.member + 1 } : {}),
      rpb: (rpb.index % dataPlane.rpbsPerSwitch) + 1,
      gress: rpb.gress,
      stage: rpb.stage,
      entries,
      entry_utilization: rounded(entries / rpb.entries),
      buckets,
      memory_utilization: rounded(buckets / rpb.buckets),
    };
  });
  const columns = dataPlane.switches > 1 ? ['switch'] : [];
  return csv(rows, [
    ...columns,
    'rpb',
    'gress',
    'stage',
    'entries',
    'entry_utilization',
    'buckets',
    'memory_utilization',
  ]);
}

function allocations({ admission }: ReportedRun): string {
  const rows = admission.allocations.map((record) => ({
    number: record.number,
    key: record.key,
    allocation_us: rounded(record.allocationUs),
    compile_us: rounded(record.compileUs),
    entry_utilization: rounded(record.entryUtilization),
    memory_utilization: rounded(record.memoryUtilization),
  }));
  const columns = ['number', 'key', 'allocation_us', 'compile_us', 'entry_utilization', 'memory_utilization'];
  return csv(rows, columns);
}

function timeSeries({ samples }: ReportedRun): string {
  const rows = samples.map((sample) => ({ ...sample, seconds: rounded(sample.seconds) }));
  const columns = ['seconds', 'in', 'out', 'dropped', 'reported', 'unmatched', 'recirculations'];
  const hasCopies = samples.some(({ copied, noGroup }) => copied + noGroup > 0);
  return csv(rows, hasCopies ? [...columns, 'copied', 'copies', 'noGroup'] : columns);
}
