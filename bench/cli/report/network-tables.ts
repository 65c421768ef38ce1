/** CSV files of a network. */
import { stringify } from 'csv-stringify/sync';
import { must } from '../../../compiler/data-plane/must.js';
import { DROP_REASONS } from '../../../sim/index.js';
import { gigabitsPerSecond } from '../../measure/timing/timing-result.js';
import { endName } from '../../network/network-summary.js';
import type { NetworkResult } from '../../network/run-network.js';

type Row = Readonly<Record<string, string | number>>;

const csv = (rows: readonly Row[], columns: readonly string[]): string =>
  stringify([...rows], { header: true, columns: [...columns] });

const DECIMALS = 6;
const rounded = (value: number): number => Number(value.toFixed(DECIMALS));
const microseconds = (ps: number): number => ps / 1e6;
const orEmpty = (value: number | null): number | string => (value === null ? '' : rounded(value));

/** File contents by file name: rows for intervals in which something happened. */
export function networkTables(result: NetworkResult): ReadonlyMap<string, string> {
  return new Map([
    ['hosts.csv', hosts(result)],
    ['links.csv', links(result)],
    ['switches.csv', switches(result)],
  ]);
}

function hosts({ plan, hosts: reports }: NetworkResult): string {
  const rows = reports.flatMap(({ node, rows: own }) =>
    own.map(({ startPs, sent, received, meanRoundTripNs, mostRoundTripNs }) => ({
      host: must(plan.nodes[node], `node ${node}`).name,
      start_us: microseconds(startPs),
      sent,
      received,
      round_trip_mean_ns: orEmpty(meanRoundTripNs),
      round_trip_max_ns: orEmpty(mostRoundTripNs),
    })),
  );
  return csv(rows, ['host', 'start_us', 'sent', 'received', 'round_trip_mean_ns', 'round_trip_max_ns']);
}

function links(result: NetworkResult): string {
  const { plan, directions } = result;
  const intervalPs = plan.intervalNs * 1000;
  const rows = directions.flatMap(({ link, from, rows: own }) =>
    own.map(({ startPs, packets, bytes, lost }) => ({
      link: must(plan.links[link], `link ${link}`).name,
      from: endName(result, link, from),
      start_us: microseconds(startPs),
      packets,
      bytes,
      gbps: rounded(gigabitsPerSecond(bytes, intervalPs)),
      lost,
    })),
  );
  return csv(rows, ['link', 'from', 'start_us', 'packets', 'bytes', 'gbps', 'lost']);
}

function switches({ plan, switches: reports }: NetworkResult): string {
  const columns = ['switch', 'start_us', 'in', 'out', 'marked', ...DROP_REASONS.map((reason) => `lost_${reason}`)];
  const rows = reports.flatMap(({ node, timing }) =>
    timing.intervals.map(({ startPs, packetsIn, packetsOut, packetsMarked, lost, mostCells }) => ({
      switch: must(plan.nodes[node], `node ${node}`).name,
      start_us: microseconds(startPs),
      in: packetsIn,
      out: packetsOut,
      marked: packetsMarked,
      ...Object.fromEntries(DROP_REASONS.map((reason) => [`lost_${reason}`, lost[reason]])),
      most_cells: mostCells,
    })),
  );
  return csv(rows, [...columns, 'most_cells']);
}
