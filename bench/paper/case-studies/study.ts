/** Common parts of the case studies: traffic through both switches, deployment of one program, findings. */
import { must } from '../../../compiler/data-plane/must.js';
import { type DataPlane, priceAllocator } from '../../../compiler/index.js';
import type { UpdateRequest } from '../../measure/updates/update-script.js';
import type { NetworkFunction } from '../../verify/functions/network-function.js';
import { loadWorkload, type Workload } from '../../workloads/workload.js';
import { ConventionalNetwork } from './conventional-switch.js';
import { EmulatedNetwork } from './emulated-switch.js';
import { CASE_STUDY_TRAFFIC, FRAME_BYTES, trafficGenerator } from './traffic.js';
import type { Network, Sample, Watcher } from './virtual-time.js';

export const STUDIES = ['a', 'b', 'c', 'd'] as const;
export type StudyName = (typeof STUDIES)[number];

export interface StudyOptions {
  readonly dataPlane: DataPlane;
  readonly seconds: number;
  readonly megabitsPerSecond: number;
  /** Time of deployment. */
  readonly deploySeconds: number;
  /** Time that a switch forwards nothing while a conventional program is installed. */
  readonly provisioningSeconds: number;
  readonly seed: string;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** One number of a study, for both switches. */
export interface Finding {
  readonly quantity: string;
  readonly p4runpro: number | null;
  readonly conventional: number | null;
}

export interface StudyResult {
  readonly study: StudyName;
  readonly p4runpro: readonly Sample[];
  readonly conventional: readonly Sample[];
  readonly findings: readonly Finding[];
  /** Changes made by the control plane, in order. */
  readonly events: readonly { readonly seconds: number; readonly event: string }[];
}

export type Outcome = Omit<StudyResult, 'study'>;

const packetsPerSecond = ({ megabitsPerSecond }: StudyOptions): number => (megabitsPerSecond * 1e6) / 8 / FRAME_BYTES;

/** Runs the traffic of a study through one of the two switches, which is half of the progress. */
export function measured(
  variants: keyof typeof CASE_STUDY_TRAFFIC,
  network: Network,
  watcher: Watcher,
  options: StudyOptions,
  half: 0 | 1,
): Promise<Sample[]> {
  const rate = packetsPerSecond(options);
  const generator = trafficGenerator(CASE_STUDY_TRAFFIC[variants], rate, options.seed);
  const onProgress = (share: number): void => options.onProgress((share + half) / 2);
  return network.run({ ...options, packetsPerSecond: rate, generator, onProgress }, watcher);
}

const US_PER_SECOND = 1e6;

/** The empty emulated switch with planned changes. */
export function emulated(workload: Workload, updates: readonly Update[], { dataPlane }: StudyOptions): EmulatedNetwork {
  return new EmulatedNetwork({
    dataPlane,
    allocator: priceAllocator(),
    workload,
    updates: updates.map(({ seconds, request }) => ({ atUs: seconds * US_PER_SECOND, request })),
  });
}

/** A planned change of the control plane. */
export interface Update {
  readonly seconds: number;
  readonly event: string;
  readonly request: UpdateRequest;
}

/** A workload of instances of a program, with this memory size in bytes. */
export const instances = (key: string, memoryBytes: number, { dataPlane, seed }: StudyOptions): Promise<Workload> =>
  loadWorkload({ name: key, memoryBytes, cases: 2, seed, dataPlane });

/** Deploys a P4runpro program on one switch and the conventional program on the other. */
export async function deployed(
  variants: keyof typeof CASE_STUDY_TRAFFIC,
  workload: Workload,
  program: NetworkFunction,
  watchers: readonly [Watcher, Watcher],
  options: StudyOptions,
): Promise<Pick<Outcome, 'p4runpro' | 'conventional' | 'events'>> {
  const { deploySeconds: seconds } = options;
  const update: Update = {
    seconds,
    event: `deploy ${workload.arrival(0).name}`,
    request: { kind: 'deployArrival', number: 0 },
  };
  const conventional = new ConventionalNetwork({ ...options, program });
  return {
    p4runpro: await measured(variants, emulated(workload, [update], options), watchers[0], options, 0),
    conventional: await measured(variants, conventional, watchers[1], options, 1),
    events: [update],
  };
}

/** Mean of the values that are not null. */
export const mean = (values: readonly (number | null)[]): number | null => {
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
};
export const valuesBetween = (samples: readonly Sample[], from: number, to: number): (number | null)[] =>
  samples.filter(({ seconds }) => seconds > from && seconds <= to).map(({ value }) => value);

/** Total seconds of samples without packets. */
export const silentSeconds = (samples: readonly Sample[]): number =>
  samples.filter(({ value }) => value === null || value === 0).length *
  (must(samples[1]?.seconds, 'second sample') - must(samples[0]?.seconds, 'first sample'));

/** A time at which both switches have their final programs. */
const settledFrom = ({ deploySeconds, provisioningSeconds }: StudyOptions): number =>
  deploySeconds + provisioningSeconds + 0.1;

/** The mean of the plotted quantity after this time. */
export function settled(
  quantity: string,
  { p4runpro, conventional }: Pick<Outcome, 'p4runpro' | 'conventional'>,
  options: StudyOptions,
): Finding {
  const from = settledFrom(options);
  return {
    quantity,
    p4runpro: mean(valuesBetween(p4runpro, from, options.seconds)),
    conventional: mean(valuesBetween(conventional, from, options.seconds)),
  };
}

/** One number for each switch. */
export const both = <Side>(
  quantity: string,
  [ours, theirs]: readonly [Side, Side],
  of: (side: Side) => number | null,
): Finding => ({ quantity, p4runpro: of(ours), conventional: of(theirs) });
