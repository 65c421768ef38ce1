/** The CSV files of a run. */
import { stringify } from 'csv-stringify/sync';
import type { RunResult } from '../run/run-workload.js';

type Row = Readonly<Record<string, string | number>>;

const csv = (rows: readonly Row[], columns: readonly string[]): string =>
  stringify([...rows], { header: true, columns: [...columns] });

const DECIMALS = 6;
const rounded = (value: number): number => Number(value.toFixed(DECIMALS));

/** File names and texts. */
export function runTables(result: RunResult): ReadonlyMap<string, string> {
  return new Map([
    ['programs.csv', programs(result)],
    ['rpbs.csv', rpbs(result)],
    ['allocations.csv', allocations(result)],
    ['timeseries.csv', timeSeries(result)],
  ]);
}

function programs({ deployment }: RunResult): string {
  const rows = deployment.programs.map(({ arrival, compiled }) => ({
    number: arrival.number,
    key: arrival.key,
    name: arrival.name,
    program_id: compiled.programId,
    entries: compiled.entries.length,
    passes: compiled.passes,
    first_rpb: compiled.placement[0]?.rpb ?? 0,
    buckets: compiled.memories.reduce((sum, { buckets }) => sum + buckets, 0),
  }));
  return csv(rows, ['number', 'key', 'name', 'program_id', 'entries', 'passes', 'first_rpb', 'buckets']);
}

function rpbs({ summary, dataPlane }: RunResult): string {
  const rows = dataPlane.rpbs.map((rpb, i) => {
    const { entries, buckets } = summary.rpb[i] ?? { entries: 0, buckets: 0 };
    return {
      rpb: rpb.number,
      gress: rpb.gress,
      stage: rpb.stage,
      entries,
      entry_utilization: rounded(entries / rpb.entries),
      buckets,
      memory_utilization: rounded(buckets / rpb.buckets),
    };
  });
  return csv(rows, ['rpb', 'gress', 'stage', 'entries', 'entry_utilization', 'buckets', 'memory_utilization']);
}

function allocations({ deployment }: RunResult): string {
  const rows = deployment.allocations.map((record) => ({
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

function timeSeries({ traffic }: RunResult): string {
  const rows = traffic.samples.map((sample) => ({ ...sample, seconds: rounded(sample.seconds) }));
  return csv(rows, ['seconds', 'in', 'out', 'dropped', 'reported', 'unmatched', 'recirculations']);
}
