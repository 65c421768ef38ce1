/**
 * The setting in which ActiveRMT is held against P4runpro, as in section 6.2 of the paper: least constrained mutants,
 * worst fit, 65,536 words a stage, the programs and memories of figure 8.
 */
import { DEFAULT_BLOCKS, OLDER_BLOCKS } from '../../peers/activermt/active-switch.js';
import type { BooksKind } from '../../peers/activermt/activermt.js';
import type { PeerDelayCell } from './cells/peer-delay.js';
import type { PeerFillCell, PeerWorkload } from './cells/peer-fill.js';
import type { Setting } from './experiment.js';
import { isRandom, PAPER, seedsOf } from './paper-setting.js';

/** Blocks of a stage: coarser than ActiveRMT has had, of its older version, and of its published controller. */
export const GRANULARITIES = [128, OLDER_BLOCKS, DEFAULT_BLOCKS] as const;
export { DEFAULT_BLOCKS };

export const BOOK_NAMES: Readonly<Record<BooksKind, string>> = { blocks: 'block matrix', runs: 'intervals' };

/** Names of the series of P4runpro beside those of another system, and of their columns. */
export const P4RUNPRO = {
  published: 'P4runpro, published',
  reproduced: 'P4runpro, reproduced',
  ours: 'P4runpro, ours',
} as const;
export const P4RUNPRO_COLUMNS = { reproduced: 'paper’s P4runpro, reproduced', ours: P4RUNPRO.ours } as const;

const FILL_REPEATS = { full: 10, quick: 3 };

/** One for a workload of one program; several seeds, those of the paper's repeats, for a mixed one. */
export function peerFills(
  workload: PeerWorkload,
  { blocks, mutation }: Pick<PeerFillCell, 'blocks' | 'mutation'>,
  setting: Setting,
): PeerFillCell[] {
  const { memoryBytes, arrivals } = PAPER;
  const seeds = isRandom(workload) ? seedsOf(setting, FILL_REPEATS.full, FILL_REPEATS.quick) : [setting.seed];
  return seeds.map((seed) => ({
    kind: 'peer-fill',
    workload,
    memoryBytes,
    blocks,
    mutation,
    fit: 'worst',
    arrivals,
    seed,
  }));
}

export const DELAY_REPEATS = { full: 3, quick: 1 };
export const DELAY_ARRIVALS = { full: PAPER.arrivals, quick: 150 };

export function peerDelays(
  workload: PeerWorkload,
  { blocks, books }: { readonly blocks: number; readonly books: BooksKind },
  setting: Setting,
): PeerDelayCell[] {
  const repeats = DELAY_REPEATS[setting.scale];
  return seedsOf(setting, repeats, repeats).map((seed, repeat) => ({
    kind: 'peer-delay',
    workload,
    memoryBytes: PAPER.memoryBytes,
    blocks,
    books,
    arrivals: DELAY_ARRIVALS[setting.scale],
    seed,
    repeat,
  }));
}

/** What makes the units of the systems differ. */
export const FAIRNESS =
  'Units differ: a memory of P4runpro is a power of two of words, and its switch has an array of 65,536 words for each ' +
  'RPB; a block of ActiveRMT is one of the equal parts of a stage, of which it has 20.';

/** What the published sources leave open. */
export const ASSUMED =
  'ActiveRMT is our reimplementation of its allocator. Its programs are those of its artefact: cache read, the SYN part of ' +
  'the Cheetah load balancer, frequent items. The sources give lengths of the first two only roughly (10 and 20 are ' +
  'assumed), final positions of cache and frequent items were not found, and how bytes become blocks is not published: they are ' +
  'rounded up, at least 2 for inelastic memory.';
