/** The four case studies of the paper's figure 13. */
import seedrandom from 'seedrandom';
import { builtInDataPlane, type DataPlane, priceAllocator } from '../../compiler/index.js';
import { HashUnit } from '../../sim/index.js';
import { Cache } from '../functions/cache.js';
import { HeavyHitterDetector } from '../functions/heavy-hitter.js';
import { LoadBalancer } from '../functions/load-balancer.js';
import type { HashFunction, NetworkFunction, Surroundings } from '../functions/network-function.js';
import type { UpdateRequest } from '../updates/update-script.js';
import { cachedKey } from '../workloads/instance.js';
import { loadWorkload, type Workload } from '../workloads/workload.js';
import { ConventionalNetwork } from './conventional-switch.js';
import { EmulatedNetwork } from './emulated-switch.js';
import { Disturbances, F1Score, Imbalance, ReceivedRate } from './measures.js';
import { CASE_STUDY_TRAFFIC, FLOWS, FRAME_BYTES, trafficGenerator } from './traffic.js';
import type { Network, Sample, Watcher } from './virtual-time.js';

export const STUDIES = ['a', 'b', 'c', 'd'] as const;
export type StudyName = (typeof STUDIES)[number];

export interface StudyOptions {
  readonly dataPlane: DataPlane;
  readonly seconds: number;
  readonly megabitsPerSecond: number;
  /** When the programs are deployed. */
  readonly deploySeconds: number;
  /** How long a switch forwards nothing while it gets a conventional program. */
  readonly provisioningSeconds: number;
  readonly seed: string;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** One number of a study, both ways. */
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
  /** What the control plane did, in order. */
  readonly events: readonly { readonly seconds: number; readonly event: string }[];
}

export async function runStudy(study: StudyName, options: StudyOptions): Promise<StudyResult> {
  const run = { a: impactOnTraffic, b: inNetworkCache, c: loadBalancer, d: heavyHitters }[study];
  return { study, ...(await run(options)) };
}

type Outcome = Omit<StudyResult, 'study'>;

const packetsPerSecond = ({ megabitsPerSecond }: StudyOptions): number => (megabitsPerSecond * 1e6) / 8 / FRAME_BYTES;

