/** Compares two runs of one workload: deterministic results, and speeds. */
import type { RunSummary } from '../run/summary.js';
import { type SpeedRatio, speedRatio } from './speed-ratio.js';

/** A deterministic result. */
export interface ComparedFigure {
  readonly figure: string;
  readonly before: string;
  readonly after: string;
  readonly verdict: 'equal' | 'differs';
}

export type SpeedVerdict = 'better' | 'worse' | 'no difference' | 'not known';

export interface ComparedSpeed extends SpeedRatio {
  readonly measure: string;
  readonly verdict: SpeedVerdict;
}

/** `worse` if a result differs or a speed is worse; otherwise `better` if a speed is better. */
export type OverallVerdict = 'better' | 'worse' | 'no difference';

export interface Comparison {
  readonly figures: readonly ComparedFigure[];
  readonly speeds: readonly ComparedSpeed[];
}

/** Options of a run that must be equal for a comparison. */
const ASKED = ['workload', 'seed', 'constraints', 'programsRequested'] as const;

/** Options on which speeds depend and results must not depend. */
const WAYS = ['engine', 'workers'] as const;

/**
 * The options that prevent a comparison of two runs, e.g. `workload lb in a, cache in b`.
 * @param names of the two runs, as the user typed them
 */
export function differentRuns(
  before: RunSummary,
  after: RunSummary,
  names: readonly [before: string, after: string],
): string[] {
  return ASKED.filter((key) => before[key] !== after[key]).map(
    (key) => `${key} ${before[key]} in ${names[0]}, ${after[key]} in ${names[1]}`,
  );
}

/** Differences of options or machines on which speeds depend. */
export function differentWays(before: RunSummary, after: RunSummary): string[] {
  const ways = WAYS.filter((key) => before[key] !== after[key]).map((key) => `${key} ${before[key]} and ${after[key]}`);
  const machines = (['cpu', 'cores', 'node'] as const)
    .filter((key) => before.environment[key] !== after.environment[key])
    .map((key) => `${key} ${before.environment[key]} and ${after.environment[key]}`);
  return [...ways, ...machines];
}

export function compareRuns(before: RunSummary, after: RunSummary): Comparison {
  const speeds = ({ repeats }: RunSummary): number[] => repeats.map(({ packetsPerSecond }) => packetsPerSecond);
  const hasSpeeds = before.repeats.length > 0 && after.repeats.length > 0;
  return {
    figures: FIGURES.map(([figure, value]) => compared(figure, value(before), value(after))),
    speeds: hasSpeeds ? [comparedSpeed('packets per second', speeds(before), speeds(after))] : [],
  };
}

/** @param before higher is better, as in `after` */
export function comparedSpeed(measure: string, before: readonly number[], after: readonly number[]): ComparedSpeed {
  return withVerdict(measure, speedRatio(before, after));
}

export function withVerdict(measure: string, { ratio, interval }: SpeedRatio): ComparedSpeed {
  return { measure, ratio, interval, verdict: verdictOf(interval) };
}

function verdictOf(interval: SpeedRatio['interval']): SpeedVerdict {
  if (interval === null) return 'not known';
  if (interval[0] > 1) return 'better';
  return interval[1] < 1 ? 'worse' : 'no difference';
}

const compared = (figure: string, before: string, after: string): ComparedFigure => ({
  figure,
  before,
  after,
  verdict: before === after ? 'equal' : 'differs',
});

const FIGURES: readonly (readonly [string, (run: RunSummary) => string])[] = [
  ['programs deployed', ({ programsDeployed }) => String(programsDeployed)],
  ['table entries', ({ entries }) => String(entries)],
  ['entries in use', ({ tableEntryUtilization }) => `${(tableEntryUtilization * 100).toFixed(3)} %`],
  ['memory in use', ({ memoryUtilization }) => `${(memoryUtilization * 100).toFixed(3)} %`],
  ['programs by passes', ({ passes }) => pairs(passes)],
  ['use of each RPB', ({ rpb }) => rpb.map(({ entries, buckets }) => `${entries}/${buckets}`).join(' ')],
  ['packets', ({ packets }) => pairs(packets)],
  ['state hash', ({ stateHash }) => stateHash ?? 'none'],
  ['output hash', ({ outputHash }) => outputHash ?? 'none'],
  ['virtual time', ({ timing }) => (timing === null ? 'none' : JSON.stringify(timing))],
];

const pairs = (record: object): string =>
  Object.entries(record)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');

export function overallVerdict({ figures, speeds }: Comparison): OverallVerdict {
  if (figures.some(({ verdict }) => verdict === 'differs')) return 'worse';
  const has = (wanted: SpeedVerdict): boolean => speeds.some(({ verdict }) => verdict === wanted);
  return has('worse') ? 'worse' : has('better') ? 'better' : 'no difference';
}
