/** Lengths of time as text. */

const UNITS = [
  { name: 's', nanoseconds: 1e9 },
  { name: 'ms', nanoseconds: 1e6 },
  { name: 'µs', nanoseconds: 1e3 },
  { name: 'ns', nanoseconds: 1 },
] as const;

/** The largest unit of which there is at least one. */
export const unitOf = (nanoseconds: number): (typeof UNITS)[number] =>
  UNITS.find((unit) => nanoseconds >= unit.nanoseconds) ?? UNITS[3];

const DIGITS = 4;

/** With up to four digits: `1.234 ms`. */
export function durationText(nanoseconds: number): string {
  const unit = unitOf(nanoseconds);
  return `${Number((nanoseconds / unit.nanoseconds).toPrecision(DIGITS)).toLocaleString('en-US')} ${unit.name}`;
}