/** One of the two switches on the traffic of a study; the other half of the progress is the other's. */
function measured(
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

function emulated(workload: Workload, updates: readonly Update[], { dataPlane }: StudyOptions): EmulatedNetwork {
  return new EmulatedNetwork({
    dataPlane,
    allocator: priceAllocator(),
    workload,
    updates: updates.map(({ seconds, request }) => ({ atUs: seconds * US_PER_SECOND, request })),
  });
}

/** Something that the control plane does. */
interface Update {
  readonly seconds: number;
  readonly event: string;
  readonly request: UpdateRequest;
}

/** Instances of a program, with memories of so many bytes. */
const instances = (key: string, memoryBytes: number, { dataPlane, seed }: StudyOptions): Promise<Workload> =>
  loadWorkload({ name: key, memoryBytes, cases: 2, seed, dataPlane });

/** Deploys one program, and the conventional one beside it. */
async function deployed(
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

const mean = (values: readonly (number | null)[]): number | null => {
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
};
const valuesBetween = (samples: readonly Sample[], from: number, to: number): (number | null)[] =>
  samples.filter(({ seconds }) => seconds > from && seconds <= to).map(({ value }) => value);

/** Seconds without a packet. */
const silentSeconds = (samples: readonly Sample[]): number =>
  samples.filter(({ value }) => value === null || value === 0).length *
  ((samples[1]?.seconds ?? 0) - (samples[0]?.seconds ?? 0));

/** When both switches have long been what they are going to be. */
const settledFrom = ({ deploySeconds, provisioningSeconds }: StudyOptions): number =>
  deploySeconds + provisioningSeconds + 0.1;

function settled(
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

const SECONDS_BETWEEN_CHANGES = 0.5;

/** A random program is deployed or revoked every half second. */
function randomUpdates(workload: Workload, { seed, deploySeconds, seconds }: StudyOptions): Update[] {
  const random = seedrandom.alea(`${seed}/changes`);
  const running: string[] = [];
  const updates: Update[] = [];
  let number = 0;
  for (let at = deploySeconds; at < seconds; at += SECONDS_BETWEEN_CHANGES) {
    const which = Math.floor(random() * running.length);
    if (running.length > 0 && random() < 0.5) {
      const [program = ''] = running.splice(which, 1);
      updates.push({ seconds: at, event: `revoke ${program}`, request: { kind: 'revoke', program } });
    } else {
      const { name } = workload.arrival(number);
      running.push(name);
      updates.push({ seconds: at, event: `deploy ${name}`, request: { kind: 'deployArrival', number } });
      number++;
    }
  }
  return updates;
}

/** 13a: programs come and go; no filter matches the traffic. */
async function impactOnTraffic(options: StudyOptions): Promise<Outcome> {
  const workload = await instances('all-mixed', 1024, options);
  const updates = randomUpdates(workload, options);
  const [ours, theirs] = [new Disturbances(new ReceivedRate()), new Disturbances(new ReceivedRate())];
  const network = emulated(workload, updates, options);
  const still = new ConventionalNetwork({ ...options, program: undefined });
  const p4runpro = await measured('background', network, ours, options, 0);
  const conventional = await measured('background', still, theirs, options, 1);
  const lowest = (samples: readonly Sample[]): number => Math.min(...samples.slice(1).map(({ value }) => value ?? 0));
  const finding = (quantity: string, of: (disturbances: Disturbances) => number): Finding => ({
    quantity,
    p4runpro: of(ours),
    conventional: of(theirs),
  });
  const mixed = network.played.reduce((sum, update) => sum + update.mixed, 0);
  return {
    p4runpro,
    conventional,
    events: updates,
    findings: [
      { quantity: 'lowest rate of a sample, Mbit/s', p4runpro: lowest(p4runpro), conventional: lowest(conventional) },
      finding('packets', ({ packets }) => packets),
      finding('packets lost', ({ lost }) => lost),
      finding('packets changed', ({ changed }) => changed),
      finding('packets sent elsewhere', ({ diverted }) => diverted),
      { quantity: 'changes while packets passed', p4runpro: updates.length, conventional: 0 },
      { quantity: 'packets that met half a change', p4runpro: mixed, conventional: 0 },
    ],
  };
}

/** 13b: hits go back to the sender, so the receiver gets the misses alone. */
async function inNetworkCache(options: StudyOptions): Promise<Outcome> {
  const workload = await instances('cache', 1024, options);
  const program = new Cache([{ key1: cachedKey(0), key2: 0, bucket: 0 }], () => 1);
  const outcome = await deployed('requests', workload, program, [new ReceivedRate(), new ReceivedRate()], options);
  const before = (samples: readonly Sample[]): number | null => mean(valuesBetween(samples, 0, options.deploySeconds));
  const { p4runpro, conventional } = outcome;
  return {
    ...outcome,
    findings: [
      { quantity: 'rate before, Mbit/s', p4runpro: before(p4runpro), conventional: before(conventional) },
      settled('rate after, Mbit/s', outcome, options),
      {
        quantity: 'seconds without traffic',
        p4runpro: silentSeconds(p4runpro),
        conventional: silentSeconds(conventional),
      },
    ],
  };
}

/** 13c: servers behind two ports, as many buckets of the table for each. */
async function loadBalancer(options: StudyOptions): Promise<Outcome> {
  const workload = await instances('lb', 1024, options);
  const arrival = workload.arrival(0);
  const value = (memory: string, bucket: number): number => arrival.memoryValue?.(memory, bucket) ?? 0;
  const servers = {
    port: (bucket: number) => value('port', bucket),
    address: (bucket: number) => value('address', bucket),
  };
  const program = new LoadBalancer(servers, conventionalSurroundings(256, options.dataPlane));
  const measures = [new Imbalance([0, 1]), new Imbalance([0, 1])] as const;
  const outcome = await deployed('toServers', workload, program, measures, options);
  return { ...outcome, findings: [settled('imbalance after', outcome, options)] };
}

/** Buckets of each row of the heavy hitter study, and the packets that make a flow heavy. */
const HEAVY_HITTER = { buckets: 1024, threshold: 1024 };
const BYTES_PER_BUCKET = 4;

/** 13d: F1 of the flows reported so far. */
async function heavyHitters(options: StudyOptions): Promise<Outcome> {
  const { dataPlane } = options;
  const workload = await instances('hh', HEAVY_HITTER.buckets * BYTES_PER_BUCKET, options);
  const surroundings = conventionalSurroundings(HEAVY_HITTER.buckets, dataPlane);
  const program = new HeavyHitterDetector(surroundings, HEAVY_HITTER.threshold);
  const scores = [0, 1].map(() => new F1Score(surroundings.cpuPort, HEAVY_HITTER.threshold));
  const [ours, theirs] = scores as [F1Score, F1Score];
  const outcome = await deployed('heavyAndLight', workload, program, [ours, theirs], options);
  const withScores = (samples: readonly Sample[], score: F1Score): Sample[] => {
    const values = score.scores();
    return samples.map((sample, n) => ({ ...sample, value: values[n] ?? null }));
  };
  const [p4runpro, conventional] = [withScores(outcome.p4runpro, ours), withScores(outcome.conventional, theirs)];
  const finding = (quantity: string, of: (score: F1Score) => number): Finding => ({
    quantity,
    p4runpro: of(ours),
    conventional: of(theirs),
  });
  return {
    ...outcome,
    p4runpro,
    conventional,
    findings: [
      finding('heavy flows', ({ heavyFlows }) => heavyFlows),
      { quantity: 'highest F1', p4runpro: highest(p4runpro), conventional: highest(conventional) },
      finding('F1 at the end', (score) => score.scores().at(-1) ?? 0),
      { quantity: 'F1 to be expected', p4runpro: expectedF1(ours), conventional: expectedF1(theirs) },
      finding('false positives', ({ errors }) => errors.falsePositives),
      finding('false negatives', ({ errors }) => errors.falseNegatives),
    ],
  };
}

/**
 * Of flows that all keep sending, a light one is taken for heavy if it shares its bucket with a heavy one in both rows:
 * with h heavy flows in rows of w buckets, with probability (1 - (1 - 1/w)^h)^2. What the filter misses is left out.
 */
function expectedF1({ heavyFlows }: F1Score): number {
  const shares = 1 - (1 - 1 / HEAVY_HITTER.buckets) ** heavyFlows;
  return (2 * heavyFlows) / (2 * heavyFlows + (FLOWS - heavyFlows) * shares ** 2);
}

const highest = (samples: readonly Sample[]): number => Math.max(...samples.map(({ value }) => value ?? 0));

/**
 * The hash functions that the paper names for its heavy hitter study: crc_16_buypass, crc_16_mcrf4xx, crc_aug_ccitt and
 * crc_16_dds_110, which are those of RPBs 2, 9, 19 and 3 of the authors' data plane. Which row has which, it does not say.
 */
const CONVENTIONAL_HASHES: Readonly<Record<string, number>> = { count1: 2, count2: 9, seen1: 19, seen2: 3, port: 2 };

function conventionalSurroundings(buckets: number, dataPlane: DataPlane): Surroundings {
  const published = builtInDataPlane('published');
  if (published === undefined) throw new Error('there is no data plane published');
  return {
    hashOf: (memory): HashFunction => {
      const unit = new HashUnit(published.rpb(CONVENTIONAL_HASHES[memory] ?? 1).hash);
      return (key) => unit.digest(key, key.length);
    },
    bucketsOf: () => buckets,
    cpuPort: dataPlane.description.ports.cpu,
  };
}
