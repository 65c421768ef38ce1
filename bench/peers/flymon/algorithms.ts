/**
 * The algorithms of FlyMon's tasks: chains of nodes, each of which takes one measurement unit. Source: as of task.ts.
 */

/** What a task measures for each key. */
export const ATTRIBUTES = ['frequency', 'distinct', 'existence', 'max'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

export interface Algorithm {
  readonly title: string;
  readonly attribute: Attribute;
  /** Chains are placed independently. */
  readonly chains: number;
  /** Nodes of a chain: each is in a group of its own, and gets the result of the one before it. */
  readonly nodes: number;
  /** Operation of each node. */
  readonly operation: 'conditional-add' | 'max' | 'and-or';
  /** Bits that a parameter selects from, each by a rule of its own; 0 if it selects none. */
  readonly coupons: number;
}

const COUPONS = 16;

export const ALGORITHMS = {
  'count-min': algorithm('count-min sketch', 'frequency', 3, 1, 'conditional-add', 0),
  mrac: algorithm('MRAC', 'frequency', 1, 1, 'conditional-add', 0),
  'sumax-sum': algorithm('SuMax (sum)', 'frequency', 1, 3, 'conditional-add', 0),
  'sumax-max': algorithm('SuMax (max)', 'max', 3, 1, 'max', 0),
  // The mapping of the key gives the leading zeros.
  hyperloglog: algorithm('HyperLogLog', 'distinct', 1, 1, 'max', 0),
  beaucoup: algorithm('BeauCoup', 'distinct', 3, 1, 'and-or', COUPONS),
  'bloom-filter': algorithm('Bloom filter', 'existence', 1, 1, 'and-or', COUPONS),
} as const satisfies Readonly<Record<string, Algorithm>>;

export type AlgorithmName = keyof typeof ALGORITHMS;
export const ALGORITHM_NAMES = [
  'count-min',
  'mrac',
  'sumax-sum',
  'sumax-max',
  'hyperloglog',
  'beaucoup',
  'bloom-filter',
] as const satisfies readonly AlgorithmName[];

function algorithm(
  title: string,
  attribute: Attribute,
  chains: number,
  nodes: number,
  operation: Algorithm['operation'],
  coupons: number,
): Algorithm {
  return { title, attribute, chains, nodes, operation, coupons };
}

/** Words of each node: equal shares of the task's memory. */
export const wordsPerNode = ({ chains, nodes }: Algorithm, words: number): number =>
  Math.ceil(words / (chains * nodes));
