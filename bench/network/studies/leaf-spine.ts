/**
 * Leaf and spine, four and two switches: keys that are popular in the whole network and not at any one leaf. Each leaf counts
 * the requests of its client in a count-min sketch. The controller reads the sketches at the end; as all leaves have the
 * program in the same RPBs, their sketches add up word by word.
 */
import { must } from '../../../compiler/data-plane/must.js';
import {
  analyse,
  type CompiledProgram,
  DEFAULT_LINK_OPTIONS,
  defaultDataPlane,
  link,
  lower,
  SwitchState,
} from '../../../compiler/index.js';
import { hashedBucket } from '../../../hw-driver/cli/kit/hashed-bucket.js';
import { linePanels, type PanelPoint } from '../../figures/panels.js';
import type { CapturedPackets } from '../node-statistics.js';
import type { NetworkResult } from '../run-network.js';
import { runStudyNetwork, type Study, type StudyNetwork, type StudyOptions, type StudyResult } from './study.js';

const LEAVES = 4;
const SPINES = 2;
const ROWS = ['count1', 'count2'] as const;
const BUCKETS = 1024;
const HOST_PORT = 1;
const SERVER_PORT = 2;
/** Of a leaf, to the first spine. */
const UPLINK = 10;
/** Of a spine, to the first leaf. */
const DOWNLINK = 20;
const PACKETS_PER_SECOND = 2_000_000;
const KEYS = 2000;
const FIRST_KEY = 0x1000;
/** The keys of each leaf begin this much further on, so that each leaf finds others popular. */
const SHIFT = 7;
/** Shares of all requests from which on a key is heavy. */
const THRESHOLDS = [0.002, 0.004, 0.006, 0.008, 0.01];
/** Place of key1 in a frame: behind Ethernet, IPv4, UDP and the operation. */
const KEY = 14 + 20 + 8 + 4;

/** Counts a request by its key, and sends it up; leaves have the same program but for the spine. */
const leafProgram = (spine: number): string => `@count1 ${BUCKETS}
@count2 ${BUCKETS}

program count(<hdr.udp.dst_port, 7777, 0xffff>, <ig_intr_md.ingress_port, ${HOST_PORT}, 0x1ff>) {
    FORWARD(${UPLINK + spine});
    EXTRACT(hdr.l5.key1, har);
    LOADI(sar, 1);
    HASH_MEM(count1);
    MEMADD(count1);
    LOADI(sar, 1);
    HASH_MEM(count2);
    MEMADD(count2);
}
`;

export function leafSpineNetwork(): StudyNetwork {
  const leaf = (n: number) => `leaf${n + 1}`;
  const spine = (n: number) => `spine${n + 1}`;
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
  const cable = (from: string, to: string) => ({ between: [from, to], gigabitsPerSecond: 100, delayNs: 500 });
  const downs = numbers(SPINES).map((n) => [UPLINK + n, SERVER_PORT]);
  const document = {
    switches: {
      ...Object.fromEntries(
        numbers(LEAVES).map((n) => [leaf(n), { programs: [`leaf${n % SPINES}`], forward: Object.fromEntries(downs) }]),
      ),
      // What comes from a leaf goes to the next one.
      ...Object.fromEntries(
        numbers(SPINES).map((n) => [
          spine(n),
          {
            forward: Object.fromEntries(
              numbers(LEAVES).map((from) => [DOWNLINK + from, DOWNLINK + ((from + 1) % LEAVES)]),
            ),
          },
        ]),
      ),
    },
    hosts: {
      ...Object.fromEntries(
        numbers(LEAVES).map((n) => [
          `client${n + 1}`,
          {
            send: [
              `keys:rate=${PACKETS_PER_SECOND},keys=${KEYS},exponent=0.9,firstkey=${FIRST_KEY + SHIFT * n},clients=50`,
            ],
          },
        ]),
      ),
      ...Object.fromEntries(numbers(LEAVES).map((n) => [`server${n + 1}`, {}])),
    },
    links: [
      ...numbers(LEAVES).map((n) => cable(`client${n + 1}:0`, `${leaf(n)}:${HOST_PORT}`)),
      ...numbers(LEAVES).map((n) => cable(`server${n + 1}:0`, `${leaf(n)}:${SERVER_PORT}`)),
      ...numbers(LEAVES).flatMap((n) =>
        numbers(SPINES).map((m) => cable(`${leaf(n)}:${UPLINK + m}`, `${spine(m)}:${DOWNLINK + n}`)),
      ),
    ],
  };
  const texts = new Map(numbers(SPINES).map((n) => [`leaf${n}`, leafProgram(n)]));
  return { document, texts, captured: numbers(LEAVES) };
}

/** Requests by key. */
type Counts = ReadonlyMap<number, number>;

