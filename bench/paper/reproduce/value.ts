/** Figures of a comparison, and how far one may be from another. */

/** A measured or published figure: the mean of its repeats, the least and the greatest of them. */
export interface Value {
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
  /** The single measurements, where chance or the machine has a part in them. */
  readonly samples?: readonly number[];
}

export const exactly = (value: number): Value => ({ mean: value, least: value, greatest: value });

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of repeats that seeds alone tell apart. @param values at least one */
export const fromRepeats = (values: readonly number[]): Value => ({
  mean: meanOf(values),
  least: Math.min(...values),
  greatest: Math.max(...values),
});

/** Of measurements of time. @param samples at least one */
export const timedValue = (samples: readonly number[]): Value => ({ ...fromRepeats(samples), samples });

/** How near a figure must be to agree with the published one. */
export type Tolerance =
  /** A share of the published mean. */
  | { readonly kind: 'share'; readonly share: number }
  /** A share of the published mean, or anywhere between the least and the greatest published. */
  | { readonly kind: 'range'; readonly share: number }
  | { readonly kind: 'distance'; readonly distance: number }
  /** The two are of different machines, or of different things. */
  | { readonly kind: 'none' };

/** Workloads that always come out the same. Source: the definition of the evaluation. */
export const FIXED: Tolerance = { kind: 'share', share: 0.03 };
/** Workloads drawn at random. Source: as above. */
export const RANDOM: Tolerance = { kind: 'range', share: 0.1 };
export const NOT_COMPARED: Tolerance = { kind: 'none' };

export const AGREEMENTS = ['agrees', 'better', 'differs', 'not compared'] as const;
export type Agreement = (typeof AGREEMENTS)[number];

/** Which of two figures one would rather have; null where neither is to be wanted. */
export type Better = 'higher' | 'lower' | null;

export function agreementOf(published: Value, value: Value, tolerance: Tolerance, better: Better): Agreement {
  if (tolerance.kind === 'none') return 'not compared';
  if (isWithin(published, value, tolerance)) return 'agrees';
  const isHigher = value.mean > published.mean;
  return better === (isHigher ? 'higher' : 'lower') ? 'better' : 'differs';
}

/** Differences of this share are rounding. */
const ROUNDING = 1e-9;

/** A value that is a range agrees if its nearest end does: the rule that it goes over leaves the choice open. */
function isWithin(published: Value, value: Value, tolerance: Exclude<Tolerance, { kind: 'none' }>): boolean {
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
  }
}
