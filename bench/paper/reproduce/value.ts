/** Values of a comparison, and their tolerances. */

/** A measured or published value: mean, minimum and maximum of its repeats. */
export interface Value {
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
  /** Single measurements, if the value depends on chance or on the machine. */
  readonly samples?: readonly number[];
}

export const exactly = (value: number): Value => ({ mean: value, least: value, greatest: value });

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** A value from repeats with different seeds. @param values at least one */
export const fromRepeats = (values: readonly number[]): Value => ({
  mean: meanOf(values),
  least: Math.min(...values),
  greatest: Math.max(...values),
});

/** A value from measurements of time. @param samples at least one */
export const timedValue = (samples: readonly number[]): Value => ({ ...fromRepeats(samples), samples });

/** Tolerance within which a value agrees with the published one. */
export type Tolerance =
  /** A share of the published mean. */
  | { readonly kind: 'share'; readonly share: number }
  /** A share of the published mean, or the published range. */
  | { readonly kind: 'range'; readonly share: number }
  | { readonly kind: 'distance'; readonly distance: number }
  /** The two values are not comparable, e.g. from different machines. */
  | { readonly kind: 'none' }
  /** A number of this run alone, e.g. a ratio of two times: nothing published stands beside it. */
  | { readonly kind: 'informative' };

/** Tolerance of deterministic workloads. Source: the definition of the evaluation. */
export const FIXED: Tolerance = { kind: 'share', share: 0.03 };
/** Tolerance of random workloads. Source: as above. */
export const RANDOM: Tolerance = { kind: 'range', share: 0.1 };
export const NOT_COMPARED: Tolerance = { kind: 'none' };
export const INFORMATIVE: Tolerance = { kind: 'informative' };

/** Whether a tolerance leads to a verdict. */
export const isVerdictOf = ({ kind }: Tolerance): boolean => kind !== 'none' && kind !== 'informative';

export const AGREEMENTS = ['agrees', 'better', 'differs', 'not compared'] as const;
export type Agreement = (typeof AGREEMENTS)[number];

/** Whether higher or lower values are better; null if neither. */
export type Better = 'higher' | 'lower' | null;

/** A range that ends at more than this multiple of its start says too little for a verdict. */
const WIDEST = 10;

export const isTooWide = ({ least, greatest }: Value): boolean => least >= 0 && greatest > WIDEST * least;

/** @returns null for a tolerance that is only informative */
export function agreementOf(published: Value, value: Value, tolerance: Tolerance, better: Better): Agreement | null {
  if (tolerance.kind === 'informative') return null;
  if (tolerance.kind === 'none' || isTooWide(value)) return 'not compared';
  if (isWithin(published, value, tolerance)) return 'agrees';
  const isHigher = value.mean > published.mean;
  return better === (isHigher ? 'higher' : 'lower') ? 'better' : 'differs';
}

/** Relative differences up to this share are rounding errors. */
const ROUNDING = 1e-9;

/** A range agrees if its nearest end does, since its rules are equally valid. */
function isWithin(
  published: Value,
  value: Value,
  tolerance: Exclude<Tolerance, { kind: 'none' | 'informative' }>,
): boolean {
  const nearest = Math.min(Math.max(published.mean, value.least), value.greatest);
  const figure = tolerance.kind === 'range' ? value.mean : nearest;
  const distance = Math.abs(figure - published.mean);
  switch (tolerance.kind) {
    case 'share':
      return distance <= tolerance.share * Math.abs(published.mean);
    case 'range':
      return (
        (figure >= published.least && figure <= published.greatest) ||
        distance <= tolerance.share * Math.abs(published.mean)
      );
    case 'distance':
      return distance <= tolerance.distance + ROUNDING;
  }
}

export function toleranceText(tolerance: Tolerance): string {
  switch (tolerance.kind) {
    case 'share':
      return `${100 * tolerance.share} %`;
    case 'range':
      return `range, or ${100 * tolerance.share} %`;
    case 'distance':
      return `±${tolerance.distance}`;
    case 'none':
      return '–';
    case 'informative':
      return 'for information';
  }
}
