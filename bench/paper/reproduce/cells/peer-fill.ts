/** Fills the switch of ActiveRMT with programs of a workload. */
import { must } from '../../../../compiler/data-plane/must.js';
import { type ActiveProgram, demandsOf, isElastic } from '../../../peers/activermt/active-program.js';
import { COMPARED_WORDS } from '../../../peers/activermt/active-switch.js';
import { ActiveRmt, COMPARED_SETTING } from '../../../peers/activermt/activermt.js';
import type { Fit } from '../../../peers/activermt/mutant-choice.js';
import { enumeratingSource, type Mutation, rememberingSource } from '../../../peers/activermt/mutants.js';
import { type ActiveProgramKey, comparedProgram } from '../../../peers/activermt/published-programs.js';
import { jainIndex } from '../../../peers/fairness.js';
import { type PeerAllocator, utilizationOf } from '../../../peers/peer-allocator.js';
import { drawnKeys } from '../../../workloads/drawn-keys.js';
import { CURVE_STEP } from './fill.js';

export const PEER_WORKLOADS = ['cache', 'lb', 'hh', 'mixed'] as const;
export type PeerWorkload = (typeof PEER_WORKLOADS)[number];

export interface PeerFillCell {
  readonly kind: 'peer-fill';
  readonly workload: PeerWorkload;
  /** Memory of each inelastic access in bytes. */
  readonly memoryBytes: number;
  /** Blocks of a stage. */
  readonly blocks: number;
  readonly mutation: Mutation;
  readonly fit: Fit;
  /** Arrivals after which the state is taken; they go on from there, or from the first refusal, to the later of the two. */
  readonly arrivals: number;
  readonly seed: string;
}

export interface PeerFillResult {
  /** State at the first refusal. */
  readonly refusal: PeerState;
  /** State after {@link PeerFillCell.arrivals}. */
  readonly after: PeerState;
  /** Share of memory in use after each {@link CURVE_STEP}th arrival. */
  readonly curve: readonly number[];
}

export interface PeerState {
  readonly programs: number;
  /** Share of memory in use. */
  readonly memory: number;
  /** Pairs of program and stage that were reallocated, in the mean over the admitted arrivals. */
  readonly reallocations: number;
  /** Jain's index of the blocks of elastic programs; null without such programs. */
  readonly fairness: number | null;
}

/** Programs of the arrivals of a workload: the keys are those that the same seed gives P4runpro. */
export function peerArrivals(
  { workload, seed }: Pick<PeerFillCell, 'workload' | 'seed'>,
  memory: { readonly memoryBytes: number; readonly blocks: number },
): (arrival: number) => ActiveProgram {
  const keys: readonly ActiveProgramKey[] = workload === 'mixed' ? ['cache', 'lb', 'hh'] : [workload];
  const programs = new Map(keys.map((key) => [key, comparedProgram(key, { ...memory, words: COMPARED_WORDS })]));
  const keyOf = drawnKeys(keys, seed);
  return (arrival) => must(programs.get(keyOf(arrival)), `program of arrival ${arrival}`);
}

export async function fillPeer(cell: PeerFillCell): Promise<PeerFillResult> {
  const { blocks, fit, mutation, arrivals } = cell;
  const mutants = rememberingSource(enumeratingSource(mutation));
  const peer = new ActiveRmt({ ...COMPARED_SETTING, blocks, fit, mutants });
  const programOf = peerArrivals(cell, cell);
  const curve: number[] = [];
  const elastic = new Set<number>();
  let [programs, reallocated] = [0, 0];
  const state = (): PeerState => ({
    programs,
    memory: rounded(utilizationOf(peer)),
    reallocations: rounded(reallocated / Math.max(1, programs)),
    fairness: elasticFairness(peer, elastic),
  });
  let [refusal, after]: (PeerState | undefined)[] = [];
  for (let id = 0; refusal === undefined || after === undefined; id++) {
    const program = programOf(id);
    const answer = peer.admit({ id, program });
    if (answer.kind === 'refused') {
      refusal ??= state();
    } else {
      programs++;
      reallocated += answer.reallocated.length;
      if (demandsOf(program).every(isElastic)) elastic.add(id);
    }
    if (id + 1 === arrivals) after = state();
    if ((id + 1) % CURVE_STEP === 0) curve.push(rounded(utilizationOf(peer)));
  }
  return { refusal, after, curve };
}

/** Jain's index of the blocks of some programs in all stages; null if there are none. */
export const elasticFairness = (peer: PeerAllocator<never>, ids: ReadonlySet<number>): number | null =>
  ids.size === 0 ? null : rounded(jainIndex(sharesOf(peer, ids)));

/** Blocks of each program in all stages. */
function sharesOf(peer: PeerAllocator<never>, ids: ReadonlySet<number>): number[] {
  const shares = new Map([...ids].map((id) => [id, 0]));
  for (const { id, length } of peer.holdings()) {
    const share = shares.get(id);
    if (share !== undefined) shares.set(id, share + length);
  }
  return [...shares.values()];
}

const DIGITS = 1e5;
const rounded = (value: number): number => Math.round(value * DIGITS) / DIGITS;
