/** 13d: a heavy hitter detector; F1 of the flows reported so far. */
import { must } from '../../../compiler/data-plane/must.js';
import { power } from '../../../traces/generate/exact-functions.js';
import { HeavyHitterDetector } from '../../verify/functions/heavy-hitter.js';
import { BYTES_PER_BUCKET } from '../../workloads/workload.js';
import { conventionalResources } from './conventional-hashes.js';
import { F1Score } from './measures.js';
import { both, deployed, instances, type Outcome, type StudyOptions } from './study.js';
import { FLOWS } from './traffic.js';
import type { Sample } from './virtual-time.js';

/** Number of buckets of each row, and of packets that makes a flow heavy. */
const BUCKETS = 1024;
const THRESHOLD = 1024;

export async function heavyHitters(options: StudyOptions): Promise<Outcome> {
  const workload = await instances('hh', BUCKETS * BYTES_PER_BUCKET, options);
  const resources = conventionalResources(BUCKETS, options.dataPlane);
  const program = new HeavyHitterDetector(resources, THRESHOLD);
  const score = (): F1Score => new F1Score(resources.cpuPort, THRESHOLD);
  const sides = [score(), score()] as const;
  // A study that a signal ended may have no sample.
  const lastF1 = (side: F1Score): number =>
    options.signal.aborted ? Number.NaN : must(side.scores().at(-1), 'last F1 score');
  const outcome = await deployed('heavyAndLight', workload, program, sides, options);
  const p4runpro = withScores(outcome.p4runpro, sides[0]);
  const conventional = withScores(outcome.conventional, sides[1]);
  return {
    ...outcome,
    p4runpro,
    conventional,
    findings: [
      both('heavy flows', sides, ({ heavyFlows }) => heavyFlows),
      both('highest F1', [p4runpro, conventional], highest),
      both('F1 at the end', sides, lastF1),
      both('F1 to be expected', sides, expectedF1),
      both('false positives', sides, ({ errors }) => errors.falsePositives),
      both('false negatives', sides, ({ errors }) => errors.falseNegatives),
    ],
  };
}

/** Heavy flows are known only at the end. */
function withScores(samples: readonly Sample[], score: F1Score): Sample[] {
  const values = score.scores();
  return samples.map((sample, n) => ({ ...sample, value: values[n] ?? null }));
}

/**
 * If all flows keep sending, a light flow is reported if it shares its bucket with a heavy one in both rows:
 * with h heavy flows in rows of w buckets, with probability (1 - (1 - 1/w)^h)^2. False negatives are ignored.
 */
function expectedF1({ heavyFlows }: F1Score): number {
  const shares = 1 - power(1 - 1 / BUCKETS, heavyFlows);
  return (2 * heavyFlows) / (2 * heavyFlows + (FLOWS - heavyFlows) * shares * shares);
}

const highest = (samples: readonly Sample[]): number => Math.max(...samples.map(({ value }) => value ?? 0));
