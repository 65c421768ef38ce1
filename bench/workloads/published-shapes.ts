/**
 * Shapes of the programs of the paper's authors after translation: entries by depth, depths of first memory accesses,
 * and depths that are bound to a gress. Source: the specification of this project (programs.md, "Shapes of the
 * published programs"), taken from the prototype that the authors publish beside "P4runpro: Enabling Runtime
 * Programmability for RMT Programmable Switches" (SIGCOMM 2024). Ours share neither shapes nor faults.
 */
import type { PaperKey } from './program-kind.js';

/** One depth of a published program. */
export interface ShapeRow {
  readonly entries: number;
  /** Size of the memory first accessed at this depth; 0 for none. */
  readonly buckets: number;
  /** Gress to which the authors' allocator binds the depth. */
  readonly gress: 'ingress' | 'egress' | 'any';
}

export type Shape = readonly ShapeRow[];

interface ShapeSource {
  /** Entries by depth with 2 elastic cases; `*` memory, `f` forwards (ingress only), `e` egress metadata. */
  readonly rows: string;
  /** Entries that further cases add to the first depths, in rotation, from case 3 on. */
  readonly perCase?: readonly string[];
  /** Size of the memory, if the algorithm fixes it. */
  readonly buckets?: number;
}

/** A read and a write of one more key, in turn: an entry at the BRANCH (depth 4) and five of the body. */
const READ_AND_WRITE = ['0 0 0 1 1 1 0 1 1 1', '0 0 0 1 1 1 1 1 1 0'];
/** One server port more: a case at depth 5 and its FORWARD at depth 6. */
const SERVER_PORT = ['0 0 0 0 1 1'];
const SKETCH = '1 1 1 1 1* 1 1 1 1 1* 1 1 1 1 1*';
const RULE = '1f';

const SOURCES: Readonly<Record<PaperKey, ShapeSource>> = {
  cache: { rows: '1 1 1 2 3f 2 1 2 2* 1', perCase: READ_AND_WRITE },
  hh: { rows: '1 1 1 1 1* 1 1 1 1 1 1 1* 1 1 1 1 1 1 1* 2 1 1 1 2 2* 2 2 1' },
  lb: { rows: '1 1 1 1* 2 3f 1* 1', perCase: SERVER_PORT },
  bf: { rows: SKETCH },
  cms: { rows: SKETCH },
  sm: { rows: SKETCH },
  calc: { rows: '1 1 1 5 5 5 1 1 1 1 1' },
  acc: { rows: '1 1 1 1 1 1 1 1* 1 2f' },
  // Ten NOPs bring depth 11, which reads the time in the queue, to egress.
  ecn: { rows: '1 1 1 1 1 1 1 1 1 1 1e 1 1 1 1 1' },
  // Five bits of the hash select the bucket.
  hll: { rows: '1 27 27 27 27 27 27 27*', buckets: 32 },
  // Only one of the two rules is allocated.
  l2: { rows: RULE },
  l3: { rows: RULE },
  tn: { rows: RULE },
  nc: {
    rows: '1 1 1 2 3f 3 2 3 3* 2* 1 1 1 1 1 1 1* 1 1 1 1 1 1 1* 2 1 1 1 2 2* 2 2 1',
    perCase: READ_AND_WRITE,
  },
  sf: { rows: '1 1 1 2 2 3 3* 1 2f' },
};

/** Number of elastic cases in the rows above. */
const BASE_CASES = 2;

/**
 * @param buckets of each memory, where the algorithm does not set the size
 * @param cases elastic cases, at least 2; of no effect on programs without
 */
export function publishedShape(key: PaperKey, buckets: number, cases: number): Shape {
  const source = SOURCES[key];
  const growth = (source.perCase ?? []).map((text) => text.split(' ').map(Number));
  return source.rows.split(' ').map((text, depth) => {
    const [entries = '0'] = /^\d+/.exec(text) ?? [];
    const added = growth.map((row, i) => timesAdded(cases, growth.length, i) * (row[depth] ?? 0));
    return {
      entries: Number(entries) + added.reduce((sum, value) => sum + value, 0),
      buckets: text.includes('*') ? (source.buckets ?? buckets) : 0,
      gress: text.includes('f') ? 'ingress' : text.includes('e') ? 'egress' : 'any',
    };
  });
}

/** How many of the further cases are the i-th of `kinds` that take turns. */
const timesAdded = (cases: number, kinds: number, i: number): number =>
  Math.max(0, Math.ceil((cases - BASE_CASES - i) / kinds));
