/** What an experiment is: cells to be computed, and what is to be seen in their results. */
import type { FigureSpec } from '../../figures/figure.js';
import type { Cell, ResultOf } from './cells/cell.js';
import { type Agreement, agreementOf, type Better, NOT_COMPARED, type Tolerance, type Value } from './value.js';

export const SCALES = ['quick', 'full'] as const;
export type Scale = (typeof SCALES)[number];

export interface Setting {
  readonly scale: Scale;
  /** Of all that is drawn at random. */
  readonly seed: string;
}

/** The results of all cells that an experiment asked for. */
export type Results = <C extends Cell>(cell: C) => ResultOf<C>;

/** One number, three ways. */
export interface Comparison {
  readonly quantity: string;
  readonly unit: string;
  readonly published: Value | null;
  /** The published shapes and constraints, or what else comes nearest to what the authors had. */
  readonly reproduced: Value | null;
  /** Our programs, sound constraints, our allocator. */
  readonly ours: Value | null;
  readonly tolerance: Tolerance;
  readonly better: Better;
  /** Null where there is nothing to compare. */
  readonly reproducedVerdict: Agreement | null;
  readonly oursVerdict: Agreement | null;
  /** Why something differs or is not compared; empty where nothing is to be explained. */
  readonly why: string;
}

type Compared = Omit<Comparison, 'reproducedVerdict' | 'oursVerdict' | 'why'> & {
  /** Told only if something differs or is not compared. */
  readonly why: string;
};

export function compare(figures: Compared): Comparison {
  const { published, reproduced, ours, tolerance, better } = figures;
  const on = (value: Value | null, wanted: Better): Agreement | null =>
    published === null || value === null ? null : agreementOf(published, value, tolerance, wanted);
  // To reproduce is to come out the same: better is different.
  const [reproducedVerdict, oursVerdict] = [on(reproduced, null), on(ours, better)];
  const isPlain = [reproducedVerdict, oursVerdict].every(
    (verdict) => verdict !== 'differs' && verdict !== 'not compared',
  );
  return { ...figures, reproducedVerdict, oursVerdict, why: isPlain ? '' : figures.why };
}

/** A number of ours that nothing is published for. */
export const unpublished = (quantity: string, unit: string, ours: Value, reproduced: Value | null = null): Comparison =>
  compare({ quantity, unit, published: null, reproduced, ours, tolerance: NOT_COMPARED, better: null, why: '' });

/** Numbers that belong together, for a CSV file. */
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
  /** What a reader must know: repeats, choices, limits. */
  readonly notes: readonly string[];
}

export interface Experiment {
  readonly id: string;
  readonly title: string;
  /** What is shown and how it comes about. */
  readonly about: string;
  /** Beyond the paper: nothing published to hold it against. */
  readonly isExtra?: true;
  cells(setting: Setting): readonly Cell[];
  findings(results: Results, setting: Setting): Findings;
}
