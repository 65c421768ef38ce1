/** A reproduction: results of the selected experiments as one document. */
import { cpus } from 'node:os';
import { packageVersion } from '../../../traces/system/package-root.js';
import { cellKey } from './cells/cell.js';
import {
  COLUMN_TITLES,
  type ColumnTitles,
  type Comparison,
  type Experiment,
  type Figure,
  type Findings,
  type PlainTable,
  type Results,
  type Scale,
  type Series,
  type Setting,
} from './experiment.js';
import { AGREEMENTS, type Agreement } from './value.js';

export const REPRODUCTION_SCHEMA = 'p4runpro-bench/reproduce@2';

/** An experiment in the document, without its series and figures, which are separate files. */
export interface ExperimentRecord {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly isExtra: boolean;
  /** Scale of its computations; `either` if both scales have the same ones. */
  readonly scale: Scale | 'either';
  readonly columns: ColumnTitles;
  readonly comparisons: readonly Comparison[];
  readonly tables: readonly PlainTable[];
  readonly notes: readonly string[];
  /** File names without extension. */
  readonly series: readonly string[];
  readonly figures: readonly { readonly name: string; readonly caption: string }[];
}

/** `reproduce.json`. */
export interface ReproductionDocument {
  readonly schema: typeof REPRODUCTION_SCHEMA;
  /** The command line. */
  readonly command: string;
  readonly scale: Scale;
  readonly seed: string;
  /** Wall time of the last run, if earlier runs were interrupted. */
  readonly wallSeconds: number;
  readonly environment: {
    readonly version: string;
    /** Commit of the working copy; null where the package is none. */
    readonly commit: string | null;
    /** Fingerprint of the code: equal for equal code. */
    readonly code: string;
    /** Time of the start, ISO 8601. */
    readonly date: string;
    /** Operating system and architecture. */
    readonly platform: string;
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
  };
  readonly experiments: readonly ExperimentRecord[];
}

export type Environment = ReproductionDocument['environment'];

export interface Reproduction {
  readonly document: ReproductionDocument;
  readonly series: readonly Series[];
  readonly figures: readonly Figure[];
}

export function reproduction(
  experiments: readonly Experiment[],
  results: Results,
  setting: Setting,
  run: Pick<ReproductionDocument, 'command' | 'wallSeconds'> & Pick<Environment, 'code' | 'commit' | 'date'>,
): Reproduction {
  const all = experiments.map((experiment) => ({ experiment, findings: experiment.findings(results, setting) }));
  return {
    document: {
      schema: REPRODUCTION_SCHEMA,
      command: run.command,
      scale: setting.scale,
      seed: setting.seed,
      wallSeconds: run.wallSeconds,
      environment: {
        version: packageVersion,
        commit: run.commit,
        code: run.code,
        date: run.date,
        platform: `${process.platform} ${process.arch}`,
        node: process.version,
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        cores: cpus().length,
      },
      experiments: all.map(({ experiment, findings }) => recordOf(experiment, findings, setting)),
    },
    series: all.flatMap(({ findings }) => findings.series),
    figures: all.flatMap(({ findings }) => findings.figures),
  };
}

function recordOf(
  { id, title, about, isExtra, columns, cells }: Experiment,
  findings: Findings,
  { scale, seed }: Setting,
): ExperimentRecord {
  const keysAt = (other: Scale): string => JSON.stringify(cells({ scale: other, seed }).map(cellKey));
  return {
    id,
    title,
    about,
    isExtra: isExtra === true,
    scale: keysAt('quick') === keysAt('full') ? 'either' : scale,
    columns: { ...COLUMN_TITLES, ...columns },
    comparisons: findings.comparisons,
    tables: findings.tables === undefined ? [] : findings.tables,
    notes: findings.notes,
    series: findings.series.map(({ name }) => name),
    figures: findings.figures.map(({ name, caption }) => ({ name, caption })),
  };
}

/** Number of values with each verdict. */
export type AgreementCounts = Readonly<Record<Agreement, number>>;

export function agreementCounts(comparisons: readonly Comparison[], column: 'reproduced' | 'ours'): AgreementCounts {
  const of = (verdict: Agreement): number =>
    comparisons.filter((each) => (column === 'ours' ? each.oursVerdict : each.reproducedVerdict) === verdict).length;
  return Object.fromEntries(AGREEMENTS.map((verdict) => [verdict, of(verdict)])) as Record<Agreement, number>;
}

/** Whether the paper has the number, and something stands beside it here. */
const isHeldAgainst = ({ published, kind }: Comparison): boolean => published !== null && kind !== 'published only';

/**
 * Numbers of the paper with something beside them. Experiments beyond the paper have none: where they show a published
 * number, it is one of a figure or derived from one.
 */
export const numbersOfPaper = (
  experiments: readonly Pick<ExperimentRecord, 'isExtra' | 'comparisons'>[],
): Comparison[] =>
  experiments.flatMap(({ isExtra, comparisons }) => (isExtra ? [] : comparisons.filter(isHeldAgainst)));

/** Whether a number has a verdict other than "not compared". */
export const hasVerdict = ({ reproducedVerdict, oursVerdict }: Comparison): boolean =>
  [reproducedVerdict, oursVerdict].some((verdict) => verdict !== null && verdict !== 'not compared');
