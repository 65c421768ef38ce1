/** Errors of sketches with the hash functions of a data plane. */

import seedrandom from 'seedrandom';
import { must } from '../../../../compiler/data-plane/must.js';
import { HashUnit } from '../../../../sim/index.js';
import { experimentPlane } from './fill.js';

export interface SketchCell {
  readonly kind: 'sketch';
  readonly dataPlane: 'published' | 'default';
  /** Number of flows of a client network that are counted and inserted into the filter. */
  readonly flows: number;
  readonly buckets: number;
  /** Number of rows of a sketch, each in another RPB. */
  readonly rows: number;
  readonly seed: string;
}

/** Errors for each RPB of the first row; the other rows have the distances of the paper's sketches. */
export interface SketchResult {
  readonly placements: readonly SketchErrors[];
}

export interface SketchErrors {
  /** Number of the RPB, from 1. */
  readonly firstRpb: number;
  /** False positives of a Bloom filter, as a share of new flows. */
  readonly falsePositives: number;
  /** Mean overcount of a count-min sketch for each flow. */
  readonly overcount: number;
}

/** Distance of rows in RPBs: five steps for hash, mask, offset and memory. Source: shape of the published sketches. */
const ROW_DISTANCE = 5;
const KEY_BYTES = 13;

export async function sketchErrors(cell: SketchCell): Promise<SketchResult> {
  const { rpbs } = experimentPlane(cell.dataPlane);
  const random = seedrandom.alea(`${cell.seed}/sketch`);
  const known = clientFlows(cell.flows, random, 0);
  const strange = clientFlows(cell.flows, random, 1);
  const span = ROW_DISTANCE * (cell.rows - 1);
  const buckets = rpbs.map(({ hash }) => {
    const unit = new HashUnit(hash);
    const bucketsOf = (keys: readonly Uint8Array[]) => keys.map((key) => unit.digest(key, KEY_BYTES) % cell.buckets);
    return { known: bucketsOf(known), strange: bucketsOf(strange) };
  });
  const placements = rpbs.slice(0, rpbs.length - span).map(({ index, number }) => {
    const rows = Array.from({ length: cell.rows }, (_, row) =>
      must(buckets[index + row * ROW_DISTANCE], `buckets of row ${row}`),
    );
    const counts = rows.map((row) => countsOf(row.known, cell.buckets));
    const least = (which: 'known' | 'strange', i: number): number =>
      Math.min(
        ...rows.map((row, r) => must(counts[r]?.[must(row[which][i], 'bucket of a flow')], 'count of a bucket')),
      );
    const taken = strange.filter((_, i) => least('strange', i) > 0).length;
    const over = known.reduce((sum, _, i) => sum + least('known', i) - 1, 0);
    return { firstRpb: number, falsePositives: taken / strange.length, overcount: over / known.length };
  });
  return { placements };
}

/** Inserts each flow once. */
function countsOf(places: readonly number[], buckets: number): Uint32Array {
  const counts = new Uint32Array(buckets);
  for (const place of places) counts[place] = must(counts[place], 'count of a bucket') + 1;
  return counts;
}

/**
 * Typical 5-tuples of the clients of one network: neighbouring addresses, high ports, few servers, TCP.
 * @param network number of the network; networks have no common flows
 */
function clientFlows(count: number, random: () => number, network: number): Uint8Array[] {
  const below = (limit: number): number => Math.floor(random() * limit);
  const seen = new Set<string>();
  const flows: Uint8Array[] = [];
  while (flows.length < count) {
    const client = [10, network, below(4), below(256)];
    const server = [93, 184, 216, below(40)];
    const flow = Uint8Array.from([...client, ...server, 0xc0 + below(64), below(256), 1, 187, 6]);
    const name = flow.join(' ');
    if (seen.has(name)) continue;
    seen.add(name);
    flows.push(flow);
  }
  return flows;
}
