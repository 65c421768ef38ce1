/** Studies of networks that ship: each runs many networks, and gives a table, a figure and sentences. */
import { networkFromText } from '../../../hw-driver/network/index.js';
import type { FigureSpec } from '../../figures/figure.js';
import type { NetworkPlan } from '../network-plan.js';
import { planNetwork } from '../plan-network.js';
import { type NetworkResult, runNetwork } from '../run-network.js';

export interface StudyOptions {
  readonly seed: string;
  readonly workers: number;
  /** Virtual time of each run. */
  readonly microseconds: number;
  readonly signal: AbortSignal;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly onProgress: (text: string) => void;
}

export interface StudyResult {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly figure: FigureSpec;
  /** What the study shows. */
  readonly sentences: readonly string[];
}

export interface Study {
  readonly describe: string;
  /** Virtual time of a run by default. */
  readonly microseconds: number;
  readonly run: (options: StudyOptions) => Promise<StudyResult>;
}

/** A network of a study, with the texts of its programs by name. */
export interface StudyNetwork {
  readonly document: object;
  readonly texts: ReadonlyMap<string, string>;
  /** Places of links whose packets are kept. */
  readonly captured?: NetworkPlan['captured'];
}

const INTERVAL_NS = 100_000;

/** Runs one network. */
export async function runStudyNetwork(
  { document, texts, captured = [] }: StudyNetwork,
  { seed, workers, microseconds, signal, clock }: StudyOptions,
): Promise<NetworkResult> {
  const complete = { schema: 'p4runpro-bench/network@1', seed, microseconds, ...document };
  const read = { ...networkFromText(JSON.stringify(complete), 'study.json', '.'), texts };
  const plan = await planNetwork(read, { engine: 'compiled', intervalNs: INTERVAL_NS, captured });
  return runNetwork(plan, { workers, signal, clock, onProgress: () => undefined });
}
