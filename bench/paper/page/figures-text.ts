/** Figures of a comparison as texts, for tables. */
import type { Value } from '../reproduce/value.js';

/** A number with three significant digits, without trailing zeros. */
export function numberText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  if (size < 0.001) return value.toExponential(1);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** A value with its range, if it has one. */
export function valueText(value: Value | null): string {
  if (value === null) return '–';
  const { mean, least, greatest } = value;
  const text = numberText(mean);
  return numberText(least) === numberText(greatest) ? text : `${text} (${numberText(least)}–${numberText(greatest)})`;
}
