/** The paper's settings, and numbers of repeats. Source: the definition of the evaluation. */
import type { ObjectiveName } from '../../../compiler/index.js';
import { numberIn, type PublishedRow, publishedTable, textIn } from '../../../hw-driver/cli/kit/published-figures.js';
import { ALL_TIES, LOGGED_WEIGHTS, type Weights } from './cells/allocators.js';
import type { FillCell } from './cells/fill.js';
import type { Setting } from './experiment.js';

export const PAPER = { memoryBytes: 1024, cases: 2, recirculations: 1, arrivals: 500 } as const;

/** Random workloads of several programs. */
export const isRandom = (workload: string): boolean => workload.endsWith('mixed');

/** Seeds of the repeats of a random workload. */
export function seedsOf({ seed, scale }: Setting, full: number, quick: number): string[] {
  return Array.from({ length: scale === 'full' ? full : quick }, (_, repeat) => `${seed}/${repeat}`);
}

interface FillOf {
  readonly workload: string;
  readonly memoryBytes: number;
  readonly cases: number;
  readonly withCurve: boolean;
}

/** Repeats of a random workload, as in the paper. */
const REPEATS = { full: 10, quick: 3 };

const seedsFor = (workload: string, setting: Setting): string[] =>
  isRandom(workload) ? seedsOf(setting, REPEATS.full, REPEATS.quick) : [setting.seed];

/**
 * Published shapes under published constraints. A workload of one program is filled with all four rules for ties; a
 * random one with several seeds and the rule for ties of `bench run --constraints published`.
 */
export function publishedFills(
  of: FillOf,
  setting: Setting,
  { allocator = 'f1', weights = LOGGED_WEIGHTS }: { allocator?: ObjectiveName; weights?: Weights } = {},
): FillCell[] {
  const { recirculations } = PAPER;
  const ties = isRandom(of.workload) ? [{ start: 'first', rows: 'latest' } as const] : ALL_TIES;
  return seedsFor(of.workload, setting).flatMap((seed) =>
    ties.map(
      (each) =>
        ({ kind: 'fill', side: 'reproduced', ...of, allocator, weights, ties: each, recirculations, seed }) as const,
    ),
  );
}

/** Our programs, sound constraints, our allocator. */
export function ourFills(of: FillOf, setting: Setting): FillCell[] {
  const { recirculations } = PAPER;
  return seedsFor(of.workload, setting).map((seed) => ({
    kind: 'fill',
    side: 'ours',
    ...of,
    allocator: 'price',
    recirculations,
    seed,
  }));
}

/** A switch filled with our programs, in the paper's setting but for what is given. */
export const ourFill = (workload: string, seed: string, more: Partial<FillCell & { side: 'ours' }> = {}): FillCell => ({
  kind: 'fill',
  side: 'ours',
  workload,
  memoryBytes: PAPER.memoryBytes,
  cases: PAPER.cases,
  withCurve: false,
  allocator: 'price',
  recirculations: PAPER.recirculations,
  seed,
  ...more,
});

/** The published row of a workload that filled a switch in the paper's setting. */
export const publishedCapacity = (workload: string): PublishedRow | undefined =>
  publishedTable('capacity.csv').find(
    (each) =>
      textIn(each, 'workload') === workload &&
      numberIn(each, 'memory_bytes') === PAPER.memoryBytes &&
      numberIn(each, 'elastic_cases') === PAPER.cases,
  );
