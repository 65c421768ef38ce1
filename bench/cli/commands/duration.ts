/** Time spans as they are typed: 90, 1.5s, 10m, 2h, 1d. */
import { UsageError } from '../../../hw-driver/index.js';

/** Nanoseconds of each unit. */
const UNITS = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
} as const;
const isUnit = (text: string): text is keyof typeof UNITS => Object.hasOwn(UNITS, text);
/** Maximum digits before the decimal point: more than the seconds of any time stamp. */
const MAX_DIGITS = 15;

/** A time span in nanoseconds: seconds, or a number with a unit. @throws {UsageError} naming the option */
export function duration(option: string, text: string): bigint {
  const [, digits = '', unit = ''] = /^([\d.]+)([a-z]*)$/.exec(text) ?? [];
  const nanoseconds = unit === '' ? inUnit(digits, 's') : isUnit(unit) ? inUnit(digits, unit) : undefined;
  if (nanoseconds !== undefined) return nanoseconds;
  throw new UsageError(
    `${option} takes a duration in seconds, or with a unit (${Object.keys(UNITS).join(', ')}), not '${text}'`,
  );
}

/** Seconds in nanoseconds, exactly; undefined for text that is no decimal number. */
export const secondsText = (text: string): bigint | undefined => inUnit(text, 's');

/** A decimal number of a unit in nanoseconds, rounded down; undefined for other text. */
function inUnit(text: string, unit: keyof typeof UNITS): bigint | undefined {
  const [, whole = '', fraction = ''] = /^(\d*)\.?(\d*)$/.exec(text) ?? [];
  if (whole.length + fraction.length === 0 || whole.length > MAX_DIGITS) return undefined;
  const digits = fraction.slice(0, MAX_DIGITS).padEnd(MAX_DIGITS, '0');
  return (BigInt(`${whole}${digits}`) * UNITS[unit]) / 10n ** BigInt(MAX_DIGITS);
}
