/** The errors of sketches whose rows are hashed as a data plane hashes them. */

import seedrandom from 'seedrandom';
import { must } from '../../../../compiler/data-plane/must.js';
import { HashUnit } from '../../../../sim/index.js';
import { experimentPlane } from './fill.js';

export interface SketchCell {
  readonly kind: 'sketch';
  readonly dataPlane: 'published' | 'default';
  /** Flows that are counted and put into the filter, out of a network of clients. */
  readonly flows: number;
  readonly buckets: number;
  /** Rows of a sketch, each in an RPB of its own. */
  readonly rows: number;
  readonly seed: string;
}

/** For each choice of the first row's RPB, the others at the distances, in RPBs, of the paper's sketches. */
export interface SketchResult {
  readonly placements: readonly SketchErrors[];
}

export interface SketchErrors {
  /** From 1. */
  readonly firstRpb: number;
  /** Share of flows that a Bloom filter takes for known though they are new. */
  readonly falsePositives: number;
  /** Mean of what a count-min sketch counts too much, per flow. */
  readonly overcount: number;
}

/** A row is five steps long: its hash, its mask, its offset, its memory. Source: shape of the published sketches. */
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

/** Each flow once. */
function countsOf(places: readonly number[], buckets: number): Uint32Array {
  const counts = new Uint32Array(buckets);
  for (const place of places) counts[place] = must(counts[place], 'count of a bucket') + 1;
  return counts;
}

/**
 * 5-tuples as clients of one network have them: neighbouring addresses, high ports, few servers, TCP.
 * @param network in which no flow is one of another network
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
