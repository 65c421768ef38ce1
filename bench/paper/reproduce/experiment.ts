/** An experiment: its cells, and the evaluation of their results. */
import type { FigureSpec } from '../../figures/figure.js';
import type { Layout } from '../../figures/panels.js';
import type { Cell, ResultOf } from './cells/cell.js';
import {
  type Agreement,
  agreementOf,
  type Better,
  INFORMATIVE,
  isVerdictOf,
  NOT_COMPARED,
  type Tolerance,
  type Value,
} from './value.js';

export const SCALES = ['quick', 'full'] as const;
export type Scale = (typeof SCALES)[number];

export interface Setting {
  readonly scale: Scale;
  /** Seed of all random draws. */
  readonly seed: string;
}

/** Results of the cells of an experiment. */
export type Results = <C extends Cell>(cell: C) => ResultOf<C>;

/** Where the values of a comparison come from. */
export const COMPARISON_KINDS = [
  /** Equal for equal code and seed. */
  'computed',
  /** Times of this machine, or ratios of them; never with a verdict. */
  'measured',
  /** Only the paper has it. */
  'published only',
] as const;
export type ComparisonKind = (typeof COMPARISON_KINDS)[number];

/** Columns of values that are computed or measured here. */
export const VALUE_COLUMNS = ['peer', 'reproduced', 'ours'] as const;
export type ValueColumn = (typeof VALUE_COLUMNS)[number];

/** One number: published, of another system, reproduced and ours. */
export interface Comparison {
  readonly quantity: string;
  readonly unit: string;
  readonly published: Value | null;
  /** Value of another system, without a verdict: an allocator reimplemented here, or a conventional program. */
  readonly peer: Value | null;
  /** Value for published shapes and constraints, or for the closest available setting. */
  readonly reproduced: Value | null;
  /** Value for our programs, sound constraints and our allocator. */
  readonly ours: Value | null;
  readonly kind: ComparisonKind;
  readonly tolerance: Tolerance;
  readonly better: Better;
  /** Verdict; null if nothing is compared. */
  readonly reproducedVerdict: Agreement | null;
  readonly oursVerdict: Agreement | null;
  /** Explanation of a difference or of a missing comparison; otherwise empty. */
  readonly why: string;
}

/** Fields of a comparison that {@link compare} does not derive. */
type Compared = Pick<Comparison, 'quantity' | 'unit' | 'published' | 'reproduced' | 'ours' | 'tolerance' | 'better'> & {
  readonly peer?: Value | null;
  /** Explanation, shown only if something differs, is not compared or is only informative. */
  readonly why: string;
};

/** @throws {Error} if a measured number would get a verdict, which it would not get on another machine */
export function compare(figures: Compared): Comparison {
  const { published, reproduced, ours, tolerance, better, why } = figures;
  const kind = kindOf(figures);
  if (kind === 'measured' && isVerdictOf(tolerance))
    throw new Error(`a verdict on a measured number: ${figures.quantity}`);
  const on = (value: Value | null, wanted: Better): Agreement | null =>
    published === null || value === null ? null : agreementOf(published, value, tolerance, wanted);
  // A reproduction should give equal values, so a better value counts as different.
  const [reproducedVerdict, oursVerdict] = [on(reproduced, null), on(ours, better)];
  const needsReason =
    tolerance.kind === 'informative' ||
    [reproducedVerdict, oursVerdict].some((verdict) => verdict === 'differs' || verdict === 'not compared');
  return { peer: null, ...figures, kind, reproducedVerdict, oursVerdict, why: needsReason ? why : '' };
}

function kindOf(figures: Compared): ComparisonKind {
  const values = VALUE_COLUMNS.map((column) => figures[column]).filter(
    (value) => value !== undefined && value !== null,
  );
  if (values.length === 0) return 'published only';
  return values.some(({ samples }) => samples !== undefined) ? 'measured' : 'computed';
}

/** What all numbers have that nothing is held against. */
const ALONE = {
  published: null,
  peer: null,
  reproduced: null,
  ours: null,
  tolerance: NOT_COMPARED,
  better: null,
  why: '',
} as const;

/** A number of ours without a published value. */
export const unpublished = (quantity: string, unit: string, ours: Value, reproduced: Value | null = null): Comparison =>
  compare({ ...ALONE, quantity, unit, reproduced, ours });

/** A number of another system, which our implementation of its allocator gives. */
export const peerNumber = (quantity: string, unit: string, peer: Value): Comparison =>
  compare({ ...ALONE, quantity, unit, peer });

/** A published number that nothing is held against. */
export const publishedOnly = (quantity: string, unit: string, published: Value): Comparison =>
  compare({ ...ALONE, quantity, unit, published });

/** A number of ours that means something in this run only. @param why why it gets no verdict */
export const informative = (quantity: string, unit: string, ours: Value, why: string): Comparison =>
  compare({ ...ALONE, quantity, unit, ours, tolerance: INFORMATIVE, why });

/** Rows of one CSV file. */
export interface Series {
  /** The file's name without its end. */
  readonly name: string;
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
}

export interface Figure {
  /** The file's name without its end. */
  readonly name: string;
  readonly caption: string;
  readonly draw: (layout: Layout) => FigureSpec;
}

/** A table as a reader expects it: of words, or of the numbers of several systems side by side. */
export interface PlainTable {
  readonly head: readonly string[];
  /** Each as long as the head; the first cell says what the row is about, null stands for nothing known. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface Findings {
  readonly comparisons: readonly Comparison[];
  readonly tables?: readonly PlainTable[];
  readonly series: readonly Series[];
  readonly figures: readonly Figure[];
  /** Notes for the reader: repeats, choices, limits. */
  readonly notes: readonly string[];
}

/** Titles of the columns of values. */
export type ColumnTitles = Readonly<Record<ValueColumn, string>>;

export const COLUMN_TITLES: ColumnTitles = { peer: 'peer, reimplemented', reproduced: 'reproduced', ours: 'ours' };

export interface Experiment {
  readonly id: string;
  readonly title: string;
  /** Description of the experiment and of its method. */
  readonly about: string;
  /** Whether the experiment goes beyond the paper, without published values. */
  readonly isExtra?: true;
  /** Titles that say more than {@link COLUMN_TITLES}. */
  readonly columns?: Partial<ColumnTitles>;
  cells(setting: Setting): readonly Cell[];
  findings(results: Results, setting: Setting): Findings;
}
