/** Programs that arrive at ActiveRMT and depart again. */
import seedrandom from 'seedrandom';
import { must } from '../../../../compiler/data-plane/must.js';
import { logarithm } from '../../../../traces/generate/exact-functions.js';
import { demandsOf, isElastic } from '../../../peers/activermt/active-program.js';
import { ActiveRmt, COMPARED_SETTING } from '../../../peers/activermt/activermt.js';
import type { Fit } from '../../../peers/activermt/mutant-choice.js';
import { enumeratingSource, type Mutation, rememberingSource } from '../../../peers/activermt/mutants.js';
import { utilizationOf } from '../../../peers/peer-allocator.js';
import { elasticFairness, type PeerWorkload, peerArrivals } from './peer-fill.js';

export interface PeerChurnCell {
  readonly kind: 'peer-churn';
  readonly workload: PeerWorkload;
  /** Memory of each inelastic access in bytes. */
  readonly memoryBytes: number;
  /** Blocks of a stage. */
  readonly blocks: number;
  readonly mutation: Mutation;
  readonly fit: Fit;
  readonly epochs: number;
  /** Means of the numbers of arrivals and of departures in an epoch, which are Poisson distributed. */
  readonly arrivalsPerEpoch: number;
  readonly departuresPerEpoch: number;
  readonly seed: string;
}

export interface PeerChurnResult {
  readonly arrivals: number;
  readonly refused: number;
  /** Departures, of programs drawn evenly. */
  readonly departures: number;
  readonly epochs: readonly PeerEpoch[];
}

export interface PeerEpoch {
  /** Programs held at the end of the epoch. */
  readonly programs: number;
  /** Share of memory in use. */
  readonly memory: number;
  /** Programs that arrivals of the epoch reallocated, each counted once for an arrival. */
  readonly movedPrograms: number;
  /** Pairs of program and stage that they reallocated. */
  readonly movedPairs: number;
  readonly admitted: number;
  /** Jain's index of the blocks of elastic programs; null without such programs. */
  readonly fairness: number | null;
}

export async function churnPeer(cell: PeerChurnCell): Promise<PeerChurnResult> {
  const { blocks, fit, mutation } = cell;
  const mutants = rememberingSource(enumeratingSource(mutation));
  const peer = new ActiveRmt({ ...COMPARED_SETTING, blocks, fit, mutants });
  const programOf = peerArrivals(cell, cell);
  const random = seedrandom.alea(`${cell.seed}/peer-churn`);
  const held: number[] = [];
  const elastic = new Set<number>();
  let [arrivals, refused, departures] = [0, 0, 0];
  const epochs = Array.from({ length: cell.epochs }, (): PeerEpoch => {
    let [movedPrograms, movedPairs, admitted] = [0, 0, 0];
    for (let left = poissonNumber(cell.arrivalsPerEpoch, random); left > 0; left--) {
      const id = arrivals++;
      const answer = peer.admit({ id, program: programOf(id) });
      if (answer.kind === 'refused') {
        refused++;
        continue;
      }
      admitted++;
      held.push(id);
      if (demandsOf(programOf(id)).every(isElastic)) elastic.add(id);
      movedPairs += answer.reallocated.length;
      movedPrograms += new Set(answer.reallocated.map((each) => each.id)).size;
    }
    for (let left = poissonNumber(cell.departuresPerEpoch, random); left > 0 && held.length > 0; left--) {
      const [leaving] = held.splice(Math.floor(random() * held.length), 1);
      const id = must(leaving, 'program that departs');
      peer.release(id);
      elastic.delete(id);
      departures++;
    }
    const fairness = elasticFairness(peer, elastic);
    return { programs: held.length, memory: utilizationOf(peer), movedPrograms, movedPairs, admitted, fairness };
  });
  return { arrivals, refused, departures, epochs };
}

/** Events in one unit of time, as times between events are exponentially distributed. */
function poissonNumber(mean: number, random: () => number): number {
  let events = 0;
  for (let at = 0; ; events++) {
    at -= logarithm(1 - random()) / mean;
    if (at > 1) return events;
  }
}