/** What clients have sent, from what was captured on their links. */
function trueCounts({ directions }: NetworkResult): Counts {
  const counts = new Map<number, number>();
  const captured = directions.flatMap((direction): readonly CapturedPackets[] =>
    direction.captured === undefined ? [] : [direction.captured],
  );
  for (const { packets } of captured) {
    for (const bytes of packets) {
      const key = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(KEY);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** The program as a leaf has it, which says which hash of which RPB addresses each row. */
function compiledLeaf(): CompiledProgram {
  const dataPlane = defaultDataPlane();
  const analysis = analyse(leafProgram(0), dataPlane);
  const program = must(analysis.programs[0], 'program of a leaf');
  return link(lower(program, dataPlane, 0), new SwitchState(dataPlane), analysis.sourceHash, DEFAULT_LINK_OPTIONS);
}

/** Rows of the sketches of some leaves, added up. */
function rowsOf({ switches, plan }: NetworkResult, leaves: readonly string[]): readonly Float64Array[] {
  return ROWS.map((row) => {
    const sum = new Float64Array(BUCKETS);
    for (const { node, memories } of switches) {
      if (!leaves.includes(must(plan.nodes[node], `node ${node}`).name)) continue;
      const { words } = must(
        memories.find(({ memory }) => memory === row),
        `memory ${row}`,
      );
      words.forEach((word, bucket) => {
        sum[bucket] = must(sum[bucket], 'word of a sum') + word;
      });
    }
    return sum;
  });
}

/** Harmonic mean of precision and recall. */
function f1(found: ReadonlySet<number>, heavy: ReadonlySet<number>): number {
  const right = [...found].filter((key) => heavy.has(key)).length;
  return found.size + heavy.size === 0 ? 1 : (2 * right) / (found.size + heavy.size);
}

export interface LeafSpineRow {
  readonly threshold: number;
  readonly heavy: number;
  /** F1 of what the controller finds, from all leaves, and from the one that does best with its counts alone. */
  readonly networkF1: number;
  readonly leafF1: number;
}

export async function leafSpineRows(options: StudyOptions): Promise<readonly LeafSpineRow[]> {
  const result = await runStudyNetwork(leafSpineNetwork(), options);
  const truth = trueCounts(result);
  const total = [...truth.values()].reduce((sum, count) => sum + count, 0);
  const compiled = compiledLeaf();
  const estimate = (rows: readonly Float64Array[], key: number): number =>
    Math.min(
      ...rows.map((row, n) => must(row[hashedBucket(compiled, must(ROWS[n], 'row'), [key])], 'bucket of a key')),
    );
  const leaves = Array.from({ length: LEAVES }, (_, n) => `leaf${n + 1}`);
  const all = rowsOf(result, leaves);
  const single = leaves.map((leaf) => rowsOf(result, [leaf]));
  const keys = [...truth.keys()];
  return THRESHOLDS.map((threshold) => {
    const least = threshold * total;
    const heavy = new Set(keys.filter((key) => must(truth.get(key), 'count of a key') >= least));
    const found = (rows: readonly Float64Array[], from: number): Set<number> =>
      new Set(keys.filter((key) => estimate(rows, key) >= from));
    return {
      threshold,
      heavy: heavy.size,
      networkF1: f1(found(all, least), heavy),
      // A leaf sees a part of the requests, and takes it for representative.
      leafF1: Math.max(...single.map((rows) => f1(found(rows, least / LEAVES), heavy))),
    };
  });
}

async function leafSpine(options: StudyOptions): Promise<StudyResult> {
  options.onProgress('four leaves, two spines');
  const rows = await leafSpineRows(options);
  const points = rows.flatMap(({ threshold, networkF1, leafF1 }): PanelPoint[] => [
    { panel: '', series: 'sketches of all leaves, added up', x: 100 * threshold, y: networkF1 },
    { panel: '', series: 'best single leaf', x: 100 * threshold, y: leafF1 },
  ]);
  const worst = (of: (row: LeafSpineRow) => number): string => Math.min(...rows.map(of)).toFixed(2);
  return {
    columns: ['threshold', 'heavy_keys', 'network_f1', 'single_leaf_f1'],
    rows: rows.map(({ threshold, heavy, networkF1, leafF1 }) => ({
      threshold,
      heavy_keys: heavy,
      network_f1: networkF1,
      single_leaf_f1: leafF1,
    })),
    figure: linePanels({ points, x: 'threshold, % of all requests', y: 'F1', columns: 1 }),
    sentences: [
      `The controller that adds up the counts of all leaves finds the heavy keys with an F1 of at least ${worst((row) => row.networkF1)}; ` +
        `the best single leaf falls to ${worst((row) => row.leafF1)}.`,
    ],
  };
}

export const LEAF_SPINE: Study = {
  describe: 'leaf and spine: a network-wide heavy hitter, against counts at a single leaf',
  microseconds: 4000,
  run: leafSpine,
};
