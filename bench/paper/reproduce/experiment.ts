/** An experiment: its cells, and the evaluation of their results. */
import type { FigureSpec } from '../../figures/figure.js';
import type { Cell, ResultOf } from './cells/cell.js';
import { type Agreement, agreementOf, type Better, NOT_COMPARED, type Tolerance, type Value } from './value.js';

export const SCALES = ['quick', 'full'] as const;
export type Scale = (typeof SCALES)[number];

export interface Setting {
  readonly scale: Scale;
  /** Seed of all random draws. */
  readonly seed: string;
}

/** Results of the cells of an experiment. */
export type Results = <C extends Cell>(cell: C) => ResultOf<C>;

/** One number: published, reproduced and ours. */
export interface Comparison {
  readonly quantity: string;
  readonly unit: string;
  readonly published: Value | null;
  /** Value for published shapes and constraints, or for the closest available setting. */
  readonly reproduced: Value | null;
  /** Value for our programs, sound constraints and our allocator. */
  readonly ours: Value | null;
  readonly tolerance: Tolerance;
  readonly better: Better;
  /** Verdict; null if nothing is compared. */
  readonly reproducedVerdict: Agreement | null;
  readonly oursVerdict: Agreement | null;
  /** Explanation of a difference or of a missing comparison; otherwise empty. */
  readonly why: string;
}

type Compared = Omit<Comparison, 'reproducedVerdict' | 'oursVerdict' | 'why'> & {
  /** Explanation, shown only if something differs or is not compared. */
  readonly why: string;
};

export function compare(figures: Compared): Comparison {
  const { published, reproduced, ours, tolerance, better } = figures;
  const on = (value: Value | null, wanted: Better): Agreement | null =>
    published === null || value === null ? null : agreementOf(published, value, tolerance, wanted);
  // A reproduction should give equal values, so a better value counts as different.
  const [reproducedVerdict, oursVerdict] = [on(reproduced, null), on(ours, better)];
  const isPlain = [reproducedVerdict, oursVerdict].every(
    (verdict) => verdict !== 'differs' && verdict !== 'not compared',
  );
  return { ...figures, reproducedVerdict, oursVerdict, why: isPlain ? '' : figures.why };
}

/** A number of ours without a published value. */
export const unpublished = (quantity: string, unit: string, ours: Value, reproduced: Value | null = null): Comparison =>
  compare({ quantity, unit, published: null, reproduced, ours, tolerance: NOT_COMPARED, better: null, why: '' });

/** A number of another system, which our implementation of its allocator gives. */
export const peerNumber = (quantity: string, unit: string, reproduced: Value): Comparison =>
  compare({
    quantity,
    unit,
    published: null,
    reproduced,
    ours: null,
    tolerance: NOT_COMPARED,
    better: null,
    why: '',
  });

/** A published number that nothing is held against. */
export const publishedOnly = (quantity: string, unit: string, published: Value): Comparison =>
  compare({
    quantity,
    unit,
    published,
    reproduced: null,
    ours: null,
    tolerance: NOT_COMPARED,
    better: null,
    why: '',
  });

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
  readonly spec: FigureSpec;
}

export interface Findings {
  readonly comparisons: readonly Comparison[];
  readonly series: readonly Series[];
  readonly figures: readonly Figure[];
  /** Notes for the reader: repeats, choices, limits. */
  readonly notes: readonly string[];
}

export interface Experiment {
  readonly id: string;
  readonly title: string;
  /** Description of the experiment and of its method. */
  readonly about: string;
  /** Whether the experiment goes beyond the paper, without published values. */
  readonly isExtra?: true;
  cells(setting: Setting): readonly Cell[];
  findings(results: Results, setting: Setting): Findings;
}
